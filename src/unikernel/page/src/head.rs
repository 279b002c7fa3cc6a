//! The head of a response in a buffer of fixed size.

/// What the longest head of a page needs: the status line, the header lines of a bundle with the longest content
/// type and entity tag, and those that a server adds.
pub const HEAD_ROOM: usize = 1_024;

pub struct Head {
    bytes: [u8; HEAD_ROOM],
    length: usize,
}

impl Head {
    pub fn new() -> Head {
        Head { bytes: [0; HEAD_ROOM], length: 0 }
    }

    /// # Panics
    /// When the buffer is full: a caller's bug, for everything that goes into a head is bounded.
    pub fn add(&mut self, bytes: &[u8]) -> &mut Head {
        self.bytes[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
        self
    }

    pub fn text(&mut self, text: &str) -> &mut Head {
        self.add(text.as_bytes())
    }

    pub fn number(&mut self, number: u64) -> &mut Head {
        self.add(crate::decimal::Decimal::of(number).bytes())
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Default for Head {
    fn default() -> Head {
        Head::new()
    }
}
