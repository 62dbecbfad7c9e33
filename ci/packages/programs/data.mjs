// lodash, rxjs, async, p-queue, p-limit, zod, ajv, joi, yup, lru-cache, node-cache, semver,
// i18next.
// packages: lodash rxjs async p-queue p-limit zod ajv joi yup lru-cache node-cache semver i18next
import _ from 'lodash';
import { from, interval, of, merge, throwError, Subject, timer } from 'rxjs';
import {
  map,
  take,
  mergeMap,
  catchError,
  debounceTime,
  toArray,
  retry,
  switchMap,
} from 'rxjs/operators';
import async from 'async';
import PQueue from 'p-queue';
import pLimit from 'p-limit';
import { z } from 'zod';
import Ajv from 'ajv';
import formats from 'ajv-formats';
import Joi from 'joi';
import * as yup from 'yup';
import { LRUCache } from 'lru-cache';
import NodeCache from 'node-cache';
import semver from 'semver';
import i18next from 'i18next';

console.log(
  _.groupBy([1.2, 1.8, 2.1], Math.floor),
  _.merge({ a: [{ b: 1 }] }, { a: [{ c: 2 }] }),
  _.template('<%= a %>!')({ a: 1 }),
);
console.log(
  _.cloneDeep(new Map([[1, { a: new Date(0), b: /x/g, c: Buffer.from('y') }]])),
  _.isEqual(new Set([1]), new Set([1])),
);
const debounced = _.debounce((value) => console.log('debounced', value), 10);
debounced(1);
debounced(2);
await new Promise((resolve) => setTimeout(resolve, 40));
const collect = (stream) =>
  new Promise((resolve) =>
    stream.pipe(toArray()).subscribe({ next: resolve, error: (error) => resolve(String(error)) }),
  );
console.log(
  await collect(
    interval(2).pipe(
      take(4),
      map((n) => n * n),
    ),
  ),
  await collect(from(Promise.resolve([1, 2])).pipe(mergeMap((list) => list))),
);
console.log(
  await collect(
    merge(
      of(1),
      throwError(() => new Error('x')).pipe(catchError(() => of('caught'))),
      timer(5).pipe(map(() => 'timer')),
    ),
  ),
);
const subject = new Subject();
const latest = collect(
  subject.pipe(
    debounceTime(5),
    switchMap((n) => of(n, -n)),
  ),
);
subject.next(1);
subject.next(2);
setTimeout(() => subject.complete(), 20);
let tries = 0;
console.log(
  await latest,
  await collect(
    of(0).pipe(
      map(() => {
        if (++tries < 3) throw new Error('again');
        return tries;
      }),
      retry(5),
    ),
  ),
);
console.log(
  await async.mapLimit([3, 1, 2], 2, async (n) => n * 2),
  await async.waterfall([(done) => done(null, 1), (n, done) => setImmediate(done, null, n + 1)]),
);
console.log(
  await async.auto({ a: async () => 1, b: ['a', async ({ a }) => a + 1] }),
  await async.retry(3, async () => 'retried'),
);
await new Promise((resolve) => {
  const q = async.queue((task, done) => setTimeout(() => done(null, task), 1), 2);
  q.push([1, 2, 3], (error, task) => console.log('task', task));
  q.drain(resolve);
});
let running = 0,
  most = 0;
const work = async (n) => {
  most = Math.max(most, ++running);
  await new Promise((resolve) => setTimeout(resolve, 3));
  running--;
  return n;
};
const queue = new PQueue({ concurrency: 2, intervalCap: 10, interval: 20 });
console.log(await queue.addAll([1, 2, 3, 4].map((n) => () => work(n))), most);
const limit = pLimit(3);
console.log(await Promise.all([1, 2, 3, 4, 5].map((n) => limit(() => work(n)))), most);
const shape = z
  .object({
    name: z.string().min(2),
    age: z.coerce.number().int().positive().optional(),
    mail: z.email(),
    tags: z.array(z.enum(['a', 'b'])).default([]),
    when: z.date(),
  })
  .strict();
console.log(
  shape.parse({ name: 'me', age: '5', mail: 'a@b.co', when: new Date(0) }),
  z.prettifyError(shape.safeParse({ name: 'x', mail: 'no', other: 1 }).error),
);
const ajv = formats.default(
  new Ajv.default({ allErrors: true, coerceTypes: true, useDefaults: true }),
);
const validate = ajv.compile({
  type: 'object',
  properties: {
    a: { type: 'integer', minimum: 3 },
    d: { type: 'string', format: 'date-time' },
    e: { default: 'x' },
  },
  required: ['a'],
  additionalProperties: false,
});
for (const value of [{ a: '5', d: '2020-01-01T00:00:00Z' }, { a: 1, d: 'no', z: 1 }, {}])
  console.log(validate(value), value, ajv.errorsText(validate.errors));
const joi = Joi.object({
  a: Joi.string().alphanum().required(),
  b: Joi.number().when('a', { is: 'x', then: Joi.required() }),
  ip: Joi.string().ip(),
  mail: Joi.string().email(),
}).with('b', 'ip');
for (const value of [
  { a: 'y' },
  { a: 'x' },
  { a: '!', b: 1 },
  { a: 'x', b: '2', ip: '1.2.3.4', mail: 'q@example.com' },
]) {
  const { error, value: v } = joi.validate(value, { abortEarly: false });
  console.log(v, error?.message);
}
await yup
  .object({ a: yup.number().required().positive(), b: yup.string().url() })
  .validate({ a: -1, b: 'q' }, { abortEarly: false })
  .catch((error) => console.log(error.name, error.errors));
const cache = new LRUCache({
  max: 2,
  ttl: 20,
  dispose: (value, key, reason) => console.log('disposed', key, reason),
});
cache.set('a', 1).set('b', 2).get('a');
cache.set('c', 3);
console.log(
  [...cache.keys()],
  cache.has('b'),
  await new Promise((resolve) => setTimeout(() => resolve(cache.get('a')), 60)),
);
const memory = new NodeCache({ stdTTL: 1, checkperiod: 0 });
console.log(
  memory.mset([
    { key: 'a', val: { b: 1 } },
    { key: 'c', val: 2 },
  ]),
  memory.mget(['a', 'c']),
  memory.take('c'),
  memory.keys(),
  memory.getStats(),
);
console.log(
  semver.satisfies('1.2.3-beta.1', '^1.2.0', { includePrerelease: true }),
  semver.inc('1.2.3', 'minor'),
  semver.maxSatisfying(['1.0.0', '1.5.2', '2.0.0'], '1.x'),
  semver.coerce('v3.4 text').version,
  semver.satisfies(process.version, '>=24'),
);
await i18next.init({
  lng: 'de',
  fallbackLng: 'en',
  showSupportNotice: false,
  resources: {
    en: { translation: { only: 'english' } },
    de: {
      translation: {
        hi: 'Hallo {{name}}',
        n_one: '{{count}} Ding',
        n_other: '{{count}} Dinge',
        price: '{{v, currency(EUR)}}',
      },
    },
  },
});
console.log(
  i18next.t('hi', { name: '<du>' }),
  i18next.t('n', { count: 1 }),
  i18next.t('n', { count: 3 }),
  i18next.t('only'),
  i18next.t('price', { v: 1234.5 }),
);
