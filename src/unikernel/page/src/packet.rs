//! The TCP segment in an Ethernet frame, as far as it has to be known before the network stack sees it or after.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(crate) const ETHERNET_BYTES: usize = 14;
pub(crate) const IPV6_BYTES: usize = 40;
pub(crate) const TCP: u8 = 6;
const CHECKSUM_AT: usize = 16;

/// Both ends of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoints {
    pub client: (IpAddr, u16),
    pub server: (IpAddr, u16),
}

/// Where the checksum of a segment begins, and how far behind that it belongs: both as a network card wants them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChecksumPlace {
    pub start: u16,
    pub offset: u16,
}

/// The ends of the connection that a frame asks for: of a first segment (SYN without ACK), else `None`.
pub fn opening(frame: &[u8]) -> Option<Endpoints> {
    const FLAGS_AT: usize = 13;
    const SYN_OF_SYN_AND_ACK: (u8, u8) = (0x02, 0x12);
    let (source, destination, start) = addresses(frame)?;
    let segment = frame.get(start..)?;
    let (flag, mask) = SYN_OF_SYN_AND_ACK;
    let port = |at: usize| Some(u16::from_be_bytes([*segment.get(at)?, *segment.get(at + 1)?]));
    (segment.get(FLAGS_AT)? & mask == flag)
        .then_some(Endpoints { client: (source, port(0)?), server: (destination, port(2)?) })
}

/// Leaves the checksum of a segment to the network card: the field gets the sum over the pseudo-header, as the card
/// goes on from there. `None` for everything but TCP.
pub fn delegate_checksum(frame: &mut [u8]) -> Option<ChecksumPlace> {
    let (source, destination, start) = addresses(frame)?;
    let mut sum = u32::from(TCP) + (segment_length(frame, start)? as u32);
    let mut add = |octets: &[u8]| {
        for pair in octets.as_chunks::<2>().0 {
            sum += u32::from(u16::from_be_bytes(*pair));
        }
    };
    for address in [source, destination] {
        match address {
            IpAddr::V4(address) => add(&address.octets()),
            IpAddr::V6(address) => add(&address.octets()),
        }
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    let field = frame.get_mut(start + CHECKSUM_AT..start + CHECKSUM_AT + 2)?;
    field.copy_from_slice(&(sum as u16).to_be_bytes());
    Some(ChecksumPlace { start: start as u16, offset: CHECKSUM_AT as u16 })
}

/// Source and destination of a TCP segment that is no fragment, and where it begins.
pub(crate) fn addresses(frame: &[u8]) -> Option<(IpAddr, IpAddr, usize)> {
    let packet = frame.get(ETHERNET_BYTES..)?;
    match [frame[12], frame[13]] {
        [0x08, 0x00] if packet.len() >= 20 && packet[9] == TCP && packet[6] & 0x3f == 0 && packet[7] == 0 => {
            let at = |at: usize| packet[at..].first_chunk::<4>().map(|octets| Ipv4Addr::from(*octets));
            let header = usize::from(packet[0] & 0x0f) * 4;
            Some((at(12)?.into(), at(16)?.into(), ETHERNET_BYTES + header))
        }
        [0x86, 0xdd] if packet.len() >= IPV6_BYTES && packet[6] == TCP => {
            let at = |at: usize| packet[at..].first_chunk::<16>().map(|octets| Ipv6Addr::from(*octets));
            Some((at(8)?.into(), at(24)?.into(), ETHERNET_BYTES + IPV6_BYTES))
        }
        _ => None,
    }
}

/// As the IP header says it: a short frame may have been padded.
pub(crate) fn segment_length(frame: &[u8], start: usize) -> Option<usize> {
    let number = |at: usize| Some(usize::from(u16::from_be_bytes([*frame.get(at)?, *frame.get(at + 1)?])));
    if frame[12] == 0x08 {
        number(ETHERNET_BYTES + 2)?.checked_sub(start - ETHERNET_BYTES)
    } else {
        number(ETHERNET_BYTES + 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn frame_v4(flags: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = [&[2; 12][..], &[0x08, 0x00, 0x45, 0]].concat();
        frame.extend((40 + payload.len() as u16).to_be_bytes());
        frame.extend([0, 0, 0x40, 0, 64, TCP, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        frame.extend([0x12, 0x34, 0, 80, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, flags, 1, 0, 0, 0, 0, 0]);
        frame.extend(payload);
        frame
    }

    fn checksum(bytes: &[u8]) -> u16 {
        let mut sum: u32 = bytes
            .chunks(2)
            .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0)))
            .sum();
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        !(sum as u16)
    }

    #[test]
    fn only_a_first_segment_opens_a_connection() {
        let ends = opening(&frame_v4(0x02, b"")).unwrap();
        assert_eq!(ends.client, (Ipv4Addr::new(10, 0, 0, 1).into(), 0x1234));
        assert_eq!(ends.server, (Ipv4Addr::new(10, 0, 0, 2).into(), 80));
        for flags in [0x12, 0x10, 0x04, 0x01] {
            assert_eq!(opening(&frame_v4(flags, b"")), None);
        }
        let whole = frame_v4(0x02, b"");
        for length in 0..whole.len() - 6 {
            assert_eq!(opening(&whole[..length]), None, "{length}");
        }
    }

    #[test]
    fn a_card_that_goes_on_from_the_pseudo_header_gets_the_right_checksum() {
        for payload in [&b""[..], b"a", b"some bytes"] {
            let mut frame = frame_v4(0x10, payload);
            let pseudo = [&frame[26..34], &[0, TCP], &(20 + payload.len() as u16).to_be_bytes()].concat();
            let expected = checksum(&[&pseudo[..], &frame[34..]].concat());
            let place = delegate_checksum(&mut frame).unwrap();
            assert_eq!(place, ChecksumPlace { start: 34, offset: 16 });
            assert_eq!(checksum(&frame[34..]), expected);
        }
    }
}
