//! A network card as smoltcp wants it.

use smoltcp::phy::{Checksum, Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::time::Instant;

use crate::nic::{Nic, Receiver, Sender};

const ETHERNET_BYTES: usize = 14;

pub struct Link<N: Nic> {
    pub nic: N,
}

pub struct Arrived<'n, R>(&'n mut R);
pub struct Departing<'n, S>(&'n mut S);

impl<N: Nic> Link<N> {
    /// The frame that smoltcp would get next.
    pub fn peek(&mut self) -> Option<&[u8]> {
        self.nic.halves().0.peek()
    }

    /// Keeps the next frame from smoltcp.
    pub fn drop_frame(&mut self) {
        self.nic.halves().0.take(|_| ());
    }

    /// Whether more can be sent now.
    pub fn has_room(&mut self) -> bool {
        self.nic.halves().1.has_room()
    }

    pub fn send(&mut self, frame: &[u8]) {
        let sender = self.nic.halves().1;
        if sender.has_room() {
            sender.send(frame.len(), |place| place.copy_from_slice(frame));
        }
    }
}

impl<N: Nic> Device for Link<N> {
    type RxToken<'n>
        = Arrived<'n, N::Receiver>
    where
        N: 'n;
    type TxToken<'n>
        = Departing<'n, N::Sender>
    where
        N: 'n;

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

impl<R: Receiver> RxToken for Arrived<'_, R> {
    fn consume<T, F: FnOnce(&[u8]) -> T>(self, read: F) -> T {
        self.0.take(read)
    }
}

impl<S: Sender> TxToken for Departing<'_, S> {
    fn consume<T, F: FnOnce(&mut [u8]) -> T>(self, length: usize, write: F) -> T {
        self.0.send(length, write)
    }
}
