// date-fns, dayjs, luxon, moment-timezone, cron, node-schedule: calendars and Intl.
// packages: date-fns dayjs luxon moment-timezone cron node-schedule
'use strict';

const {
  format,
  addMonths,
  differenceInBusinessDays,
  formatDistance,
  parse,
  eachDayOfInterval,
} = require('date-fns');
const { de, ja } = require('date-fns/locale');
const dayjs = require('dayjs');
const { DateTime, Duration, Interval, Settings } = require('luxon');
const moment = require('moment-timezone');
const { CronTime, CronJob } = require('cron');
const schedule = require('node-schedule');

dayjs.extend(require('dayjs/plugin/utc'));
dayjs.extend(require('dayjs/plugin/timezone'));
dayjs.extend(require('dayjs/plugin/relativeTime'));
require('dayjs/locale/fr');

async function main() {
  const date = new Date(Date.UTC(2024, 1, 29, 13, 5, 9, 7));
  console.log(
    format(date, "yyyy-MM-dd'T'HH:mm:ss.SSSxxx EEEE do QQQ", { locale: de }),
    format(date, 'PPPPpppp', { locale: ja }),
  );
  console.log(
    addMonths(date, 12).toISOString(),
    differenceInBusinessDays(new Date(2024, 2, 20), date),
    formatDistance(date, new Date(0)),
    parse('31.12.1999', 'dd.MM.yyyy', date).toISOString(),
  );
  console.log(eachDayOfInterval({ start: date, end: addMonths(date, 1) }).length);
  console.log(
    dayjs.utc(date).format('dddd D MMMM YYYY HH:mm'),
    dayjs(date).tz('America/New_York').format(),
    dayjs(date).locale('fr').from(dayjs('2024-03-05')),
    dayjs('2024-01-31').add(1, 'month').format('YYYY-MM-DD'),
    dayjs('x').isValid(),
  );
  Settings.defaultLocale = 'en-GB';
  const luxon = DateTime.fromJSDate(date, { zone: 'Europe/Berlin' });
  console.log(
    luxon.toISO(),
    luxon.toLocaleString(DateTime.DATETIME_HUGE),
    luxon.setLocale('ar-EG').toLocaleString(DateTime.DATE_FULL),
    luxon.setZone('Asia/Kolkata').toFormat('ZZZZ ZZ z'),
    luxon.offsetNameLong,
  );
  console.log(
    DateTime.fromObject(
      { year: 2024, month: 3, day: 31, hour: 2, minute: 30 },
      { zone: 'Europe/Berlin' },
    ).toISO(),
    DateTime.fromISO('2024-13-01').invalidExplanation,
  );
  console.log(
    Duration.fromObject({ hours: 49, minutes: 5 }).rescale().toHuman(),
    Interval.fromDateTimes(luxon, luxon.plus({ days: 3 })).splitBy({ days: 1 }).length,
    luxon.plus({ months: 1 }).toRelative({ base: luxon }),
  );
  const m = moment.tz(date.getTime(), 'Asia/Tokyo');
  console.log(
    m.format('LLLL z'),
    m.clone().tz('America/Sao_Paulo').format(),
    moment.utc('2024-W10-3').format('ll'),
    moment.duration(100, 'hours').humanize(),
    moment.tz('2024-03-10 02:30', 'America/Chicago').format(),
    moment.locale('de'),
    moment.utc(date).format('LL'),
  );
  for (const locale of ['en-US', 'de', 'ja', 'ar', 'hi', 'zh-Hans']) {
    console.log(
      new Intl.DateTimeFormat(locale, {
        dateStyle: 'full',
        timeStyle: 'long',
        timeZone: 'UTC',
      }).format(date),
      new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' }).format(1234567.891),
      new Intl.PluralRules(locale).select(2),
      new Intl.RelativeTimeFormat(locale).format(-3, 'day'),
      new Intl.ListFormat(locale).format(['a', 'b', 'c']),
    );
  }
  console.log(
    Intl.DateTimeFormat().resolvedOptions(),
    Intl.supportedValuesOf('timeZone').length > 400,
    ['ä', 'a', 'z'].sort(new Intl.Collator('sv').compare),
    date.toString(),
    date.toLocaleString(),
  );
  const time = new CronTime('0 30 9 * * 1-5', 'Europe/Paris');
  console.log(time.getNextDateFrom(date, 'Europe/Paris').toISO());
  let ticks = 0;
  await new Promise((resolve) => {
    const job = CronJob.from({
      cronTime: '* * * * * *',
      onTick: () => {
        if (++ticks === 1) {
          job.stop();
          resolve();
        }
      },
      start: true,
    });
  });
  await new Promise((resolve) => schedule.scheduleJob(new Date(Date.now() + 50), resolve));
  const job = schedule.scheduleJob('0 0 1 1 *', () => {});
  console.log(ticks, job.nextInvocation().toDate().getMonth());
  job.cancel();
  await schedule.gracefulShutdown();
}

main();
