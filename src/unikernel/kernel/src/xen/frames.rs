//! Frames in memory that is shared with a backend: those that are received, and those that are sent, each by a ring of
//! its own (public/io/netif.h).

use hotzone_page::packet::delegate_checksum;
use hotzone_stack::nic::{Receiver, Sender};
use hotzone_xen::netif::{RECEIVE_SLOT_BYTES, Received, SEND_SLOT_BYTES, SendRequest, receive_request, sent};

use super::ring::Ring;
use crate::device_memory::SharedMemory;
use crate::free_list::FreeList;

const PAGE_BYTES: usize = 4_096;
/// Of either kind; a frame to be sent takes half a page.
pub const BUFFERS: u16 = 64;
const SEND_BUFFER_BYTES: usize = 2_048;

pub struct XenReceiver {
    pub ring: Ring<RECEIVE_SLOT_BYTES>,
    buffers: SharedMemory,
    grants: [u32; BUFFERS as usize],
    /// The next frame, found and not yet released: its buffer, where it lies and how long it is.
    pub next: Option<(u16, usize, usize)>,
}

pub struct XenSender {
    pub ring: Ring<SEND_SLOT_BYTES>,
    buffers: SharedMemory,
    grants: [u32; BUFFERS as usize / 2],
    pub free: FreeList,
    pub completes_checksums: bool,
}

impl XenReceiver {
    /// `give` lets the backend use a page, which it may only read if so said, and gives the grant's number.
    pub fn new(give: &mut impl FnMut(u64, bool) -> u32) -> XenReceiver {
        let buffers = SharedMemory::new(PAGE_BYTES * usize::from(BUFFERS), PAGE_BYTES);
        let grants =
            core::array::from_fn(|index| give(buffers.address() + (PAGE_BYTES * index) as u64, false));
        XenReceiver { ring: Ring::new(), buffers, grants, next: None }
    }

    /// Shows the backend an empty ring, but for all buffers to receive into.
    pub fn reset(&mut self) {
        self.ring.reset();
        self.next = None;
        for buffer in 0..BUFFERS {
            self.give(buffer);
        }
        self.ring.flush();
    }

    fn give(&mut self, buffer: u16) {
        self.ring.put(&receive_request(buffer, self.grants[usize::from(buffer)]));
    }

    /// Finds the next frame; a response without one gives its buffer back at once.
    fn find(&mut self) -> Option<(u16, usize, usize)> {
        while self.next.is_none() && self.ring.has_response() {
            let received = Received::of([self.ring.response_word(0), self.ring.response_word(1)]);
            self.ring.take_response();
            let buffer = received.id;
            assert!(buffer < BUFFERS, "the backend gave back a buffer that there is not");
            match received.frame {
                Some((offset, length)) => self.next = Some((buffer, offset, length)),
                None => self.give(buffer),
            }
        }
        self.next
    }
}

impl Receiver for XenReceiver {
    fn peek(&mut self) -> Option<&[u8]> {
        let (buffer, offset, length) = self.find()?;
        Some(self.buffers.slice(PAGE_BYTES * usize::from(buffer) + offset, length))
    }

    fn release(&mut self) {
        if let Some((buffer, ..)) = self.find() {
            self.next = None;
            self.give(buffer);
        }
    }
}

impl XenSender {
    /// As of the receiver.
    pub fn new(give: &mut impl FnMut(u64, bool) -> u32) -> XenSender {
        let buffers = SharedMemory::new(SEND_BUFFER_BYTES * usize::from(BUFFERS), PAGE_BYTES);
        let grants =
            core::array::from_fn(|index| give(buffers.address() + (PAGE_BYTES * index) as u64, true));
        let free = FreeList::full(BUFFERS);
        XenSender { ring: Ring::new(), buffers, grants, free, completes_checksums: false }
    }

    pub fn reset(&mut self) {
        self.ring.reset();
        self.free = FreeList::full(BUFFERS);
    }
}

impl Sender for XenSender {
    fn has_room(&mut self) -> bool {
        while self.ring.has_response() {
            self.free.push(sent(self.ring.response_word(0)));
            self.ring.take_response();
        }
        // What is sent while there is no backend is lost, as on a cable that is not plugged in.
        !self.free.is_empty() || !self.ring.is_connected
    }

    fn buffer(&mut self, length: usize) -> &mut [u8] {
        let buffer = self.free.last().unwrap_or(0);
        self.buffers.slice(SEND_BUFFER_BYTES * usize::from(buffer), length)
    }

    fn send(&mut self, length: usize) {
        if !self.ring.is_connected {
            return;
        }
        let buffer = self.free.pop().expect("there is room");
        let at = SEND_BUFFER_BYTES * usize::from(buffer);
        let frame = self.buffers.slice(at, length);
        let is_blank = self.completes_checksums && delegate_checksum(frame).is_some();
        let request = SendRequest {
            grant: self.grants[at / PAGE_BYTES],
            offset: (at % PAGE_BYTES) as u16,
            id: buffer,
            size: length as u16,
            is_blank,
        };
        self.ring.put(&request.words());
    }
}
