//! A server and a client in one program, on a wire that loses, doubles and delays, in time that is only counted.
#![allow(dead_code)]

pub mod client;
pub mod frames;
pub mod noise;
pub mod page;
#[path = "../../../page/tests/support/random.rs"]
pub mod random;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use hotzone_page::bundle::parse_bundle;
use hotzone_page::command_line::parse_command_line;
use hotzone_page::plan::Plan;
use hotzone_page::server::Server;
use hotzone_stack::Stack;
use hotzone_stack::nic::{Facts, Nic, Receiver, Sender};

pub const SERVER_MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];
pub const HOST: &str = "index.html.example.org";

/// What goes wrong, in thousandths of all frames.
#[derive(Clone, Copy, Default)]
pub struct Trouble {
    pub lost: u64,
    pub doubled: u64,
    pub late: u64,
}

/// Frames on their way in one direction.
pub struct Wire {
    frames: VecDeque<(u64, Vec<u8>)>,
    trouble: Trouble,
    random: u64,
    pub now: u64,
    pub carried: usize,
    /// Everything that was put in since somebody emptied it.
    pub log: Vec<Vec<u8>>,
}

const DELAY: u64 = 500;
const LATENESS: u64 = 3_000;

impl Wire {
    pub fn new(trouble: Trouble, seed: u64) -> Rc<RefCell<Wire>> {
        let wire =
            Wire { frames: VecDeque::new(), trouble, random: seed, now: 0, carried: 0, log: Vec::new() };
        Rc::new(RefCell::new(wire))
    }

    pub fn random(&mut self) -> u64 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 20
    }

    pub fn put(&mut self, frame: Vec<u8>) {
        self.carried += 1;
        self.log.push(frame.clone());
        let Trouble { lost, doubled, late } = self.trouble;
        let mut happens = |thousandths: u64| self.random() % 1_000 < thousandths;
        let (is_lost, is_doubled, is_late) = (happens(lost), happens(doubled), happens(late));
        if is_lost {
            return;
        }
        if is_doubled {
            self.insert(self.now + LATENESS, frame.clone());
        }
        self.insert(self.now + if is_late { LATENESS } else { DELAY }, frame);
    }

    fn insert(&mut self, due: u64, frame: Vec<u8>) {
        let place = self.frames.partition_point(|(other, _)| *other <= due);
        self.frames.insert(place, (due, frame));
    }

    pub fn get(&mut self) -> Option<Vec<u8>> {
        let is_due = self.frames.front().is_some_and(|(due, _)| *due <= self.now);
        is_due.then(|| self.frames.pop_front().unwrap().1)
    }

    pub fn next_due(&self) -> Option<u64> {
        self.frames.front().map(|(due, _)| *due)
    }
}

pub type SharedWire = Rc<RefCell<Wire>>;

/// The server's network card.
pub struct Card {
    receiver: CardReceiver,
    sender: CardSender,
}

pub struct CardReceiver {
    wire: SharedWire,
    next: Option<Vec<u8>>,
}

pub struct CardSender {
    wire: SharedWire,
    next: Vec<u8>,
}

impl Nic for Card {
    fn facts(&self) -> Facts {
        Facts { mac: SERVER_MAC, mtu: 1_500, completes_checksums: false, interrupts: true }
    }

    fn halves(&mut self) -> (&mut dyn Receiver, &mut dyn Sender) {
        (&mut self.receiver, &mut self.sender)
    }

    fn flush(&mut self) {}

    fn arm(&mut self) -> bool {
        self.receiver.peek().is_none()
    }

    fn disarm(&mut self) {}
}

impl Receiver for CardReceiver {
    fn peek(&mut self) -> Option<&[u8]> {
        if self.next.is_none() {
            self.next = self.wire.borrow_mut().get();
        }
        self.next.as_deref()
    }

    fn release(&mut self) {
        self.peek();
        self.next = None;
    }
}

impl Sender for CardSender {
    fn has_room(&mut self) -> bool {
        true
    }

    fn buffer(&mut self, length: usize) -> &mut [u8] {
        self.next = vec![0; length];
        &mut self.next
    }

    fn send(&mut self, _: usize) {
        self.wire.borrow_mut().put(core::mem::take(&mut self.next));
    }
}

/// The server and both directions of its wire.
pub struct World {
    pub stack: Stack<'static>,
    pub server: Server<'static>,
    pub to_server: SharedWire,
    pub to_client: SharedWire,
    pub now: u64,
}

impl World {
    pub fn new(bundle: Vec<u8>, trouble: Trouble, plan: Plan, seed: u64) -> World {
        let (to_server, to_client) = (Wire::new(trouble, seed), Wire::new(trouble, seed + 1));
        let card = Card {
            receiver: CardReceiver { wire: to_server.clone(), next: None },
            sender: CardSender { wire: to_client.clone(), next: Vec::new() },
        };
        let line =
            parse_command_line("hotzone.ip=10.0.0.2/24 hotzone.gw=10.0.0.254 hotzone.ip6=fd00::2/64", |_| {})
                .unwrap();
        let bundle = parse_bundle(bundle.leak()).expect("a bundle");
        World {
            stack: Stack::new(Box::new(card), SERVER_MAC, &line, plan, seed, 0),
            server: Server::new(bundle, b"", 0),
            to_server,
            to_client,
            now: 0,
        }
    }

    /// Lets the server do what it can now.
    pub fn turn(&mut self) {
        for wire in [&self.to_server, &self.to_client] {
            wire.borrow_mut().now = self.now;
        }
        self.stack.turn(&mut self.server, self.now);
    }

    /// Lets time pass until the server, a frame for it or somebody else has something to do.
    pub fn pass(&mut self, other: Option<u64>) {
        let server = self.now + self.stack.pause(self.now);
        let next = self.to_server.borrow().next_due().into_iter().chain(other).fold(server, u64::min);
        self.now = next.max(self.now + 1);
    }

    pub fn pass_for(&mut self, micros: u64) {
        let end = self.now + micros;
        while self.now < end {
            self.turn();
            self.pass(Some(end));
        }
        self.turn();
    }
}
