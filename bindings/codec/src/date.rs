//! Dates as HTTP writes them (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`. Pure arithmetic:
//! the caller owns the clock.

const DATE_BYTES: usize = 29;
const SECONDS_PER_DAY: u64 = 86_400;
/// The last second that still has a year of four digits: 9999-12-31 23:59:59.
const SECONDS_MAX: u64 = 253_402_300_799;
const DAYS: [&[u8; 3]; 7] = [b"Thu", b"Fri", b"Sat", b"Sun", b"Mon", b"Tue", b"Wed"];
const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// The text of one second, kept until the second changes.
#[derive(Clone, Debug)]
pub struct DateCache {
    unix_seconds: u64,
    text: [u8; DATE_BYTES],
}

impl Default for DateCache {
    fn default() -> DateCache {
        DateCache {
            unix_seconds: 0,
            text: imf_fixdate(0),
        }
    }
}

impl DateCache {
    pub fn at(&mut self, unix_seconds: u64) -> &[u8; DATE_BYTES] {
        if unix_seconds != self.unix_seconds {
            self.unix_seconds = unix_seconds;
            self.text = imf_fixdate(unix_seconds);
        }
        &self.text
    }
}

/// Formats seconds since 1970. Times past the year 9999 are written as its last second.
pub fn imf_fixdate(unix_seconds: u64) -> [u8; DATE_BYTES] {
    let seconds = unix_seconds.min(SECONDS_MAX);
    let days = seconds / SECONDS_PER_DAY;
    let second_of_day = seconds % SECONDS_PER_DAY;
    let (year, month, day) = civil(days);
    let mut text = *b"Thu, 01 Jan 1970 00:00:00 GMT";
    text[0..3].copy_from_slice(DAYS[(days % 7) as usize]);
    two_digits(&mut text[5..7], day);
    text[8..11].copy_from_slice(MONTHS[(month - 1) as usize]);
    two_digits(&mut text[12..14], year / 100);
    two_digits(&mut text[14..16], year % 100);
    two_digits(&mut text[17..19], second_of_day / 3600);
    two_digits(&mut text[20..22], second_of_day / 60 % 60);
    two_digits(&mut text[23..25], second_of_day % 60);
    text
}

/// Year, month 1..=12 and day 1..=31 of a day number. Years are counted from March, so that the
/// leap day is the last of its year and month lengths repeat every five months (153 days).
fn civil(days: u64) -> (u64, u64, u64) {
    const DAYS_PER_ERA: u64 = 146_097; // 400 years of the Gregorian calendar
    const MARCH_0000_TO_1970: u64 = 719_468;
    let days = days + MARCH_0000_TO_1970;
    let era = days / DAYS_PER_ERA;
    let day_of_era = days % DAYS_PER_ERA;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524
        - day_of_era / (DAYS_PER_ERA - 1))
        / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_since_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
    let month = if months_since_march < 10 {
        months_since_march + 3
    } else {
        months_since_march - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    assert!((1..=12).contains(&month));
    assert!((1..=31).contains(&day));
    (year, month, day)
}

fn two_digits(into: &mut [u8], value: u64) {
    assert!(value < 100);
    into[0] = b'0' + (value / 10) as u8;
    into[1] = b'0' + (value % 10) as u8;
}

#[cfg(test)]
mod tests {
    //! Known dates, edges of the calendar, and every day of four centuries counted by hand.
    use super::*;

    #[track_caller]
    fn check(seconds: u64, expect: &str) {
        assert_eq!(
            std::str::from_utf8(&imf_fixdate(seconds)).expect("ASCII"),
            expect
        );
    }

    #[test]
    fn known_dates() {
        check(0, "Thu, 01 Jan 1970 00:00:00 GMT");
        check(784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT");
        check(951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT");
        check(951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT");
        check(951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT");
        check(4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT");
        check(4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT");
        check(SECONDS_MAX, "Fri, 31 Dec 9999 23:59:59 GMT");
        check(SECONDS_MAX + 1, "Fri, 31 Dec 9999 23:59:59 GMT");
        check(u64::MAX, "Fri, 31 Dec 9999 23:59:59 GMT");
    }

    #[test]
    fn every_day_until_2400_follows_the_one_before() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for days in 0..157_000 {
            assert_eq!(civil(days), (year, month, day), "day {days}");
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let last = match month {
                2 => 28 + u64::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            (year, month, day) = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (_, d) if d == last => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
        assert!(year >= 2399);
    }

    #[test]
    fn the_cache_follows_the_second() {
        let mut cache = DateCache::default();
        assert_eq!(cache.at(0), &imf_fixdate(0));
        assert_eq!(cache.at(784_111_777), &imf_fixdate(784_111_777));
        assert_eq!(cache.at(784_111_777), &imf_fixdate(784_111_777));
        assert_eq!(cache.at(5), &imf_fixdate(5));
    }
}
