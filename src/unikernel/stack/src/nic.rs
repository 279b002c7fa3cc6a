//! What the network stack needs of a network card, whatever hypervisor it comes from.

/// A card in two halves, because a frame that is being read is answered at once.
pub trait Nic {
    type Receiver: Receiver;
    type Sender: Sender;

    fn facts(&self) -> Facts;
    fn halves(&mut self) -> (&mut Self::Receiver, &mut Self::Sender);
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
    /// The next frame that came, if there is one; it stays until it is taken.
    fn peek(&mut self) -> Option<&[u8]>;
    /// Hands the next frame over and gives its buffer back to the device.
    fn take<R>(&mut self, read: impl FnOnce(&[u8]) -> R) -> R;
}

pub trait Sender {
    fn has_room(&mut self) -> bool;
    /// Sends the frame of so many bytes that `write` writes; there has to be room.
    fn send<R>(&mut self, length: usize, write: impl FnOnce(&mut [u8]) -> R) -> R;
}
