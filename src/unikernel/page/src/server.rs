//! What all connections of a page's server have in common.

use crate::bundle::Bundle;
use crate::control::{Command, Counters, command, reply};
use crate::limits;
use crate::request::Request;
use crate::respond::{Answer, find, respond};
use crate::wire::{Persistence, Response, response};

pub struct Server<'b> {
    pub bundle: Bundle<'b>,
    /// What the controller has to show; empty: there is no controller.
    pub token: &'b [u8],
    pub started_at: u64,
    pub counters: Counters,
    /// From now on every answer ends its connection.
    pub is_draining: bool,
    /// The controller wants the machine off.
    pub wants_power_off: bool,
}

/// Who asks, as far as it matters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Client {
    /// Comes from the controller's address.
    pub is_controller: bool,
    pub requests: u32,
    /// Milliseconds.
    pub connected_at: u64,
}

impl<'b> Server<'b> {
    pub fn new(bundle: Bundle<'b>, token: &'b [u8], now: u64) -> Server<'b> {
        Server {
            bundle,
            token,
            started_at: now,
            counters: Counters::default(),
            is_draining: false,
            wants_power_off: false,
        }
    }

    /// Carries out a request of the controller's; `None`: it is not one. Its connection may be among those counted.
    pub fn control(
        &mut self,
        request: &Request,
        client: Client,
        is_counted: bool,
        now: u64,
    ) -> Option<Response<'b>> {
        match command(request, client.is_controller, self.token)? {
            Command::Counters => {}
            Command::Drain => self.is_draining = true,
            Command::PowerOff => self.wants_power_off = true,
            Command::Unknown => return None,
        }
        let open_connections = self.counters.open_connections - u64::from(is_counted);
        let counters = Counters { open_connections, uptime: now - self.started_at, ..self.counters };
        Some(Response { head: reply(counters), body: &[] })
    }

    pub fn answer(&mut self, request: &Request, persistence: Persistence) -> Response<'b> {
        let answer = match find(request, &self.bundle) {
            Ok(()) => {
                self.counters.requests += 1;
                respond(request, &self.bundle)
            }
            Err(refusal) => Answer::Refused(refusal),
        };
        let response = response(answer, request.method != b"HEAD", persistence);
        self.counters.bytes += response.body.len() as u64;
        response
    }

    /// What becomes of a connection after the answer to this request.
    pub fn persistence(&self, request: &Request, client: Client, now: u64) -> Persistence {
        let is_worn = client.requests >= limits::MAX_REQUESTS_PER_CONNECTION
            || now - client.connected_at >= limits::MAX_CONNECTION_AGE;
        let asks_for = |option: &[u8]| {
            request
                .values("connection", request.connection)
                .flat_map(|value| value.split(|byte| *byte == b','))
                .any(|element| element.trim_ascii().eq_ignore_ascii_case(option))
        };
        if self.is_draining || is_worn || asks_for(b"close") {
            Persistence::Closes
        } else if !request.is_old {
            Persistence::Stays
        } else if asks_for(b"keep-alive") {
            Persistence::StaysAsAsked
        } else {
            Persistence::Closes
        }
    }
}
