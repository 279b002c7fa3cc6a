//! One client's connection: requests in, responses out, in their order, as far as the client takes them.
//!
//! ```text
//!   Idle --bytes--> Head --complete--> (answer) --body sent--> Idle
//!                    |                    |
//!                    | slow, too long     | Connection: close
//!                    v                    v
//!                 (refusal) ----------> Closing
//! ```

use alloc::vec::Vec;

use crate::decimal;
use crate::head::HEAD_ROOM;
use crate::limits;
use crate::request::{HeadFault, Request, head_length, parse_head};
use crate::respond::{Answer, Refusal};
use crate::server::{Client, Server};
use crate::wire::{Persistence, Response, response};

/// The two directions of a connection, as the network gives them.
pub trait Stream {
    /// Shows received bytes, and removes as many as `take` says; `None`: there are none.
    fn receive<R>(&mut self, take: impl FnOnce(&[u8]) -> (usize, R)) -> Option<R>;
    /// Nothing more will come.
    fn is_finished(&self) -> bool;
    /// Takes as many bytes as there is room for, and says how many.
    fn send(&mut self, bytes: &[u8]) -> usize;
    fn room(&self) -> usize;
    /// Bytes that the client has not acknowledged.
    fn unacknowledged(&self) -> usize;
}

/// What is to become of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Stay,
    /// Everything is said: close our side.
    Close,
    /// The client takes or says nothing: cut it off.
    Abort,
}

pub struct Connection<'b> {
    client: Client,
    /// The start of a head that came in pieces.
    partial: Vec<u8>,
    /// What is left to be sent of a response body.
    body: &'b [u8],
    /// What is left to come of a request body.
    skip: u64,
    request_since: Option<u64>,
    is_closing: bool,
    /// The controller's, whose looking must not count.
    pub is_control: bool,
    /// Whether it is among the open connections of the counters.
    pub is_counted: bool,
    /// What was unsent at the last look, and since when.
    unsent: usize,
    unsent_since: u64,
    idle_since: u64,
}

/// What to say to a request, and what comes then.
struct Reply<'b> {
    response: Response<'b>,
    closes: bool,
    /// The length of the request's body.
    skip: u64,
}

impl<'b> Connection<'b> {
    pub fn new(is_controller: bool, now: u64) -> Connection<'b> {
        Connection {
            client: Client { is_controller, requests: 0, connected_at: now },
            partial: Vec::new(),
            body: &[],
            skip: 0,
            request_since: None,
            is_closing: false,
            is_control: false,
            is_counted: false,
            unsent: 0,
            unsent_since: now,
            idle_since: now,
        }
    }

    /// Since when nothing is going on; `None` while something is.
    pub fn idle_since(&self) -> Option<u64> {
        let is_idle = self.request_since.is_none() && self.unsent == 0 && self.skip == 0 && !self.is_closing;
        is_idle.then_some(self.idle_since)
    }

    /// Does what can be done now.
    pub fn advance(&mut self, stream: &mut impl Stream, server: &mut Server<'b>, now: u64) -> Next {
        loop {
            if !self.body.is_empty() {
                let sent = stream.send(self.body);
                self.body = &self.body[sent..];
            }
            if !self.body.is_empty() || self.is_closing || stream.room() < HEAD_ROOM {
                break;
            }
            if self.skip > 0 {
                let skip = self.skip;
                let skipped = stream.receive(|bytes| {
                    let length = (bytes.len() as u64).min(skip);
                    (length as usize, length)
                });
                let Some(skipped) = skipped else { break };
                self.skip -= skipped;
                if self.skip == 0 {
                    self.request_since = None;
                    self.idle_since = now;
                }
                continue;
            }
            let Some(heard) = stream.receive(|bytes| self.hear(bytes, server, now)) else { break };
            if let Some(reply) = heard {
                self.say(stream, reply, now);
            }
        }
        self.judge(stream, server, now)
    }

    /// Turns the client away before it has said anything.
    pub fn refuse(&mut self, stream: &mut impl Stream, refusal: Refusal, now: u64) {
        self.say(stream, refused(refusal), now);
    }

    fn say(&mut self, stream: &mut impl Stream, reply: Reply<'b>, now: u64) {
        let Reply { response, closes, skip } = reply;
        stream.send(response.head.bytes());
        let sent = stream.send(response.body);
        self.body = &response.body[sent..];
        self.is_closing = closes;
        self.skip = skip;
        if skip == 0 {
            self.request_since = None;
        }
        self.idle_since = now;
    }

    /// Looks for a whole head in what was received; a piece of one is kept for later.
    fn hear(&mut self, bytes: &[u8], server: &mut Server<'b>, now: u64) -> (usize, Option<Reply<'b>>) {
        if self.partial.is_empty() {
            // RFC 9112 section 2.2: an empty line before a request is to be ignored.
            if bytes.starts_with(b"\r\n") && self.request_since.is_none() {
                return (2, None);
            }
            if let Some(length) = head_length(bytes, 0).filter(|length| *length <= limits::MAX_HEAD_BYTES) {
                return (length, Some(self.answer(&bytes[..length], server, now)));
            }
        }
        self.request_since.get_or_insert(now);
        let before = self.partial.len();
        let taken = bytes.len().min(limits::MAX_HEAD_BYTES - before);
        if self.partial.try_reserve(taken).is_err() {
            return (bytes.len(), Some(refused(Refusal::Unavailable)));
        }
        self.partial.extend_from_slice(&bytes[..taken]);
        match head_length(&self.partial, before) {
            Some(length) => {
                let partial = core::mem::take(&mut self.partial);
                (length - before, Some(self.answer(&partial[..length], server, now)))
            }
            None if self.partial.len() == limits::MAX_HEAD_BYTES => {
                (bytes.len(), Some(refused(Refusal::HeadTooLarge)))
            }
            None => (taken, None),
        }
    }

    fn answer(&mut self, head: &[u8], server: &mut Server<'b>, now: u64) -> Reply<'b> {
        let request = match parse_head(head) {
            Ok(request) => request,
            Err(HeadFault::Malformed) => return refused(Refusal::BadRequest),
            Err(HeadFault::Version) => return refused(Refusal::Version),
        };
        let body = match request_body(&request) {
            Ok(body) => body,
            Err(refusal) => return refused(refusal),
        };
        if let Some(response) = server.control(&request, self.client, self.is_counted, now) {
            self.is_control = true;
            return Reply { response, closes: body.is_none(), skip: body.unwrap_or(0) };
        }
        self.is_control = false;
        self.client.requests += 1;
        let persistence =
            if body.is_none() { Persistence::Closes } else { server.persistence(&request, self.client, now) };
        let response = server.answer(&request, persistence);
        self.request_since = Some(now);
        Reply { response, closes: persistence == Persistence::Closes, skip: body.unwrap_or(0) }
    }

    /// What time, and the client's silence, make of the connection.
    fn judge(&mut self, stream: &mut impl Stream, server: &mut Server<'b>, now: u64) -> Next {
        let unsent = self.body.len() + stream.unacknowledged();
        if unsent != self.unsent || unsent == 0 {
            if unsent == 0 && self.unsent > 0 {
                self.idle_since = now;
            }
            (self.unsent, self.unsent_since) = (unsent, now);
        }
        let has_taken_all = self.body.is_empty();
        if now - self.unsent_since >= limits::STALL_TIMEOUT {
            server.counters.drops += 1;
            return Next::Abort;
        }
        if has_taken_all && (self.is_closing || stream.is_finished()) {
            return Next::Close;
        }
        if let Some(since) = self.request_since.filter(|_| has_taken_all) {
            if self.skip > 0 && now - since >= limits::REQUEST_TIMEOUT {
                server.counters.drops += 1;
                return Next::Abort;
            }
            if self.skip == 0 && now - since >= limits::HEAD_TIMEOUT && stream.room() >= HEAD_ROOM {
                server.counters.drops += 1;
                self.refuse(stream, Refusal::RequestTimeout, now);
                return if self.body.is_empty() { Next::Close } else { Next::Stay };
            }
        }
        let patience = if server.is_draining { limits::DRAIN_IDLE } else { limits::IDLE_TIMEOUT };
        match self.idle_since() {
            Some(since) if now - since >= patience => Next::Close,
            _ => Next::Stay,
        }
    }
}

fn refused<'b>(refusal: Refusal) -> Reply<'b> {
    Reply { response: response(Answer::Refused(refusal), true, Persistence::Closes), closes: true, skip: 0 }
}

/// The length of the body that follows, which nobody reads; `None` when it is better not waited for.
fn request_body(request: &Request) -> Result<Option<u64>, Refusal> {
    let length = request.content_length;
    if !request.transfer_encoding.is_absent() {
        // RFC 9112 section 6.3: both together are an attempt at smuggling a request.
        return if length.is_absent() { Ok(None) } else { Err(Refusal::BadRequest) };
    }
    if length.is_absent() {
        return Ok(Some(0));
    }
    let length = length.only().and_then(decimal::parse).ok_or(Refusal::BadRequest)?;
    Ok(Some(length).filter(|length| *length <= limits::MAX_BODY_BYTES))
}
