//! A bundle has to be what the writer would have written: values within their bounds, everything in its place, the
//! header lines those that the contents call for, and zeros in the gaps.

use alloc::format;
use alloc::vec::Vec;

use crate::bundle::{
    Bundle, BundleError, Coding, ENTRY_BYTES, HEADER_BYTES, Representation, span_at, u32_at,
};
use crate::http_date::{MAX_HTTP_DATE, format_http_date};

const MAX_HOST_BYTES: usize = 253;
const MAX_PATH_BYTES: usize = 4_096;
const MAX_CONTENT_TYPE_BYTES: usize = 255;
const MAX_ETAG_BYTES: usize = 128;

pub(crate) fn check_layout(bytes: &[u8], bundle: &Bundle) -> Result<(), BundleError> {
    check_values(bytes, bundle)?;
    let mut end = HEADER_BYTES + ENTRY_BYTES * bundle.representations.len();
    for (at, what) in [(64, "host"), (72, "path"), (80, "own path"), (88, "content type")] {
        end = follows(bytes, at, end).ok_or(BundleError::Layout(what))?;
    }
    expect_zeros(bytes, 96, HEADER_BYTES, "header")?;
    for (index, representation) in bundle.representations.iter().enumerate() {
        end = check_lines(bytes, HEADER_BYTES + ENTRY_BYTES * index, end, bundle, representation)?;
    }
    for (index, representation) in bundle.representations.iter().enumerate() {
        let entry = HEADER_BYTES + ENTRY_BYTES * index;
        let start = end.next_multiple_of(8);
        expect_zeros(bytes, end, start, "gap")?;
        if u32_at(bytes, entry + 28) as usize != start {
            return Err(BundleError::Layout("place of a body"));
        }
        end = start + representation.body.len();
        expect_zeros(bytes, entry + 36, entry + ENTRY_BYTES, "list of representations")?;
    }
    expect_zeros(bytes, end, end.next_multiple_of(8), "gap")?;
    if end.next_multiple_of(8) == bytes.len() { Ok(()) } else { Err(BundleError::Layout("length")) }
}

fn check_values(bytes: &[u8], bundle: &Bundle) -> Result<(), BundleError> {
    let expect = |holds: bool, what| if holds { Ok(()) } else { Err(BundleError::Fault(what)) };
    let is_path = |path: &[u8]| {
        path.first() == Some(&b'/') && path.len() <= MAX_PATH_BYTES && core::str::from_utf8(path).is_ok()
    };
    let is_host_byte = |byte: &u8| matches!(byte, 0x21..=0x40 | 0x5b..=0x7e);
    let is_printable = |byte: &u8| matches!(byte, 0x20..=0x7e);
    let own_path = span_at(bytes, 80, "own path")?;
    expect(
        (1..=MAX_HOST_BYTES).contains(&bundle.host.len())
            && bundle.host.iter().all(is_host_byte)
            && bundle.host.last() != Some(&b'.'),
        "host",
    )?;
    expect(is_path(bundle.path), "path")?;
    expect(is_path(own_path), "own path")?;
    expect(
        (1..=MAX_CONTENT_TYPE_BYTES).contains(&bundle.content_type.len())
            && bundle.content_type.iter().all(is_printable),
        "content type",
    )?;
    expect(bundle.last_modified <= MAX_HTTP_DATE, "last modification")?;
    expect(bundle.representations.iter().all(|each| is_strong_etag(each.etag)), "entity tag")?;
    let codings: Vec<Coding> = bundle.representations.iter().map(|each| each.coding).collect();
    let once = codings.iter().enumerate().all(|(index, coding)| !codings[..index].contains(coding));
    if once && codings[0] == Coding::Identity {
        Ok(())
    } else {
        Err(BundleError::Count(codings.len() as u32))
    }
}

/// RFC 9110 section 8.8.3 without `W/` and obs-text.
fn is_strong_etag(etag: &[u8]) -> bool {
    let inner = etag.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    etag.len() <= MAX_ETAG_BYTES
        && inner.is_some_and(|inner| inner.iter().all(|byte| matches!(byte, 0x21 | 0x23..=0x7e)))
}

/// The end of a span that starts where the one before has ended.
fn follows(bytes: &[u8], at: usize, end: usize) -> Option<usize> {
    (u32_at(bytes, at) as usize == end).then(|| end + u32_at(bytes, at + 4) as usize)
}

fn check_lines(
    bytes: &[u8],
    entry: usize,
    start: usize,
    bundle: &Bundle,
    representation: &Representation,
) -> Result<usize, BundleError> {
    let content_type = core::str::from_utf8(bundle.content_type).unwrap_or_default();
    let etag = core::str::from_utf8(representation.etag).unwrap_or_default();
    let whole = format!("Content-Length: {}\r\n", representation.body.len());
    let coding = match representation.coding {
        Coding::Identity => "".into(),
        coding => format!("Content-Encoding: {}\r\n", coding.name()),
    };
    let content = format!(
        "Content-Type: {content_type}\r\n{coding}Last-Modified: {}\r\nAccept-Ranges: bytes\r\n",
        format_http_date(bundle.last_modified)
    );
    let vary = if bundle.representations.len() > 1 { "Vary: Accept-Encoding\r\n" } else { "" };
    let validator = format!("ETag: {etag}\r\n{vary}Cache-Control: no-cache\r\n");
    let ends = [whole.len(), content.len(), validator.len()].map({
        let mut end = start;
        move |length| {
            end += length;
            end
        }
    });
    let offsets = [4, 8, 12, 16, 20].map(|at| u32_at(bytes, entry + at) as usize);
    let expected = [start, ends[0], ends[1], ends[2], ends[1] + "ETag: ".len()];
    let lines = [whole.as_bytes(), content.as_bytes(), validator.as_bytes()].concat();
    if offsets != expected || representation.whole_lines != lines {
        return Err(BundleError::Layout("header lines"));
    }
    Ok(ends[2])
}

fn expect_zeros(bytes: &[u8], start: usize, end: usize, what: &'static str) -> Result<(), BundleError> {
    match bytes.get(start..end) {
        Some(gap) if gap.iter().all(|byte| *byte == 0) => Ok(()),
        _ => Err(BundleError::Layout(what)),
    }
}
