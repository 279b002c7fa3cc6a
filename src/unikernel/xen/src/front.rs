//! The life of a device's frontend beside its backend's (public/io/xenbus.h).
//!
//! ```text
//!            backend waits             backend Connected
//!   Waiting ---------------> Offered --------------------> Connected
//!      ^                        |                              |
//!      |                        | backend Closing, Closed,     | the same, or one that
//!      |                        | or gone                      | starts anew
//!      |   backend Closed,      v                              |
//!      +----- gone, or ----- Closing <-------------------------+
//!          one that starts
//!          anew
//! ```

/// Of the numbers in the key `state`, those that a frontend writes.
pub const INITIALISING: &str = "1";
pub const CONNECTED: &str = "4";
pub const CLOSING: &str = "5";
pub const CLOSED: &str = "6";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// There is none, or it does not say.
    Gone,
    Initialising,
    /// It waits for the frontend.
    Waiting,
    Connected,
    Closing,
    Closed,
}

impl Backend {
    /// Of the value of its key `state`.
    pub fn of(state: Option<&str>) -> Backend {
        match state {
            Some("1") => Backend::Initialising,
            Some("2" | "3") => Backend::Waiting,
            Some("4") => Backend::Connected,
            Some("5") => Backend::Closing,
            Some("6") => Backend::Closed,
            _ => Backend::Gone,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    Waiting,
    /// The rings are shared, and the backend has not said yet that it uses them.
    Offered,
    Connected,
    Closing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Stay,
    /// Share rings, and say so.
    Connect,
    /// The backend uses the rings.
    Settle,
    /// Use the rings no more, and say so; they are the backend's until it has closed.
    Close,
    /// The rings are the frontend's own again: wait for the next backend.
    Start,
}

pub fn next_step(front: Front, backend: Backend) -> Step {
    match (front, backend) {
        (Front::Waiting, Backend::Waiting | Backend::Connected) => Step::Connect,
        (Front::Offered, Backend::Connected) => Step::Settle,
        (Front::Offered, Backend::Closing | Backend::Closed | Backend::Gone) => Step::Close,
        (Front::Connected, Backend::Connected) => Step::Stay,
        // One that starts or waits was restarted, and has not closed where anybody saw it.
        (Front::Connected, _) => Step::Close,
        (Front::Closing, Backend::Closing | Backend::Connected) => Step::Stay,
        (Front::Closing, _) => Step::Start,
        (Front::Waiting | Front::Offered, _) => Step::Stay,
    }
}
