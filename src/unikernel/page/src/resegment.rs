//! Cuts a segment into shorter ones, as a network card does that is handed longer ones than its network carries.

use alloc::vec::Vec;

use crate::packet::{ETHERNET_BYTES, IPV6_BYTES, TCP, addresses, segment_length};
use crate::segment::{FIN, IPV4_BYTES, TCP_BYTES, sum_of};

const PUSH: u8 = 0x08;
const FLAGS_AT: usize = 13;
const CHECKSUM_AT: usize = 16;

/// Frames with the same bytes, none with a packet longer than `mtu`; `None` when the frame need or can not be cut. With
/// `sums` their TCP checksums are right, else they are not looked at.
pub fn cut(frame: &[u8], mtu: usize, sums: bool) -> Option<Vec<Vec<u8>>> {
    if frame.len() - ETHERNET_BYTES.min(frame.len()) <= mtu {
        return None;
    }
    let (.., start) = addresses(frame)?;
    let end = start + segment_length(frame, start)?;
    let head = start + usize::from(*frame.get(start + 12)? >> 4) * 4;
    if start < ETHERNET_BYTES + IPV4_BYTES || head < start + TCP_BYTES {
        return None;
    }
    let payload = frame.get(head..end)?;
    let room = mtu.checked_sub(head - ETHERNET_BYTES).filter(|room| *room > 0)?;
    let count = payload.len().div_ceil(room);
    let pieces = payload.chunks(room).enumerate();
    Some(
        pieces
            .map(|(index, piece)| one(&frame[..head], start, index * room, piece, index + 1 == count, sums))
            .collect(),
    )
}

fn one(head: &[u8], start: usize, offset: usize, payload: &[u8], is_last: bool, sums: bool) -> Vec<u8> {
    let mut frame = [head, payload].concat();
    let packet = (frame.len() - ETHERNET_BYTES) as u16;
    let sequence_at = start + 4;
    let sequence =
        u32::from_be_bytes([0, 1, 2, 3].map(|at| frame[sequence_at + at])).wrapping_add(offset as u32);
    frame[sequence_at..][..4].copy_from_slice(&sequence.to_be_bytes());
    if !is_last {
        frame[start + FLAGS_AT] &= !(FIN | PUSH);
    }
    let addresses_at = if frame[12] == 0x08 {
        frame[ETHERNET_BYTES + 2..][..2].copy_from_slice(&packet.to_be_bytes());
        frame[ETHERNET_BYTES + 10..][..2].fill(0);
        let sum = !sum_of(&frame[ETHERNET_BYTES..start], 0);
        frame[ETHERNET_BYTES + 10..][..2].copy_from_slice(&sum.to_be_bytes());
        ETHERNET_BYTES + 12
    } else {
        frame[ETHERNET_BYTES + 4..][..2].copy_from_slice(&(packet - IPV6_BYTES as u16).to_be_bytes());
        ETHERNET_BYTES + 8
    };
    if sums {
        frame[start + CHECKSUM_AT..][..2].fill(0);
        let length = frame.len() - start;
        let pseudo = sum_of(&frame[addresses_at..start], u32::from(TCP) + length as u32);
        let sum = !sum_of(&frame[start..], u32::from(pseudo));
        frame[start + CHECKSUM_AT..][..2].copy_from_slice(&sum.to_be_bytes());
    }
    frame
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::{ACK, Segment, read_segment, write_segment};

    /// A frame with so many bytes of payload; its own checksums do not matter.
    fn frame(addresses: [&str; 2], flags: u8, payload: &[u8]) -> Vec<u8> {
        let [source, destination] = addresses.map(|address| address.parse().unwrap());
        let segment = Segment {
            source: (source, 80),
            destination: (destination, 0x1234),
            sequence: u32::MAX - 100,
            acknowledged: 5,
            flags,
            window: 6,
            has_sack: false,
            payload_bytes: 0,
        };
        let mut frame = write_segment(&segment, [2; 6], [4; 6]);
        let at = if source.is_ipv4() { 16 } else { 18 };
        let length = u16::from_be_bytes([frame[at], frame[at + 1]]) + payload.len() as u16;
        frame[at..at + 2].copy_from_slice(&length.to_be_bytes());
        frame.extend(payload);
        frame
    }

    #[test]
    fn pieces_are_short_and_sound_and_together_the_whole() {
        let payload: Vec<u8> = (0..1_401u32).map(|at| at as u8).collect();
        for (addresses, header) in [(["10.0.0.2", "10.0.0.1"], 20), (["fd00::2", "fd00::1"], 40)] {
            for mtu in [576, 1_280, 1_400] {
                let whole = frame(addresses, ACK | PUSH | FIN, &payload);
                let pieces = cut(&whole, mtu, true).unwrap();
                let mut seen: Vec<u8> = Vec::new();
                for (index, piece) in pieces.iter().enumerate() {
                    let segment = read_segment(piece).unwrap();
                    let is_last = index + 1 == pieces.len();
                    assert!(piece.len() - ETHERNET_BYTES <= mtu);
                    assert_eq!(segment.sequence, (u32::MAX - 100).wrapping_add(seen.len() as u32));
                    assert_eq!(segment.flags, if is_last { ACK | PUSH | FIN } else { ACK });
                    let start = ETHERNET_BYTES + header;
                    seen.extend(&piece[start + 20..]);
                    let length = (piece.len() - start) as u32;
                    let pseudo = sum_of(&piece[start - if header == 20 { 8 } else { 32 }..start], 6 + length);
                    assert_eq!(sum_of(&piece[start..], u32::from(pseudo)), 0xffff);
                    if header == 20 {
                        assert_eq!(sum_of(&piece[ETHERNET_BYTES..start], 0), 0xffff);
                    }
                }
                assert_eq!(seen, payload);
            }
        }
    }

    #[test]
    fn what_fits_or_is_no_segment_stays_whole() {
        let fits = frame(["10.0.0.2", "10.0.0.1"], ACK, &[7; 500]);
        assert_eq!(cut(&fits, 540, true), None);
        assert!(cut(&fits, 539, true).is_some());
        assert_eq!(cut(&[7; 1_514], 1_280, true), None);
        assert_eq!(cut(&[], 1_280, true), None);
    }
}
