//! Single byte ranges (RFC 9110 section 14.1.2).

use crate::decimal;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// For everything that a server may ignore: another unit, what cannot be read, and several ranges, which are
    /// never cheaper to send than the whole.
    Whole,
    /// First and last byte, both included.
    Part(usize, usize),
    Unsatisfiable,
}

/// The part that a Range field asks for, cut to the length of the representation.
pub fn parse_range(field: &[u8], length: usize) -> Range {
    let Some((first, last)) = split_single(field) else { return Range::Whole };
    let digits = |text: &[u8]| if text.is_empty() { Some(None) } else { decimal::parse(text).map(Some) };
    match (digits(first), digits(last)) {
        (Some(None), Some(Some(0))) => Range::Unsatisfiable,
        // Content-Range has no way to name the last bytes of nothing.
        (Some(None), Some(Some(_))) if length == 0 => Range::Whole,
        (Some(None), Some(Some(suffix))) => Range::Part(length.saturating_sub(clamp(suffix)), length - 1),
        (Some(Some(from)), Some(Some(to))) if from > to => Range::Whole,
        (Some(Some(from)), Some(_)) if clamp(from) >= length => Range::Unsatisfiable,
        (Some(Some(from)), Some(to)) => {
            Range::Part(clamp(from), clamp(to.unwrap_or(u64::MAX)).min(length - 1))
        }
        _ => Range::Whole,
    }
}

fn clamp(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What stands before and after the one hyphen.
fn split_single(field: &[u8]) -> Option<(&[u8], &[u8])> {
    let (unit, range) = field.split_at_checked(6)?;
    let range = range.trim_ascii();
    let hyphen = range.iter().position(|byte| *byte == b'-')?;
    unit.eq_ignore_ascii_case(b"bytes=").then(|| (&range[..hyphen], &range[hyphen + 1..]))
}

#[cfg(test)]
mod tests {
    use super::{Range, parse_range};

    #[test]
    fn single_ranges_are_cut_to_the_length() {
        for (field, range) in [
            ("bytes=0-0", Range::Part(0, 0)),
            ("bytes=2-", Range::Part(2, 9)),
            ("Bytes= 2-99 ", Range::Part(2, 9)),
            ("bytes=-3", Range::Part(7, 9)),
            ("bytes=-99", Range::Part(0, 9)),
            ("bytes=10-", Range::Unsatisfiable),
            ("bytes=99999999999999999999-", Range::Unsatisfiable),
            ("bytes=-0", Range::Unsatisfiable),
        ] {
            assert_eq!(parse_range(field.as_bytes(), 10), range, "{field}");
        }
    }

    #[test]
    fn what_may_be_ignored_is_the_whole() {
        for field in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=a-b",
            "bytes=3-2",
            "bytes=0-1,3-4",
            "items=0-1",
            "bytes=0--1",
            "bytes =0-1",
            "bytes=0 -1",
        ] {
            assert_eq!(parse_range(field.as_bytes(), 10), Range::Whole, "{field}");
        }
        assert_eq!(parse_range(b"bytes=-1", 0), Range::Whole);
        assert_eq!(parse_range(b"bytes=0-", 0), Range::Unsatisfiable);
    }
}
