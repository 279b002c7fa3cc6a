//! A page of requests and responses that is shared with a backend (public/io/ring.h), from the frontend's side.

use core::sync::atomic::{Ordering, fence};

use hotzone_xen::request_ring::{
    REQUEST_EVENT, REQUESTS_PRODUCED, RESPONSE_EVENT, RESPONSES_PRODUCED, responses, slot, wants_notice,
};

use crate::device_memory::SharedMemory;

const PAGE_BYTES: usize = 4_096;

/// One of the shared pages, and this side's counters.
pub struct Ring<const SLOT_BYTES: usize> {
    page: SharedMemory,
    produced: u32,
    told: u32,
    consumed: u32,
    pub is_connected: bool,
}

impl<const SLOT_BYTES: usize> Ring<SLOT_BYTES> {
    pub fn new() -> Ring<SLOT_BYTES> {
        let page = SharedMemory::new(PAGE_BYTES, PAGE_BYTES);
        Ring { page, produced: 0, told: 0, consumed: 0, is_connected: false }
    }

    pub fn address(&self) -> u64 {
        self.page.address()
    }

    /// Empties it, while nobody else uses it.
    pub fn reset(&mut self) {
        for at in (0..PAGE_BYTES).step_by(4) {
            self.page.write(at, 0u32);
        }
        for event in [REQUEST_EVENT, RESPONSE_EVENT] {
            self.page.write(event, 1u32);
        }
        (self.produced, self.told, self.consumed) = (0, 0, 0);
    }

    pub fn put(&mut self, words: &[u32]) {
        let at = slot(self.produced, SLOT_BYTES);
        for (index, word) in words.iter().enumerate() {
            self.page.write(at + 4 * index, *word);
        }
        self.produced = self.produced.wrapping_add(1);
    }

    /// Shows the backend what was put; whether it wants to be told.
    pub fn flush(&mut self) -> bool {
        if self.told == self.produced {
            return false;
        }
        let old = self.told;
        self.told = self.produced;
        // The backend must see the requests before the number that makes them count, and its wish after that.
        fence(Ordering::SeqCst);
        self.page.write(REQUESTS_PRODUCED, self.produced);
        fence(Ordering::SeqCst);
        self.is_connected && wants_notice(old, self.produced, self.page.read(REQUEST_EVENT))
    }

    pub fn has_response(&self) -> bool {
        let count = responses(
            self.page.read(RESPONSES_PRODUCED),
            self.consumed,
            self.told.wrapping_sub(self.consumed),
        );
        fence(Ordering::SeqCst);
        self.is_connected && count > 0
    }

    pub fn response_word(&self, index: usize) -> u32 {
        self.page.read(slot(self.consumed, SLOT_BYTES) + 4 * index)
    }

    pub fn take_response(&mut self) {
        self.consumed = self.consumed.wrapping_add(1);
    }

    /// `false` when a response has come before the wish for an event was there.
    pub fn arm(&mut self) -> bool {
        self.page.write(RESPONSE_EVENT, self.consumed.wrapping_add(1));
        fence(Ordering::SeqCst);
        !self.has_response()
    }
}
