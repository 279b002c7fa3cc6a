//! A split virtqueue (section 2.7) in which every buffer has one descriptor of its own for ever.

use core::sync::atomic::{Ordering, fence};

use super::transport::{Doorbell, Transport};
use crate::device_memory::SharedMemory;

const DESCRIPTOR_BYTES: usize = 16;
const DEVICE_WRITES: u16 = 2;
const NO_INTERRUPT: u16 = 1;
const NO_NOTIFY: u16 = 1;

/// Where the three parts of a queue lie.
pub struct Rings {
    pub size: u16,
    pub descriptors: u64,
    pub available: u64,
    pub used: u64,
}

pub struct Queue {
    size: u16,
    memory: SharedMemory,
    buffers: SharedMemory,
    buffer_bytes: usize,
    available_at: usize,
    used_at: usize,
    next_available: u16,
    next_used: u16,
    told: u16,
    doorbell: Doorbell,
}

impl Queue {
    /// `is_written`: by the device. `None` when the device has no such queue.
    pub fn start(
        transport: &impl Transport,
        index: u16,
        most: u16,
        buffer_bytes: usize,
        is_written: bool,
    ) -> Option<Queue> {
        let largest = transport.largest_queue(index).min(most);
        if largest < 2 {
            return None;
        }
        let size = 1 << largest.ilog2();
        let count = usize::from(size);
        let available_at = DESCRIPTOR_BYTES * count;
        let used_at = (available_at + 6 + 2 * count).next_multiple_of(4);
        let memory = SharedMemory::new(used_at + 6 + 8 * count, 4096);
        let buffers = SharedMemory::new(buffer_bytes * count, 64);
        for buffer in 0..count {
            let at = DESCRIPTOR_BYTES * buffer;
            memory.write(at, buffers.address() + (buffer_bytes * buffer) as u64);
            memory.write(at + 8, buffer_bytes as u32);
            memory.write(at + 12, if is_written { DEVICE_WRITES } else { 0 });
        }
        memory.write(available_at, NO_INTERRUPT);
        let base = memory.address();
        let rings = Rings {
            size,
            descriptors: base,
            available: base + available_at as u64,
            used: base + used_at as u64,
        };
        let doorbell = transport.start_queue(index, rings);
        Some(Queue {
            size,
            memory,
            buffers,
            buffer_bytes,
            available_at,
            used_at,
            next_available: 0,
            next_used: 0,
            told: 0,
            doorbell,
        })
    }

    pub fn size(&self) -> u16 {
        self.size
    }

    /// Buffers that nobody but the device knows the state of are never looked at.
    pub fn buffer(&mut self, buffer: u16) -> &mut [u8] {
        self.buffers.slice(self.buffer_bytes * usize::from(buffer), self.buffer_bytes)
    }

    /// Gives a buffer to the device: all of it, or as much as is to be sent.
    pub fn give(&mut self, buffer: u16, length: usize) {
        self.memory.write(DESCRIPTOR_BYTES * usize::from(buffer) + 8, length as u32);
        let place = usize::from(self.next_available % self.size);
        self.memory.write(self.available_at + 4 + 2 * place, buffer);
        self.next_available = self.next_available.wrapping_add(1);
        // The device must see the entry before the number that makes it count.
        fence(Ordering::SeqCst);
        self.memory.write(self.available_at + 2, self.next_available);
    }

    /// Tells the device of what it was given, unless it looks by itself.
    pub fn flush(&mut self) {
        if self.told == self.next_available {
            return;
        }
        self.told = self.next_available;
        fence(Ordering::SeqCst);
        if self.memory.read::<u16>(self.used_at) & NO_NOTIFY == 0 {
            self.doorbell.ring();
        }
    }

    pub fn has_used(&self) -> bool {
        self.memory.read::<u16>(self.used_at + 2) != self.next_used
    }

    /// The next buffer that the device is done with, and how much it wrote; it stays until it is taken.
    pub fn peek_used(&self) -> Option<(u16, usize)> {
        if !self.has_used() {
            return None;
        }
        fence(Ordering::SeqCst);
        let at = self.used_at + 4 + 8 * usize::from(self.next_used % self.size);
        let (buffer, written) = (self.memory.read::<u32>(at), self.memory.read::<u32>(at + 4));
        assert!(buffer < u32::from(self.size), "the device gave back a buffer that there is not");
        Some((buffer as u16, (written as usize).min(self.buffer_bytes)))
    }

    pub fn take_used(&mut self) -> Option<(u16, usize)> {
        let used = self.peek_used()?;
        self.next_used = self.next_used.wrapping_add(1);
        Some(used)
    }

    /// `false` when something has come before interrupts were on.
    pub fn arm(&mut self) -> bool {
        self.memory.write(self.available_at, 0u16);
        fence(Ordering::SeqCst);
        !self.has_used()
    }

    pub fn disarm(&mut self) {
        self.memory.write(self.available_at, NO_INTERRUPT);
    }
}
