//! The page that a domain shares with Xen: which events are pending, and what time it is (public/xen.h).

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicU64, Ordering, fence};

use super::hypercall::{self, ParameterIndex, Space};
use crate::cpu::time_stamp;
use crate::device_memory::Registers;

const TIME: usize = 32;
const PENDING: usize = 2_048;
const MOST_PORTS: u32 = 4_096;

#[repr(C, align(4096))]
struct Page(UnsafeCell<[u8; 4_096]>);
// SAFETY: there is one processor, and the page is only reached by volatile and atomic accesses.
unsafe impl Sync for Page {}
static PAGE: Page = Page(UnsafeCell::new([0; 4_096]));

fn page() -> Registers {
    // SAFETY: the page is there for ever, and used as registers are.
    unsafe { Registers::at(PAGE.0.get() as usize) }
}

/// `false` when Xen gives no such page.
pub fn init() -> bool {
    // SAFETY: the page was set aside for this.
    let is_there = unsafe { hypercall::put_in_place(Space::SharedInfo, PAGE.0.get() as u64) };
    // Setting any callback tells Xen that this page is to be read as a 64-bit guest does. None ever comes: every event
    // stays masked and interrupts are off, since events are polled for.
    const BY_VECTOR: u64 = 2 << 56;
    hypercall::set_parameter(
        ParameterIndex::CallbackInterrupt,
        BY_VECTOR | u64::from(crate::interrupts::WAKE),
    );
    is_there
}

/// Whether there was an event on this port since the last look.
pub fn take_event(port: u32) -> bool {
    if port >= MOST_PORTS {
        return false;
    }
    let word = PAGE.0.get() as usize + PENDING + 8 * (port / 64) as usize;
    // SAFETY: the word lies in the page, which lives for ever; Xen changes it atomically as well.
    let word = unsafe { AtomicU64::from_ptr(word as *mut u64) };
    let bit = 1 << (port % 64);
    word.fetch_and(!bit, Ordering::SeqCst) & bit != 0
}

/// How to make Xen's time, in nanoseconds, of the time-stamp counter.
#[derive(Clone, Copy)]
pub struct Time {
    time_stamp: u64,
    system_time: u64,
    multiplier: u32,
    shift: i8,
}

impl Time {
    pub fn read() -> Time {
        loop {
            let version = page().read::<u32>(TIME);
            fence(Ordering::SeqCst);
            let time = Time {
                time_stamp: page().read(TIME + 8),
                system_time: page().read(TIME + 16),
                multiplier: page().read(TIME + 24),
                shift: page().read::<u8>(TIME + 28) as i8,
            };
            fence(Ordering::SeqCst);
            // An odd version is one that is being written.
            if version & 1 == 0 && page().read::<u32>(TIME) == version {
                return time;
            }
        }
    }

    /// Now.
    pub fn nanoseconds(&self) -> u64 {
        let ticks = time_stamp().saturating_sub(self.time_stamp);
        let ticks = if self.shift < 0 { ticks >> -self.shift } else { ticks << self.shift };
        self.system_time + ((u128::from(ticks) * u128::from(self.multiplier)) >> 32) as u64
    }

    /// The speed of the time-stamp counter; 0 when Xen does not tell.
    pub fn hz(&self) -> u64 {
        if self.multiplier == 0 {
            return 0;
        }
        let hz = (1_000_000_000u128 << 32) / u128::from(self.multiplier);
        (if self.shift < 0 { hz << -self.shift } else { hz >> self.shift }) as u64
    }
}
