//! What the one server of one page answers: methods, encodings, preconditions and ranges in the order of RFC 9110
//! (sections 15.5.6, 12.5.3, 13.2.2, 14.2).

use crate::bundle::{Bundle, Representation};
use crate::byte_range::{Range, parse_range};
use crate::negotiation::select;
use crate::precondition::{Outcome, evaluate, range_counts};
use crate::request::Request;
use crate::target::parse_target;

/// An answer without the page: a line of text that tells a person what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    BadRequest,
    NotFound,
    MethodNotAllowed,
    NotAcceptable { varies: bool },
    RequestTimeout,
    PreconditionFailed,
    Unsatisfiable { length: usize },
    Misdirected,
    HeadTooLarge,
    Unavailable,
    Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<'a, 'b> {
    Whole(&'a Representation<'b>),
    /// First and last byte, both included.
    Part(&'a Representation<'b>, usize, usize),
    NotModified(&'a Representation<'b>),
    Refused(Refusal),
}

/// Whether a request leads to the page: only the page's own host and paths do.
pub fn find(request: &Request, bundle: &Bundle) -> Result<(), Refusal> {
    // RFC 9112 section 3.2: more than one Host field is to be answered 400, and so is none.
    let host = request.host.only().ok_or(Refusal::BadRequest)?;
    let target = parse_target(request.target, host).ok_or(Refusal::BadRequest)?;
    if !target.is_for(bundle.host) {
        return Err(Refusal::Misdirected);
    }
    if target.is_own_path(&bundle.own_path) { Ok(()) } else { Err(Refusal::NotFound) }
}

/// The answer to a request that led to the page.
pub fn respond<'a, 'b>(request: &Request, bundle: &'a Bundle<'b>) -> Answer<'a, 'b> {
    let is_get = request.method == b"GET";
    if !is_get && request.method != b"HEAD" {
        return Answer::Refused(Refusal::MethodNotAllowed);
    }
    let field = request.accept_encoding;
    let accepted = (!field.is_absent()).then(|| request.values("accept-encoding", field));
    let Some(representation) = select(&bundle.representations, accepted) else {
        return Answer::Refused(Refusal::NotAcceptable { varies: bundle.representations.len() > 1 });
    };
    match evaluate(request, representation.etag, bundle.last_modified) {
        Outcome::Failed => Answer::Refused(Refusal::PreconditionFailed),
        Outcome::NotModified => Answer::NotModified(representation),
        // RFC 9110 section 14.2: ranges are defined for GET alone.
        Outcome::GoOn if is_get && range_counts(request, representation.etag) => {
            part(request, representation)
        }
        Outcome::GoOn => Answer::Whole(representation),
    }
}

fn part<'a, 'b>(request: &Request, representation: &'a Representation<'b>) -> Answer<'a, 'b> {
    let length = representation.body.len();
    match request.range.only().map_or(Range::Whole, |field| parse_range(field, length)) {
        Range::Whole => Answer::Whole(representation),
        Range::Part(first, last) => Answer::Part(representation, first, last),
        Range::Unsatisfiable => Answer::Refused(Refusal::Unsatisfiable { length }),
    }
}
