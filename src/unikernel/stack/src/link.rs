//! A network card as smoltcp wants it.

use alloc::boxed::Box;
use alloc::vec::Vec;

use hotzone_page::resegment::cut;
use smoltcp::phy::{Checksum, Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::time::Instant;

use crate::flows::Flows;
use crate::nic::{Nic, Receiver, Sender};

const ETHERNET_BYTES: usize = 14;

pub struct Link {
    pub nic: Box<dyn Nic>,
    pub flows: Flows,
    /// Microseconds.
    pub now: u64,
    /// Comes before what the card has.
    inserted: Option<Vec<u8>>,
}

pub enum Arrived<'n> {
    OnCard(&'n mut dyn Receiver),
    Inserted(Vec<u8>),
}

pub struct Departing<'n> {
    sender: &'n mut dyn Sender,
    flows: &'n mut Flows,
    now: u64,
    /// The card leaves TCP checksums to the stack.
    sums: bool,
}

impl Link {
    pub fn new(nic: Box<dyn Nic>, flows: Flows, now: u64) -> Link {
        Link { nic, flows, now, inserted: None }
    }

    /// Has smoltcp get this frame next.
    pub fn insert(&mut self, frame: Vec<u8>) {
        self.inserted = Some(frame);
    }

    /// The frame that smoltcp would get next.
    pub fn peek(&mut self) -> Option<&[u8]> {
        self.nic.halves().0.peek()
    }

    /// Looks at the next frame; what is to be handed over after it (`Flows::heard`).
    pub fn heard(&mut self) -> Vec<Vec<u8>> {
        let Link { nic, flows, now, .. } = self;
        nic.halves().0.peek().map_or(Vec::new(), |frame| flows.heard(frame, *now))
    }

    /// Keeps the next frame from smoltcp.
    pub fn drop_frame(&mut self) {
        self.nic.halves().0.release();
    }

    /// Whether more can be sent now.
    pub fn has_room(&mut self) -> bool {
        self.nic.halves().1.has_room()
    }

    pub fn send(&mut self, frame: &[u8]) {
        let sender = self.nic.halves().1;
        if sender.has_room() {
            sender.buffer(frame.len()).copy_from_slice(frame);
            sender.send(frame.len());
        }
    }
}

impl Device for Link {
    type RxToken<'n> = Arrived<'n>;
    type TxToken<'n> = Departing<'n>;

    fn receive(&mut self, _: Instant) -> Option<(Self::RxToken<'_>, Self::TxToken<'_>)> {
        let Link { nic, flows, now, inserted } = self;
        let sums = !nic.facts().completes_checksums;
        let (receiver, sender) = nic.halves();
        // An answer needs room to be sent; without, the frame waits.
        if !sender.has_room() {
            return None;
        }
        let arrived = match inserted.take() {
            Some(frame) => Arrived::Inserted(frame),
            None => receiver.peek().is_some().then_some(Arrived::OnCard(receiver))?,
        };
        Some((arrived, Departing { sender, flows, now: *now, sums }))
    }

    fn transmit(&mut self, _: Instant) -> Option<Self::TxToken<'_>> {
        let Link { nic, flows, now, .. } = self;
        let sums = !nic.facts().completes_checksums;
        let (_, sender) = nic.halves();
        sender.has_room().then_some(Departing { sender, flows, now: *now, sums })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let facts = self.nic.facts();
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = facts.mtu + ETHERNET_BYTES;
        if facts.completes_checksums {
            capabilities.checksum.tcp = Checksum::Rx;
        }
        capabilities
    }
}

impl RxToken for Arrived<'_> {
    fn consume<T, F: FnOnce(&[u8]) -> T>(self, read: F) -> T {
        match self {
            Arrived::Inserted(frame) => read(&frame),
            Arrived::OnCard(receiver) => {
                let result = read(receiver.peek().unwrap_or_default());
                receiver.release();
                result
            }
        }
    }
}

impl TxToken for Departing<'_> {
    fn consume<T, F: FnOnce(&mut [u8]) -> T>(self, length: usize, write: F) -> T {
        let frame = self.sender.buffer(length);
        let result = write(frame);
        self.flows.sent(frame, self.now);
        match self.flows.limit(frame).and_then(|limit| cut(frame, limit, self.sums)) {
            None => self.sender.send(length),
            Some(pieces) => {
                for piece in pieces {
                    // A piece for which there is no room is lost on its way, as others are.
                    if self.sender.has_room() {
                        self.sender.buffer(piece.len()).copy_from_slice(&piece);
                        self.sender.send(piece.len());
                    }
                }
            }
        }
        result
    }
}
