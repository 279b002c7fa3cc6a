//! TCP segments (RFC 9293 section 3.1) in Ethernet frames: read as they pass by, and written for the stack to find.

use alloc::vec::Vec;
use core::net::IpAddr;

use crate::packet::{ETHERNET_BYTES, IPV6_BYTES, TCP, addresses, segment_length};

pub const FIN: u8 = 0x01;
pub const SYN: u8 = 0x02;
pub const RST: u8 = 0x04;
pub const ACK: u8 = 0x10;

const SACK: u8 = 5;

pub(crate) const IPV4_BYTES: usize = 20;
pub(crate) const TCP_BYTES: usize = 20;

/// An end of a connection: address and port.
pub type End = (IpAddr, u16);

/// What a segment says, without its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub source: End,
    pub destination: End,
    pub sequence: u32,
    pub acknowledged: u32,
    pub flags: u8,
    /// As it stands there, before scaling.
    pub window: u16,
    /// It says what has arrived beyond a gap (RFC 2018 section 3).
    pub has_sack: bool,
    pub payload_bytes: usize,
}

impl Segment {
    /// How much of the sequence it takes (RFC 9293 section 3.4).
    pub fn length(&self) -> u32 {
        let marks = u32::from(self.flags & SYN != 0) + u32::from(self.flags & FIN != 0);
        self.payload_bytes as u32 + marks
    }

    pub fn end(&self) -> u32 {
        self.sequence.wrapping_add(self.length())
    }
}

/// `None` for whatever is no whole TCP segment.
pub fn read_segment(frame: &[u8]) -> Option<Segment> {
    let (source, destination, start) = addresses(frame)?;
    let length = segment_length(frame, start)?;
    let segment = frame.get(start..)?.get(..length)?;
    let head: &[u8; TCP_BYTES] = segment.first_chunk()?;
    let short = |at: usize| u16::from_be_bytes([head[at], head[at + 1]]);
    let long = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let header_bytes = usize::from(head[12] >> 4) * 4;
    Some(Segment {
        source: (source, short(0)),
        destination: (destination, short(2)),
        sequence: long(4),
        acknowledged: long(8),
        flags: head[13],
        window: short(14),
        has_sack: has_option(segment.get(TCP_BYTES..header_bytes).unwrap_or_default(), SACK),
        payload_bytes: length.checked_sub(header_bytes)?,
    })
}

/// RFC 9293 section 3.1: kind and length, but for the two kinds that are one byte.
fn has_option(mut options: &[u8], wanted: u8) -> bool {
    const END: u8 = 0;
    const NOTHING: u8 = 1;
    loop {
        options = match options {
            [] | [END, ..] => return false,
            [NOTHING, rest @ ..] => rest,
            [kind, ..] if *kind == wanted => return true,
            // One that is shorter than its own head is nonsense, and so is what follows.
            [_, length, ..] => match options.get(usize::from(*length).max(2)..) {
                Some(rest) => rest,
                None => return false,
            },
            [_] => return false,
        }
    }
}

/// A frame with a segment that has neither options nor payload, and all its checksums. Both addresses have to be of one
/// family.
pub fn write_segment(segment: &Segment, from: [u8; 6], to: [u8; 6]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(ETHERNET_BYTES + IPV6_BYTES + TCP_BYTES);
    frame.extend(to);
    frame.extend(from);
    let addresses_at = match (segment.source.0, segment.destination.0) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            frame.extend([
                0x08,
                0x00,
                0x45,
                0,
                0,
                (IPV4_BYTES + TCP_BYTES) as u8,
                0,
                0,
                0x40,
                0,
                64,
                TCP,
                0,
                0,
            ]);
            frame.extend(source.octets());
            frame.extend(destination.octets());
            let sum = sum_of(&frame[ETHERNET_BYTES..], 0);
            frame[ETHERNET_BYTES + 10..][..2].copy_from_slice(&(!sum).to_be_bytes());
            ETHERNET_BYTES + 12
        }
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            frame.extend([0x86, 0xdd, 0x60, 0, 0, 0, 0, TCP_BYTES as u8, TCP, 64]);
            frame.extend(source.octets());
            frame.extend(destination.octets());
            ETHERNET_BYTES + 8
        }
        _ => unreachable!("one connection has addresses of one family"),
    };
    let start = frame.len();
    frame.extend(segment.source.1.to_be_bytes());
    frame.extend(segment.destination.1.to_be_bytes());
    frame.extend(segment.sequence.to_be_bytes());
    frame.extend(segment.acknowledged.to_be_bytes());
    frame.extend([(TCP_BYTES as u8 / 4) << 4, segment.flags]);
    frame.extend(segment.window.to_be_bytes());
    frame.extend([0; 4]);
    let sum = sum_of(&frame[addresses_at..], u32::from(TCP) + TCP_BYTES as u32);
    frame[start + 16..][..2].copy_from_slice(&(!sum).to_be_bytes());
    frame
}

/// RFC 1071, without the complement; `start` is the sum of what comes before.
pub(crate) fn sum_of(bytes: &[u8], start: u32) -> u16 {
    let (pairs, last) = bytes.as_chunks::<2>();
    let mut sum = start + pairs.iter().map(|pair| u32::from(u16::from_be_bytes(*pair))).sum::<u32>();
    sum += last.first().map_or(0, |byte| u32::from(*byte) << 8);
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(addresses: [&str; 2]) -> [End; 2] {
        let [source, destination] = addresses.map(|address| address.parse().unwrap());
        [(source, 0x1234), (destination, 80)]
    }

    #[test]
    fn what_is_written_is_read_and_sums_up() {
        for addresses in [["10.0.0.1", "10.0.0.2"], ["fd00::1", "fd00::2"]] {
            let [source, destination] = ends(addresses);
            let segment = Segment {
                source,
                destination,
                sequence: 0xffff_fffe,
                acknowledged: 77,
                flags: ACK,
                window: 1_000,
                has_sack: false,
                payload_bytes: 0,
            };
            let frame = write_segment(&segment, [2; 6], [4; 6]);
            assert_eq!(read_segment(&frame), Some(segment));
            let (header, pseudo) = if source.0.is_ipv4() { (IPV4_BYTES, 12) } else { (IPV6_BYTES, 8) };
            assert_eq!(frame.len(), ETHERNET_BYTES + header + TCP_BYTES);
            assert_eq!(sum_of(&frame[ETHERNET_BYTES + pseudo..], u32::from(TCP) + 20), 0xffff);
            if source.0.is_ipv4() {
                assert_eq!(sum_of(&frame[ETHERNET_BYTES..][..IPV4_BYTES], 0), 0xffff);
            }
            for length in 0..frame.len() {
                assert_eq!(read_segment(&frame[..length]), None, "{length}");
            }
        }
    }

    #[test]
    fn flags_count_in_the_sequence() {
        let [source, destination] = ends(["10.0.0.1", "10.0.0.2"]);
        let segment = |flags, sequence, payload_bytes| Segment {
            source,
            destination,
            sequence,
            acknowledged: 0,
            flags,
            window: 0,
            has_sack: false,
            payload_bytes,
        };
        assert_eq!(segment(ACK, 5, 0).end(), 5);
        assert_eq!(segment(SYN, u32::MAX, 0).end(), 0);
        assert_eq!(segment(FIN | ACK, 5, 100).end(), 106);
    }

    #[test]
    fn options_are_found_among_others() {
        let sack = [5, 10, 0, 0, 0, 1, 0, 0, 0, 2];
        for before in [&[][..], &[1, 1], &[8, 10, 0, 0, 0, 0, 0, 0, 0, 0], &[3, 0]] {
            assert!(has_option(&[before, &sack].concat(), SACK), "{before:?}");
        }
        for without in [&[][..], &[1, 1, 1], &[0, 5, 2], &[8, 4, 5, 5], &[8, 9, 5], &[8]] {
            assert!(!has_option(without, SACK), "{without:?}");
        }
    }
}
