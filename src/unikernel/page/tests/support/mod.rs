//! What the tests have in common: the page of the fixtures, a client in memory, and repeatable chance.
#![allow(dead_code)]

pub mod random;

use std::path::PathBuf;
use std::sync::LazyLock;

use hotzone_page::bundle::parse_bundle;
use hotzone_page::connection::{Connection, Next, Stream};
use hotzone_page::server::Server;

pub const TOKEN: &[u8] = b"secret";
pub const HOST: &str = "index.html.example.org";

pub fn fixture(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../test/fixtures/answers");
    std::fs::read(folder.join(name)).expect("the fixture is there")
}

static PAGE: LazyLock<Vec<u8>> = LazyLock::new(|| fixture("page.bundle"));

pub fn server() -> Server<'static> {
    Server::new(parse_bundle(&PAGE).expect("the fixture is a bundle"), TOKEN, 0)
}

/// The requests of the table that both kinds of page server are held to.
pub fn requests() -> Vec<String> {
    let table = String::from_utf8(fixture("answers.txt")).expect("the table is text");
    table
        .lines()
        .map(|line| line.split('\t').next().expect("a first column"))
        .map(|request| request.replace("\\r", "\r").replace("\\n", "\n"))
        .collect()
}

/// A client whose bytes come in pieces, and who takes so much of the response at a time.
pub struct Client {
    pub pieces: Vec<Vec<u8>>,
    pub received: Vec<u8>,
    /// What the network holds of the response, unacknowledged.
    pub in_flight: Vec<u8>,
    pub window: usize,
    pub is_finished: bool,
}

impl Client {
    pub fn saying(pieces: &[&[u8]]) -> Client {
        let pieces = pieces.iter().map(|piece| piece.to_vec()).filter(|piece| !piece.is_empty()).collect();
        Client { pieces, received: vec![], in_flight: vec![], window: 1 << 20, is_finished: false }
    }

    /// Takes what has arrived.
    pub fn take(&mut self) {
        self.received.append(&mut self.in_flight);
    }

    /// Takes so much of it.
    pub fn take_some(&mut self, length: usize) {
        self.received.extend(self.in_flight.drain(..length.min(self.in_flight.len())));
    }

    /// Talks to the server until neither has anything to say.
    pub fn converse<'b>(
        &mut self,
        connection: &mut Connection<'b>,
        server: &mut Server<'b>,
        now: u64,
    ) -> Next {
        loop {
            let before = (self.pieces.iter().map(Vec::len).sum::<usize>(), self.received.len());
            let next = connection.advance(self, server, now);
            self.take();
            let after = (self.pieces.iter().map(Vec::len).sum::<usize>(), self.received.len());
            if next != Next::Stay || before == after {
                return next;
            }
        }
    }
}

impl Stream for Client {
    fn receive<R>(&mut self, take: impl FnOnce(&[u8]) -> (usize, R)) -> Option<R> {
        let piece = self.pieces.first_mut()?;
        let (taken, result) = take(piece);
        piece.drain(..taken);
        if piece.is_empty() {
            self.pieces.remove(0);
        }
        Some(result)
    }

    fn is_finished(&self) -> bool {
        self.is_finished && self.pieces.is_empty()
    }

    fn send(&mut self, bytes: &[u8]) -> usize {
        let length = bytes.len().min(self.room());
        self.in_flight.extend_from_slice(&bytes[..length]);
        length
    }

    fn room(&self) -> usize {
        self.window - self.in_flight.len()
    }

    fn unacknowledged(&self) -> usize {
        self.in_flight.len()
    }
}

/// Everything that the server says to one client.
pub fn answer_to(pieces: &[&[u8]]) -> Vec<u8> {
    let mut client = Client::saying(pieces);
    client.converse(&mut Connection::new(false, 0), &mut server(), 0);
    client.received
}
