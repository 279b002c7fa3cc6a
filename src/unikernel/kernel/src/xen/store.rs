//! A client of xenstore, over the ring that the toolstack has set up. Every request waits for its answer; what else
//! arrives meanwhile are events of watches.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::sync::atomic::{Ordering, fence};

use hotzone_xen::byte_ring::{arrived, room};
use hotzone_xen::store::{HEAD_BYTES, Head, Kind, request, token_of};

use super::events;
use super::hypercall::{self, ParameterIndex};
use super::shared_info::{Time, take_event};
use crate::device_memory::Registers;
use crate::fatal;

const RING_BYTES: usize = 1_024;
const RESPONSES: usize = 1_024;
const REQUESTS_CONSUMED: usize = 2_048;
const REQUESTS_PRODUCED: usize = 2_052;
const RESPONSES_CONSUMED: usize = 2_056;
const RESPONSES_PRODUCED: usize = 2_060;
const PATIENCE_NS: u64 = 10_000_000_000;

pub struct Store {
    page: Registers,
    port: u32,
    last_id: u32,
    /// Of which tokens there were events.
    fired: u32,
}

impl Store {
    /// `None` when the toolstack has set up none.
    pub fn open() -> Option<Store> {
        let page = hypercall::parameter(ParameterIndex::StorePage)?;
        let port = hypercall::parameter(ParameterIndex::StoreEventChannel)? as u32;
        events::listen(events::Waiter::Store, port);
        // SAFETY: the toolstack has put xenstore's ring there.
        let page = unsafe { Registers::at(page as usize * 4_096) };
        Some(Store { page, port, last_id: 0, fired: 0 })
    }

    /// `None`: there is no such key, or it may not be read.
    pub fn read(&mut self, path: &str) -> Option<String> {
        let value = self.ask(Kind::Read, &[path.as_bytes(), b"\0"])?;
        String::from_utf8(value).ok()
    }

    /// Whether it was allowed.
    pub fn write(&mut self, path: &str, value: &str) -> bool {
        self.ask(Kind::Write, &[path.as_bytes(), b"\0", value.as_bytes()]).is_some()
    }

    /// From now on changes of the key, and of all below it, are events of this token, of which there are 10; the first
    /// event comes at once.
    pub fn watch(&mut self, path: &str, token: u8) -> bool {
        self.ask(Kind::Watch, &[path.as_bytes(), b"\0", &[b'0' + token], b"\0"]).is_some()
    }

    /// Whether there was an event of this token since the last look.
    pub fn take_event(&mut self, token: u8) -> bool {
        take_event(self.port);
        while arrived(self.responses_produced(), self.responses_consumed(), RING_BYTES).is_some() {
            let (head, bytes) = self.receive();
            self.note(head, &bytes);
        }
        let bit = 1 << token;
        let is_fired = self.fired & bit != 0;
        self.fired &= !bit;
        is_fired
    }

    fn note(&mut self, head: Head, bytes: &[u8]) {
        if let Some(token) = token_of(bytes).filter(|token| head.is(Kind::WatchEvent) && *token < 10) {
            self.fired |= 1 << token;
        }
    }

    /// `None`: an error.
    fn ask(&mut self, kind: Kind, parts: &[&[u8]]) -> Option<Vec<u8>> {
        self.last_id = self.last_id.wrapping_add(1);
        self.send(&request(kind, self.last_id, parts));
        loop {
            let (head, bytes) = self.receive();
            if head.id == self.last_id && !head.is(Kind::WatchEvent) {
                return (!head.is(Kind::Error)).then_some(bytes);
            }
            self.note(head, &bytes);
        }
    }

    fn send(&mut self, message: &[u8]) {
        for byte in message {
            let place = self.wait(|store| {
                room(store.page.read(REQUESTS_PRODUCED), store.page.read(REQUESTS_CONSUMED), RING_BYTES)
            });
            self.page.write(place.start, *byte);
            fence(Ordering::SeqCst);
            self.page.write(REQUESTS_PRODUCED, self.page.read::<u32>(REQUESTS_PRODUCED).wrapping_add(1));
        }
        hypercall::notify(self.port);
    }

    fn receive(&mut self) -> (Head, Vec<u8>) {
        let mut head = [0; HEAD_BYTES];
        self.fill(&mut head);
        let Some(head) = Head::of(head) else { fatal!("xenstore sent what is no message") };
        let mut bytes = vec![0; head.length];
        self.fill(&mut bytes);
        hypercall::notify(self.port);
        (head, bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            let place = self
                .wait(|store| arrived(store.responses_produced(), store.responses_consumed(), RING_BYTES));
            fence(Ordering::SeqCst);
            *byte = self.page.read(RESPONSES + place.start);
            self.page.write(RESPONSES_CONSUMED, self.responses_consumed().wrapping_add(1));
        }
    }

    fn wait<T>(&self, look: impl Fn(&Store) -> Option<T>) -> T {
        let deadline = Time::read().nanoseconds() + PATIENCE_NS;
        loop {
            take_event(self.port);
            if let Some(seen) = look(self) {
                return seen;
            }
            if Time::read().nanoseconds() >= deadline {
                fatal!("xenstore does not answer");
            }
            hypercall::notify(self.port);
            hypercall::poll(&[self.port], deadline);
        }
    }

    fn responses_produced(&self) -> u32 {
        self.page.read(RESPONSES_PRODUCED)
    }

    fn responses_consumed(&self) -> u32 {
        self.page.read(RESPONSES_CONSUMED)
    }
}
