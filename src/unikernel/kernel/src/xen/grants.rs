//! The table of pages that other domains may use (public/grant_table.h, version 1).

use core::cell::UnsafeCell;
use core::sync::atomic::{Ordering, fence};

use super::hypercall::{self, Space};
use crate::device_memory::Registers;

const ENTRY_BYTES: usize = 8;
const ENTRIES: u32 = 512;
/// The first ones are the toolstack's.
const RESERVED: u32 = 8;
const PERMIT_ACCESS: u16 = 1;
const READ_ONLY: u16 = 4;

#[repr(C, align(4096))]
struct Page(UnsafeCell<[u8; 4_096]>);
// SAFETY: there is one processor, and the page is only reached by volatile accesses.
unsafe impl Sync for Page {}
static PAGE: Page = Page(UnsafeCell::new([0; 4_096]));

pub struct Grants {
    next: u32,
}

impl Grants {
    /// `None` when Xen gives no such table. To be called once.
    pub fn open() -> Option<Grants> {
        // SAFETY: the page was set aside for this.
        let is_there = unsafe { hypercall::put_in_place(Space::GrantTable, PAGE.0.get() as u64) };
        is_there.then_some(Grants { next: RESERVED })
    }

    /// Lets another domain use the page at this address, for ever; the number is what it asks Xen with.
    ///
    /// # Panics
    /// When there are more pages than the program shares.
    pub fn give(&mut self, domain: u16, address: u64, is_read_only: bool) -> u32 {
        let grant = self.next;
        assert!(grant < ENTRIES, "there is no grant left");
        self.next += 1;
        // SAFETY: the page is there for ever, and used as registers are.
        let entry = unsafe { Registers::at(PAGE.0.get() as usize + ENTRY_BYTES * grant as usize) };
        entry.write(2, domain);
        entry.write(4, (address >> 12) as u32);
        // The entry counts as soon as it has flags.
        fence(Ordering::SeqCst);
        entry.write(0, if is_read_only { PERMIT_ACCESS | READ_ONLY } else { PERMIT_ACCESS });
        grant
    }
}
