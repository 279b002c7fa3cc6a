//! Reads a bundle, the one file that a page is served from; `bundle-format.md` describes it. Nothing is copied.

use alloc::vec::Vec;
use core::fmt;

use crate::bundle_layout::check_layout;
use crate::crc32::crc32;
use crate::target::decode_own_path;

pub const MAGIC: &[u8; 8] = b"hotzone\0";
pub const HEADER_BYTES: usize = 104;
pub const ENTRY_BYTES: usize = 48;
const VERSION: u32 = 1;
const MAX_BUNDLE_BYTES: usize = 1 << 30;
const MAX_REPRESENTATIONS: u32 = 3;

/// Content codings in the order of their numbers in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Identity,
    Gzip,
    Brotli,
}

impl Coding {
    pub fn name(self) -> &'static str {
        match self {
            Coding::Identity => "identity",
            Coding::Gzip => "gzip",
            Coding::Brotli => "br",
        }
    }

    fn numbered(number: u32) -> Option<Coding> {
        [Coding::Identity, Coding::Gzip, Coding::Brotli].get(number as usize).copied()
    }
}

/// One finished response of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Representation<'b> {
    pub coding: Coding,
    /// The header lines of a 200.
    pub whole_lines: &'b [u8],
    /// Those of a 206 without `Content-Length` and `Content-Range`: the end of the above.
    pub content_lines: &'b [u8],
    /// Those of a 304: the end of the above.
    pub validator_lines: &'b [u8],
    pub etag: &'b [u8],
    pub body: &'b [u8],
}

#[derive(Debug, PartialEq, Eq)]
pub struct Bundle<'b> {
    pub host: &'b [u8],
    pub path: &'b [u8],
    /// Percent-decoded and cut at the first `?`.
    pub own_path: Vec<u8>,
    pub content_type: &'b [u8],
    /// Unix seconds.
    pub last_modified: u64,
    /// Identity first; never empty.
    pub representations: Vec<Representation<'b>>,
}

/// Why bytes are no bundle.
#[derive(Debug, PartialEq, Eq)]
pub enum BundleError {
    TooShort(usize),
    NotABundle,
    Version(u32),
    TooLong(usize),
    Truncated { expected: usize, actual: usize },
    Trailing { expected: usize, actual: usize },
    Checksum,
    Count(u32),
    Coding(usize),
    Outside(&'static str),
    Fault(&'static str),
    Layout(&'static str),
}

impl fmt::Display for BundleError {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::TooShort(bytes) => {
                write!(out, "the file has {bytes} bytes; a bundle has at least {HEADER_BYTES}")
            }
            Self::NotABundle => write!(out, "the file is not a bundle"),
            Self::Version(version) => write!(out, "the bundle has version {version}; expected {VERSION}"),
            Self::TooLong(bytes) => {
                write!(
                    out,
                    "the bundle says that it has {bytes} bytes; at most {MAX_BUNDLE_BYTES} are served"
                )
            }
            Self::Truncated { expected, actual } => {
                write!(out, "the bundle is truncated: it should have {expected} bytes and has {actual}")
            }
            Self::Trailing { expected, actual } => write!(
                out,
                "the bundle is followed by something else: it should have {expected} bytes and has {actual}"
            ),
            Self::Checksum => write!(out, "the bundle is corrupt: its checksum does not match"),
            Self::Count(count) => write!(
                out,
                "the bundle has {count} representations; expected 1 to {MAX_REPRESENTATIONS}, identity first, \
                 each coding once"
            ),
            Self::Coding(index) => write!(out, "representation {index} has an unknown content coding"),
            Self::Outside(what) => write!(out, "the {what} lies outside the file"),
            Self::Fault(what) => write!(out, "the {what} of the bundle is not what a bundle may have"),
            Self::Layout(what) => write!(out, "the {what} of the bundle is not what its contents call for"),
        }
    }
}

/// The bundle that `bytes` are, to the last byte.
pub fn parse_bundle(bytes: &[u8]) -> Result<Bundle<'_>, BundleError> {
    check_envelope(bytes)?;
    let count = u32_at(bytes, 20);
    if !(1..=MAX_REPRESENTATIONS).contains(&count) {
        return Err(BundleError::Count(count));
    }
    if bytes.len() < HEADER_BYTES + ENTRY_BYTES * count as usize {
        return Err(BundleError::Outside("list of representations"));
    }
    let bundle = Bundle {
        host: span_at(bytes, 64, "host")?,
        path: span_at(bytes, 72, "path")?,
        own_path: decode_own_path(span_at(bytes, 80, "own path")?),
        content_type: span_at(bytes, 88, "content type")?,
        last_modified: u64::from_le_bytes(*array_at(bytes, 24)),
        representations: (0..count as usize)
            .map(|index| representation_at(bytes, index))
            .collect::<Result<_, _>>()?,
    };
    check_layout(bytes, &bundle)?;
    Ok(bundle)
}

fn check_envelope(bytes: &[u8]) -> Result<(), BundleError> {
    let actual = bytes.len();
    if actual < HEADER_BYTES {
        return Err(BundleError::TooShort(actual));
    }
    if !bytes.starts_with(MAGIC) {
        return Err(BundleError::NotABundle);
    }
    let (version, expected) = (u32_at(bytes, 8), u32_at(bytes, 16) as usize);
    if version != VERSION {
        return Err(BundleError::Version(version));
    }
    if expected > MAX_BUNDLE_BYTES {
        return Err(BundleError::TooLong(expected));
    }
    if expected > actual {
        return Err(BundleError::Truncated { expected, actual });
    }
    if expected < actual {
        return Err(BundleError::Trailing { expected, actual });
    }
    if u32_at(bytes, 12) != crc32(&bytes[16..]) {
        return Err(BundleError::Checksum);
    }
    Ok(())
}

fn representation_at(bytes: &[u8], index: usize) -> Result<Representation<'_>, BundleError> {
    let entry = HEADER_BYTES + ENTRY_BYTES * index;
    let end = u32_at(bytes, entry + 16) as usize;
    let lines = |at: usize| {
        bytes.get(u32_at(bytes, entry + at) as usize..end).ok_or(BundleError::Outside("header lines"))
    };
    Ok(Representation {
        coding: Coding::numbered(u32_at(bytes, entry)).ok_or(BundleError::Coding(index))?,
        whole_lines: lines(4)?,
        content_lines: lines(8)?,
        validator_lines: lines(12)?,
        etag: span_at(bytes, entry + 20, "entity tag")?,
        body: span_at(bytes, entry + 28, "body")?,
    })
}

/// A little-endian number at an offset that is known to be inside.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(*array_at(bytes, at))
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> &[u8; N] {
    bytes[at..].first_chunk().expect("the header is long enough")
}

pub(crate) fn span_at<'b>(bytes: &'b [u8], at: usize, what: &'static str) -> Result<&'b [u8], BundleError> {
    let (offset, length) = (u32_at(bytes, at) as usize, u32_at(bytes, at + 4) as usize);
    bytes.get(offset..offset + length).ok_or(BundleError::Outside(what))
}
