//! The counters of a ring of requests and responses, as block and network devices share it (public/io/ring.h).

/// Of the shared page: where the counters lie, and where the slots begin.
pub const REQUESTS_PRODUCED: usize = 0;
pub const REQUEST_EVENT: usize = 4;
pub const RESPONSES_PRODUCED: usize = 8;
pub const RESPONSE_EVENT: usize = 12;
pub const SLOTS: usize = 64;

/// How many slots of this size a page has: as many as fit, rounded down to a power of two.
pub const fn size(slot_bytes: usize) -> u32 {
    1 << ((4_096 - SLOTS) / slot_bytes).ilog2()
}

/// Where in the page the slot with this number lies.
pub const fn slot(number: u32, slot_bytes: usize) -> usize {
    SLOTS + (number % size(slot_bytes)) as usize * slot_bytes
}

/// Whether the other side wants to be told that requests from `old` up to, without, `new` are there.
pub fn wants_notice(old: u32, new: u32, event: u32) -> bool {
    new.wrapping_sub(event) < new.wrapping_sub(old)
}

/// How many responses there are, of so many requests on their way; none when the counter makes no sense.
pub fn responses(produced: u32, consumed: u32, on_their_way: u32) -> u32 {
    let count = produced.wrapping_sub(consumed);
    if count > on_their_way { 0 } else { count }
}
