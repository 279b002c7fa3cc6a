//! The messages of xenstore (public/io/xs_wire.h): a head of four numbers, then bytes.

use alloc::vec::Vec;

pub const HEAD_BYTES: usize = 16;
/// No message has more bytes behind its head.
pub const MOST_BYTES: usize = 4_096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Read = 2,
    Watch = 4,
    Write = 11,
    WatchEvent = 15,
    Error = 16,
}

/// A request outside of any transaction: these bytes go into the ring.
pub fn request(kind: Kind, id: u32, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    const NO_TRANSACTION: u32 = 0;
    let mut message = Vec::with_capacity(HEAD_BYTES + length);
    for number in [kind as u32, id, NO_TRANSACTION, length as u32] {
        message.extend_from_slice(&number.to_le_bytes());
    }
    for part in parts {
        message.extend_from_slice(part);
    }
    message
}

/// What stands before the bytes of a message that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub kind: u32,
    pub id: u32,
    pub length: usize,
}

impl Head {
    /// `None`: more bytes would follow than any message has.
    pub fn of(bytes: [u8; HEAD_BYTES]) -> Option<Head> {
        let number = |at: usize| u32::from_le_bytes(core::array::from_fn(|index| bytes[at + index]));
        let length = number(12) as usize;
        (length <= MOST_BYTES).then_some(Head { kind: number(0), id: number(4), length })
    }

    pub fn is(&self, kind: Kind) -> bool {
        self.kind == kind as u32
    }
}

/// The token of a watch event, whose bytes are a path and the token, each ended by a zero.
pub fn token_of(event: &[u8]) -> Option<u8> {
    let mut words = event.split(|byte| *byte == 0);
    let (_, token) = (words.next()?, words.next()?);
    core::str::from_utf8(token).ok()?.parse().ok()
}
