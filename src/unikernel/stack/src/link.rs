//! A network card as smoltcp wants it.

use alloc::boxed::Box;

use smoltcp::phy::{Checksum, Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::time::Instant;

use crate::nic::{Nic, Receiver, Sender};

const ETHERNET_BYTES: usize = 14;

pub struct Link {
    pub nic: Box<dyn Nic>,
}

pub struct Arrived<'n>(&'n mut dyn Receiver);
pub struct Departing<'n>(&'n mut dyn Sender);

impl Link {
    /// The frame that smoltcp would get next.
    pub fn peek(&mut self) -> Option<&[u8]> {
        self.nic.halves().0.peek()
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
        let (receiver, sender) = self.nic.halves();
        // An answer needs room to be sent; without, the frame waits.
        let is_there = sender.has_room() && receiver.peek().is_some();
        is_there.then_some((Arrived(receiver), Departing(sender)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Self::TxToken<'_>> {
        let (_, sender) = self.nic.halves();
        sender.has_room().then_some(Departing(sender))
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
        let result = read(self.0.peek().unwrap_or_default());
        self.0.release();
        result
    }
}

impl TxToken for Departing<'_> {
    fn consume<T, F: FnOnce(&mut [u8]) -> T>(self, length: usize, write: F) -> T {
        let result = write(self.0.buffer(length));
        self.0.send(length);
        result
    }
}
