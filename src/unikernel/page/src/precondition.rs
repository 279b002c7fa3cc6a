//! Preconditions of a GET or HEAD in the order of RFC 9110 section 13.2.2.

use crate::http_date::{parse_http_date, year_of};
use crate::request::{Field, Request};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    GoOn,
    NotModified,
    Failed,
}

#[derive(Clone, Copy)]
enum Comparison {
    Strong,
    Weak,
}

/// `etag` and `last_modified` are those of the representation that was selected.
pub fn evaluate(request: &Request, etag: &[u8], last_modified: u64) -> Outcome {
    let date = |field: Field| {
        // A two-digit year is near the page's own: nearer to the truth than no clock at all.
        field.first().and_then(|text| parse_http_date(text, year_of(last_modified)))
    };
    let last_modified = last_modified as i64;
    if !request.if_match.is_absent() {
        if !matches(request, "if-match", request.if_match, etag, Comparison::Strong) {
            return Outcome::Failed;
        }
    } else if date(request.if_unmodified_since).is_some_and(|date| last_modified > date) {
        return Outcome::Failed;
    }
    let is_current = if request.if_none_match.is_absent() {
        date(request.if_modified_since).is_some_and(|date| last_modified <= date)
    } else {
        matches(request, "if-none-match", request.if_none_match, etag, Comparison::Weak)
    };
    if is_current { Outcome::NotModified } else { Outcome::GoOn }
}

/// Whether a Range field counts (RFC 9110 section 13.1.5): not if If-Range is anything else than the entity tag. A
/// date never matches, because it is a strong validator only for who knows that the page had no second version in
/// that second; the client then gets the whole page, which is always right.
pub fn range_counts(request: &Request, etag: &[u8]) -> bool {
    request.if_range.is_absent() || request.if_range.only() == Some(etag)
}

/// RFC 9110 section 8.8.3.2; the page's own tag is always a strong one.
fn matches(request: &Request, name: &'static str, field: Field, etag: &[u8], comparison: Comparison) -> bool {
    field.only() == Some(b"*")
        || request.values(name, field).any(|value| {
            tags(value)
                .any(|(is_weak, tag)| tag == etag && (!is_weak || matches!(comparison, Comparison::Weak)))
        })
}

/// The entity tags in a field, quotes included, and whether they are weak; what stands between them is skipped.
fn tags(mut text: &[u8]) -> impl Iterator<Item = (bool, &[u8])> {
    core::iter::from_fn(move || {
        loop {
            let start = text.iter().position(|byte| *byte == b'"')?;
            let inner = text[start + 1..]
                .iter()
                .take_while(|byte| matches!(byte, 0x21 | 0x23..=0x7e | 0x80..=0xff))
                .count();
            let end = start + 1 + inner;
            if text.get(end) != Some(&b'"') {
                text = &text[start + 1..];
                continue;
            }
            let tag = (text[..start].ends_with(b"W/"), &text[start..=end]);
            text = &text[end + 1..];
            return Some(tag);
        }
    })
}
