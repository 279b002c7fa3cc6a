//! Which of a card's buffers are free.

use alloc::boxed::Box;

/// The numbers of the buffers that are free to be filled.
pub struct FreeList {
    buffers: Box<[u16]>,
    count: usize,
}

impl FreeList {
    pub fn full(size: u16) -> FreeList {
        FreeList { buffers: (0..size).collect(), count: usize::from(size) }
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The one that is popped next.
    pub fn last(&self) -> Option<u16> {
        self.buffers[..self.count].last().copied()
    }

    pub fn pop(&mut self) -> Option<u16> {
        self.count = self.count.checked_sub(1)?;
        Some(self.buffers[self.count])
    }

    /// # Panics
    /// When more come back than went: the device's fault.
    pub fn push(&mut self, buffer: u16) {
        self.buffers[self.count] = buffer;
        self.count += 1;
    }
}
