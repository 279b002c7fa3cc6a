//! Answers as bytes (RFC 9112 section 4).

use crate::head::Head;
use crate::respond::{Answer, Refusal};

/// What becomes of the connection after the answer (RFC 9112 section 9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    Stays,
    /// A client of HTTP/1.0 that asked for it has to be told.
    StaysAsAsked,
    Closes,
}

impl Persistence {
    fn line(self) -> &'static str {
        match self {
            Persistence::Stays => "",
            Persistence::StaysAsAsked => "Connection: keep-alive\r\n",
            Persistence::Closes => "Connection: close\r\n",
        }
    }
}

/// A response: a head that was put together for it, and a body that lies where it always was.
pub struct Response<'b> {
    pub head: Head,
    pub body: &'b [u8],
}

/// `has_body` is false in answers to HEAD.
pub fn response<'b>(answer: Answer<'_, 'b>, has_body: bool, persistence: Persistence) -> Response<'b> {
    let mut head = Head::new();
    let body = match answer {
        Answer::Whole(representation) => {
            head.text("HTTP/1.1 200 OK\r\n").add(representation.whole_lines);
            representation.body
        }
        Answer::Part(representation, first, last) => {
            let body = &representation.body[first..=last];
            head.text("HTTP/1.1 206 Partial Content\r\nContent-Length: ").number(body.len() as u64);
            head.text("\r\nContent-Range: bytes ").number(first as u64).text("-").number(last as u64);
            head.text("/").number(representation.body.len() as u64).text("\r\n");
            head.add(representation.content_lines);
            body
        }
        Answer::NotModified(representation) => {
            head.text("HTTP/1.1 304 Not Modified\r\n").add(representation.validator_lines);
            &[]
        }
        Answer::Refused(refusal) => refuse(&mut head, refusal),
    };
    head.text(persistence.line()).text("\r\n");
    Response { head, body: if has_body { body } else { &[] } }
}

/// The text says `404 Not Found: why`; its first words are the reason phrase.
fn refuse(head: &mut Head, refusal: Refusal) -> &'static [u8] {
    let text = meaning(refusal);
    let reason = text.split([':', '\n']).next().unwrap_or(text);
    head.text("HTTP/1.1 ").text(reason);
    head.text("\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ").number(text.len() as u64);
    head.text("\r\nCache-Control: no-store\r\n");
    match refusal {
        Refusal::MethodNotAllowed => head.text("Allow: GET, HEAD\r\n"),
        Refusal::NotAcceptable { varies: true } => head.text("Vary: Accept-Encoding\r\n"),
        Refusal::Unsatisfiable { length } => {
            head.text("Content-Range: bytes */").number(length as u64).text("\r\n")
        }
        Refusal::Unavailable => head.text("Retry-After: 1\r\n"),
        _ => head,
    };
    text.as_bytes()
}

fn meaning(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::BadRequest => "400 Bad Request\n",
        Refusal::NotFound => "404 Not Found: this host has no such page\n",
        Refusal::MethodNotAllowed => "405 Method Not Allowed: pages answer GET and HEAD\n",
        Refusal::NotAcceptable { .. } => {
            "406 Not Acceptable: the page exists in none of the encodings that the request allows\n"
        }
        Refusal::RequestTimeout => "408 Request Timeout: the request took too long to arrive\n",
        Refusal::PreconditionFailed => "412 Precondition Failed: the page is not what the request expects\n",
        Refusal::Unsatisfiable { .. } => "416 Range Not Satisfiable: the page ends before the range begins\n",
        Refusal::Misdirected => "421 Misdirected Request: this server does not answer for that host\n",
        Refusal::HeadTooLarge => "431 Request Header Fields Too Large: at most 16384 bytes are read\n",
        Refusal::Unavailable => "503 Service Unavailable: every connection is taken\n",
        Refusal::Version => "505 HTTP Version Not Supported: this server speaks HTTP/1.1\n",
    }
}
