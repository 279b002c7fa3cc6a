//! What the network stack needs of a network card, whatever hypervisor it comes from.

/// A card in two halves, because a frame that is being read is answered at once.
pub trait Nic {
    fn facts(&self) -> Facts;
    fn halves(&mut self) -> (&mut dyn Receiver, &mut dyn Sender);
    /// Tells the device of what was sent, once for many frames.
    fn flush(&mut self);
    /// Lets the device interrupt when there is something to do; `false` when there already is.
    fn arm(&mut self) -> bool;
    /// No interrupts while the program looks by itself.
    fn disarm(&mut self);
}

#[derive(Clone, Copy, Debug)]
pub struct Facts {
    pub mac: [u8; 6],
    /// The largest IP packet.
    pub mtu: usize,
    /// Completes the checksums of the TCP segments that are sent.
    pub completes_checksums: bool,
    /// Without, the program has to look for frames by itself.
    pub interrupts: bool,
}

pub trait Receiver {
    /// The next frame that came, if there is one; it stays until it is released.
    fn peek(&mut self) -> Option<&[u8]>;
    /// Gives the buffer of the next frame back to the device.
    fn release(&mut self);
}

pub trait Sender {
    fn has_room(&mut self) -> bool;
    /// Where the next frame, of so many bytes, is to be written; there has to be room.
    fn buffer(&mut self, length: usize) -> &mut [u8];
    /// Sends what was written there.
    fn send(&mut self, length: usize);
}
