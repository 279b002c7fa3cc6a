//! Memory that a device reads and writes too: its registers, and what it and the program share.

use alloc::alloc::{Layout, alloc_zeroed, handle_alloc_error};
use core::ptr;

/// The registers of a device, or a table in its memory.
#[derive(Clone, Copy)]
pub struct Registers {
    base: usize,
}

impl Registers {
    /// # Safety
    /// At `base` there have to be the registers of a device, mapped, for as far as they are used.
    pub const unsafe fn at(base: usize) -> Registers {
        Registers { base }
    }

    /// Those that begin so many bytes further on.
    pub const fn offset(self, offset: usize) -> Registers {
        Registers { base: self.base + offset }
    }

    pub fn read<T: Number>(self, offset: usize) -> T {
        // SAFETY: whoever made this promised that there are registers; a number can be of any bits.
        unsafe { ptr::read_volatile((self.base + offset) as *const T) }
    }

    pub fn write<T: Number>(self, offset: usize, value: T) {
        // SAFETY: whoever made this promised that there are registers, which are no memory of the program.
        unsafe { ptr::write_volatile((self.base + offset) as *mut T, value) }
    }
}

/// What any bits are a value of.
pub trait Number: Copy {}
impl Number for u8 {}
impl Number for u16 {}
impl Number for u32 {}
impl Number for u64 {}

/// A block of memory that a device may change at any time; it is never given back. The program's addresses are the
/// device's, for memory is mapped to itself.
pub struct SharedMemory {
    base: *mut u8,
    length: usize,
}

impl SharedMemory {
    pub fn new(length: usize, alignment: usize) -> SharedMemory {
        let layout = Layout::from_size_align(length, alignment).expect("a power of two");
        // SAFETY: no caller asks for nothing.
        let base = unsafe { alloc_zeroed(layout) };
        if base.is_null() {
            handle_alloc_error(layout);
        }
        SharedMemory { base, length }
    }

    pub fn address(&self) -> u64 {
        self.base as u64
    }

    pub fn read<T: Number>(&self, offset: usize) -> T {
        self.check(offset, size_of::<T>());
        // SAFETY: the range lies within the block, which is aligned for every number at a multiple of its size.
        unsafe { ptr::read_volatile(self.base.add(offset).cast()) }
    }

    pub fn write<T: Number>(&self, offset: usize, value: T) {
        self.check(offset, size_of::<T>());
        // SAFETY: as for `read`; nothing of the program refers to the block but through this.
        unsafe { ptr::write_volatile(self.base.add(offset).cast(), value) }
    }

    /// A part that the device does not touch until it is told of it.
    pub fn slice(&mut self, offset: usize, length: usize) -> &mut [u8] {
        self.check(offset, length);
        // SAFETY: the range lies within the block; the device has given the buffer back, or has not got it yet, and
        // the borrow of the block keeps the program from a second reference.
        unsafe { core::slice::from_raw_parts_mut(self.base.add(offset), length) }
    }

    fn check(&self, offset: usize, length: usize) {
        assert!(
            offset.checked_add(length).is_some_and(|end| end <= self.length),
            "outside the shared memory"
        );
    }
}
