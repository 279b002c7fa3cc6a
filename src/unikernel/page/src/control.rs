//! What the controller may ask, on a path that is an unknown one to everybody else.

use crate::head::Head;
use crate::request::Request;

const PREFIX: &[u8] = b"/.hotzone/";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Counters,
    Drain,
    PowerOff,
    /// The controller asked for something that there is not.
    Unknown,
}

/// What a replica tells its controller; times are milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests that led to the page.
    pub requests: u64,
    /// Of response bodies.
    pub bytes: u64,
    pub open_connections: u64,
    pub uptime: u64,
    /// Connections that were turned away or cut for want of room or patience.
    pub drops: u64,
}

/// The command in a request of the controller; `None` for everybody else's.
pub fn command(request: &Request, is_controller: bool, token: &[u8]) -> Option<Command> {
    let name = request.target.strip_prefix(PREFIX)?;
    let is_known = is_controller && request.token.only().is_some_and(|given| is_same(given, token));
    is_known.then_some(match (request.method, name) {
        (b"GET", b"counters") => Command::Counters,
        (b"POST", b"drain") => Command::Drain,
        (b"POST", b"power-off") => Command::PowerOff,
        _ => Command::Unknown,
    })
}

/// Takes as long wherever the first difference is.
fn is_same(given: &[u8], token: &[u8]) -> bool {
    let differences = given.iter().zip(token).fold(0, |sum, (one, other)| sum | (one ^ other));
    !token.is_empty() && given.len() == token.len() && core::hint::black_box(differences) == 0
}

/// A whole response: the counters as JSON, after every command.
pub fn reply(counters: Counters) -> Head {
    let mut body = Head::new();
    let fields = [
        ("{\"requests\":", counters.requests),
        (",\"bytes\":", counters.bytes),
        (",\"openConnections\":", counters.open_connections),
        (",\"uptime\":", counters.uptime),
        (",\"drops\":", counters.drops),
    ];
    for (name, value) in fields {
        body.text(name).number(value);
    }
    body.text("}\n");
    let mut head = Head::new();
    head.text("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ");
    head.number(body.bytes().len() as u64);
    head.text("\r\nCache-Control: no-store\r\n\r\n").add(body.bytes());
    head
}
