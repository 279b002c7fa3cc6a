//! The slots of a network card's two rings (public/io/netif.h). All numbers are of this machine's byte order.

/// A slot of the ring to send: 12 bytes.
pub const SEND_SLOT_BYTES: usize = 12;
/// A slot of the ring to receive: 8 bytes.
pub const RECEIVE_SLOT_BYTES: usize = 8;

const CHECKSUM_IS_BLANK: u16 = 1;
const DATA_IS_VALID: u16 = 2;
const MORE_DATA: u16 = 4;
const EXTRA_INFORMATION: u16 = 8;

/// A frame to be sent, in memory that is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendRequest {
    pub grant: u32,
    pub offset: u16,
    pub id: u16,
    pub size: u16,
    /// The backend is to complete the checksum of the segment in it.
    pub is_blank: bool,
}

impl SendRequest {
    pub fn words(&self) -> [u32; 3] {
        let flags = if self.is_blank { CHECKSUM_IS_BLANK | DATA_IS_VALID } else { 0 };
        [self.grant, pair(self.offset, flags), pair(self.id, self.size)]
    }
}

/// The number of the request that is done; whether the frame was sent makes no difference to who sent it.
pub fn sent(word: u32) -> u16 {
    word as u16
}

/// A page for a frame that is to come.
pub fn receive_request(id: u16, grant: u32) -> [u32; 2] {
    [u32::from(id), grant]
}

/// What came for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    pub id: u16,
    /// Where in the page the frame lies, and its length; none of either when it is not whole or not sound.
    pub frame: Option<(usize, usize)>,
}

impl Received {
    pub fn of([first, second]: [u32; 2]) -> Received {
        let (id, offset) = (first as u16, usize::from((first >> 16) as u16));
        let (flags, status) = (second as u16, (second >> 16) as u16 as i16);
        let length = usize::try_from(status).unwrap_or(0);
        // Neither was agreed on: it would be a frame in many pages.
        let is_whole = flags & (MORE_DATA | EXTRA_INFORMATION) == 0;
        let is_sound = length > 0 && offset + length <= 4_096;
        Received { id, frame: (is_whole && is_sound).then_some((offset, length)) }
    }
}

fn pair(low: u16, high: u16) -> u32 {
    u32::from(low) | u32::from(high) << 16
}
