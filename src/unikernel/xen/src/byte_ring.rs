//! A ring of bytes with free-running counters, as console and xenstore have them (public/io/console.h, xs_wire.h).

/// A part of the ring that does not wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: usize,
    pub length: usize,
}

/// Where a writer may write next. `None`: the ring is full, or the other side's counters make no sense.
pub fn room(produced: u32, consumed: u32, size: usize) -> Option<Span> {
    let used = produced.wrapping_sub(consumed) as usize;
    let free = size.checked_sub(used)?;
    span(produced, free, size)
}

/// What a reader may read next. `None`: there is nothing, or the other side's counters make no sense.
pub fn arrived(produced: u32, consumed: u32, size: usize) -> Option<Span> {
    let used = produced.wrapping_sub(consumed) as usize;
    if used > size {
        return None;
    }
    span(consumed, used, size)
}

fn span(counter: u32, length: usize, size: usize) -> Option<Span> {
    let start = counter as usize % size;
    let length = length.min(size - start);
    (length > 0).then_some(Span { start, length })
}
