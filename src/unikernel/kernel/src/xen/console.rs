//! The console of a domain: a ring that a daemon of the control domain reads (public/io/console.h).

use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering, fence};

use hotzone_xen::byte_ring::room;

use super::hypercall::{self, ParameterIndex};
use crate::device_memory::Registers;

const OUT: usize = 1_024;
const OUT_BYTES: usize = 2_048;
const OUT_CONSUMED: usize = 3_080;
const OUT_PRODUCED: usize = 3_084;
/// Then nobody reads, and the machine must not stop for that.
const MOST_WAITS: u32 = 1_000;

static PAGE: AtomicUsize = AtomicUsize::new(0);
static PORT: AtomicU32 = AtomicU32::new(0);

pub fn init() {
    let page = hypercall::parameter(ParameterIndex::ConsolePage);
    let port = hypercall::parameter(ParameterIndex::ConsoleEventChannel);
    PAGE.store(page.unwrap_or(0) as usize * 4_096, Ordering::Relaxed);
    PORT.store(port.unwrap_or(0) as u32, Ordering::Relaxed);
}

fn page() -> Option<Registers> {
    let page = PAGE.load(Ordering::Relaxed);
    // SAFETY: the toolstack has put the console's ring there.
    (page != 0).then(|| unsafe { Registers::at(page) })
}

/// `false`: there is no such console.
pub fn write(bytes: &[u8]) -> bool {
    let Some(page) = page() else { return false };
    for byte in bytes {
        let produced = page.read::<u32>(OUT_PRODUCED);
        let place = (0..MOST_WAITS).find_map(|_| {
            let place = room(produced, page.read(OUT_CONSUMED), OUT_BYTES);
            if place.is_none() {
                tell();
                hypercall::give_way();
            }
            place
        });
        let Some(place) = place else { return true };
        page.write(OUT + place.start, *byte);
        fence(Ordering::SeqCst);
        page.write(OUT_PRODUCED, produced.wrapping_add(1));
    }
    tell();
    true
}

/// Waits for the last words to be read.
pub fn flush() {
    let Some(page) = page() else { return };
    let is_read = || page.read::<u32>(OUT_CONSUMED) == page.read::<u32>(OUT_PRODUCED);
    for _ in 0..MOST_WAITS {
        if is_read() {
            return;
        }
        hypercall::give_way();
    }
}

fn tell() {
    hypercall::notify(PORT.load(Ordering::Relaxed));
}
