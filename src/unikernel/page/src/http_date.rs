//! HTTP dates (RFC 9110 section 5.6.7): writes IMF-fixdate, reads that and the two obsolete forms.

use alloc::format;
use alloc::string::String;

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY: i64 = 86_400;

/// The last second that an HTTP date can express: 31 December 9999.
pub const MAX_HTTP_DATE: u64 = 253_402_300_799;

/// `Sun, 06 Nov 1994 08:49:37 GMT` of Unix seconds.
pub fn format_http_date(seconds: u64) -> String {
    let (days, second) = ((seconds / DAY as u64) as i64, seconds % DAY as u64);
    let (year, month, day) = civil(days);
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        DAYS[days as usize % 7],
        MONTHS[month as usize - 1],
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

/// The year of Unix seconds.
pub fn year_of(seconds: u64) -> i64 {
    civil((seconds / DAY as u64) as i64).0
}

/// Unix seconds of an HTTP date in any of its three forms; `reference_year` resolves two-digit years.
pub fn parse_http_date(text: &[u8], reference_year: i64) -> Option<i64> {
    let mut at = Cursor(text);
    let (year, month, day, clock);
    if at.0.get(3) == Some(&b',') {
        // Sun, 06 Nov 1994 08:49:37 GMT
        at.any_of(&DAYS)?;
        at.exactly(b", ")?;
        day = at.digits(2)?;
        at.exactly(b" ")?;
        month = at.month()?;
        at.exactly(b" ")?;
        year = at.digits(4)?;
        at.exactly(b" ")?;
        clock = at.clock()?;
        at.exactly(b" GMT")?;
    } else if at.0.get(3) == Some(&b' ') {
        // Sun Nov  6 08:49:37 1994
        at.any_of(&DAYS)?;
        at.exactly(b" ")?;
        month = at.month()?;
        at.exactly(b" ")?;
        day = if at.exactly(b" ").is_some() { at.digits(1)? } else { at.digits(2)? };
        at.exactly(b" ")?;
        clock = at.clock()?;
        at.exactly(b" ")?;
        year = at.digits(4)?;
    } else {
        // Sunday, 06-Nov-94 08:49:37 GMT
        at.long_day()?;
        at.exactly(b", ")?;
        day = at.digits(2)?;
        at.exactly(b"-")?;
        month = at.month()?;
        at.exactly(b"-")?;
        year = full_year(at.digits(2)?, reference_year);
        at.exactly(b" ")?;
        clock = at.clock()?;
        at.exactly(b" GMT")?;
    }
    if !at.0.is_empty() {
        return None;
    }
    let days = days_from_civil(year, month, day);
    // The calendar moves a 31 February to March: it is no date.
    (day >= 1 && civil(days) == (year, month, day)).then_some(days * DAY + clock)
}

/// RFC 9110 section 5.6.7: a two-digit year that seems more than 50 years ahead is in the past.
fn full_year(short_year: i64, reference_year: i64) -> i64 {
    let year = reference_year - reference_year % 100 + short_year;
    if year > reference_year + 50 { year - 100 } else { year }
}

/// Days since 1970 of a date in the Gregorian calendar, counted in years that begin in March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of so many days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * month_from_march + 2) / 5 + 1)
}

/// What is left to read.
struct Cursor<'t>(&'t [u8]);

impl Cursor<'_> {
    fn exactly(&mut self, text: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    fn any_of(&mut self, names: &[&str]) -> Option<usize> {
        let index = names.iter().position(|name| self.0.starts_with(name.as_bytes()))?;
        self.0 = &self.0[names[index].len()..];
        Some(index)
    }

    fn month(&mut self) -> Option<i64> {
        self.any_of(&MONTHS).map(|index| index as i64 + 1)
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        crate::decimal::parse(digits).map(|number| number as i64)
    }

    /// Seconds of `08:49:37`; 60 is a leap second.
    fn clock(&mut self) -> Option<i64> {
        let hour = self.digits(2)?;
        self.exactly(b":")?;
        let minute = self.digits(2)?;
        self.exactly(b":")?;
        let second = self.digits(2)?;
        (hour <= 23 && minute <= 59 && second <= 60).then_some(hour * 3_600 + minute * 60 + second)
    }

    /// A capital letter, small letters, `day`.
    fn long_day(&mut self) -> Option<()> {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (name, rest) = self.0.split_at(length);
        let stem = name.strip_suffix(b"day")?;
        let (first, others) = stem.split_first()?;
        if !first.is_ascii_uppercase() || others.is_empty() || !others.iter().all(u8::is_ascii_lowercase) {
            return None;
        }
        self.0 = rest;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_three_forms_of_the_same_second() {
        let forms =
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"];
        for form in forms {
            assert_eq!(parse_http_date(form.as_bytes(), 1994), Some(784_111_777), "{form}");
        }
        assert_eq!(format_http_date(784_111_777), forms[0]);
    }

    #[test]
    fn what_is_written_can_be_read() {
        for seconds in (0..MAX_HTTP_DATE).step_by(86_399 * 97) {
            let text = format_http_date(seconds);
            assert_eq!(parse_http_date(text.as_bytes(), 2000), Some(seconds as i64), "{text}");
        }
        assert_eq!(format_http_date(MAX_HTTP_DATE), "Fri, 31 Dec 9999 23:59:59 GMT");
    }

    #[test]
    fn refuses_days_and_times_that_do_not_exist() {
        for text in [
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "sun, 06 Nov 1994 08:49:37 GMT",
            "day, 06-Nov-94 08:49:37 GMT",
            "",
        ] {
            assert_eq!(parse_http_date(text.as_bytes(), 1994), None, "{text}");
        }
        assert!(parse_http_date(b"Thu, 29 Feb 2024 00:00:60 GMT", 2024).is_some());
    }

    #[test]
    fn a_two_digit_year_is_near_the_reference() {
        let year = |short: &str, reference| {
            let text = alloc::format!("Sunday, 06-Nov-{short} 08:49:37 GMT");
            year_of(parse_http_date(text.as_bytes(), reference).unwrap() as u64)
        };
        assert_eq!([year("94", 1994), year("99", 2026), year("26", 2026)], [1994, 1999, 2026]);
    }
}
