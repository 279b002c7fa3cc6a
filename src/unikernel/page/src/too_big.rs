//! A router's word that a packet was too big for what lies ahead of it: ICMP "fragmentation needed" (RFC 1191) and
//! ICMPv6 "packet too big" (RFC 8201).

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::packet::{ETHERNET_BYTES, IPV6_BYTES, TCP};
use crate::segment::{End, sum_of};

const ICMP: u8 = 1;
const ICMPV6: u8 = 58;
const ICMP_HEADER_BYTES: usize = 8;
const UNREACHABLE_AS_TOO_BIG: [u8; 2] = [3, 4];
const TOO_BIG: [u8; 2] = [2, 0];
/// What every path carries: RFC 791 for IPv4 (as hosts have to take it), RFC 8200 section 5 for IPv6. Nobody is believed
/// to know of less.
const LEAST_MTU: u32 = 576;
const LEAST_MTU6: u32 = 1_280;

/// Which segment did not get through, and how long a packet may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooBig {
    pub mtu: usize,
    /// As the lost segment had them: it was the server's.
    pub source: End,
    pub destination: End,
    pub sequence: u32,
}

/// `None` for every other frame, and for one that is damaged.
pub fn read_too_big(frame: &[u8]) -> Option<TooBig> {
    let packet = frame.get(ETHERNET_BYTES..)?;
    match (frame[12], frame[13], packet.first()? >> 4) {
        (0x08, 0x00, 4) if *packet.get(9)? == ICMP => {
            let length = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
            let message = packet.get(usize::from(packet[0] & 0x0f) * 4..length)?;
            let said = u32::from(u16::from_be_bytes([*message.get(6)?, *message.get(7)?]));
            let is_sound = message.starts_with(&UNREACHABLE_AS_TOO_BIG) && sum_of(message, 0) == 0xffff;
            let lost = message.get(ICMP_HEADER_BYTES..)?;
            let header = usize::from(lost.first()? & 0x0f) * 4;
            let is_tcp = lost[0] >> 4 == 4 && *lost.get(9)? == TCP;
            let address =
                |at: usize| lost.get(at..)?.first_chunk::<4>().map(|octets| Ipv4Addr::from(*octets));
            let ends = [address(12)?.into(), address(16)?.into()];
            // Routers older than RFC 1191 say 0.
            (is_sound && is_tcp).then(|| too_big(said.max(LEAST_MTU), ends, lost.get(header..)?)).flatten()
        }
        (0x86, 0xdd, 6) if *packet.get(6)? == ICMPV6 => {
            let length = u16::from_be_bytes([packet[4], packet[5]]);
            let message = packet.get(IPV6_BYTES..IPV6_BYTES + usize::from(length))?;
            let said = u32::from_be_bytes(*message.get(4..)?.first_chunk()?);
            let pseudo = u32::from(sum_of(&packet[8..IPV6_BYTES], u32::from(ICMPV6) + u32::from(length)));
            let is_sound = message.starts_with(&TOO_BIG) && sum_of(message, pseudo) == 0xffff;
            let lost = message.get(ICMP_HEADER_BYTES..)?;
            let is_tcp = lost.first()? >> 4 == 6 && *lost.get(6)? == TCP;
            let address =
                |at: usize| lost.get(at..)?.first_chunk::<16>().map(|octets| Ipv6Addr::from(*octets));
            let ends = [address(8)?.into(), address(24)?.into()];
            (is_sound && is_tcp)
                .then(|| too_big(said.max(LEAST_MTU6), ends, lost.get(IPV6_BYTES..)?))
                .flatten()
        }
        _ => None,
    }
}

/// `segment` has eight bytes at least: ports and sequence number.
fn too_big(mtu: u32, [source, destination]: [IpAddr; 2], segment: &[u8]) -> Option<TooBig> {
    let head: &[u8; 8] = segment.first_chunk()?;
    let port = |at: usize| u16::from_be_bytes([head[at], head[at + 1]]);
    Some(TooBig {
        mtu: mtu as usize,
        source: (source, port(0)),
        destination: (destination, port(2)),
        sequence: u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::{ACK, Segment, write_segment};
    use alloc::vec::Vec;

    fn lost(addresses: [&str; 2]) -> Segment {
        let [source, destination] = addresses.map(|address| address.parse().unwrap());
        Segment {
            source: (source, 80),
            destination: (destination, 0x1234),
            sequence: 0x0102_0304,
            acknowledged: 5,
            flags: ACK,
            window: 6,
            has_sack: false,
            payload_bytes: 0,
        }
    }

    /// What a router says of that segment.
    fn complaint(lost: &Segment, mtu: u32) -> Vec<u8> {
        let quoted = write_segment(lost, [2; 6], [2; 6])[ETHERNET_BYTES..].to_vec();
        let is_v4 = lost.source.0.is_ipv4();
        let kind = if is_v4 { UNREACHABLE_AS_TOO_BIG } else { TOO_BIG };
        let mut message = [&kind[..], &[0, 0], &mtu.to_be_bytes(), &quoted].concat();
        let length = message.len() as u16;
        let (header, pseudo) = if is_v4 {
            let rest = [64, ICMP, 0, 0, 10, 0, 0, 9, 10, 0, 0, 2];
            ([&[0x45, 0][..], &(20 + length).to_be_bytes(), &[0; 4], &rest].concat(), 0)
        } else {
            let header = [&[0x60, 0, 0, 0][..], &length.to_be_bytes(), &[ICMPV6, 64], &[7; 32]].concat();
            let pseudo = sum_of(&header[8..], u32::from(ICMPV6) + u32::from(length));
            (header, u32::from(pseudo))
        };
        let sum = !sum_of(&message, pseudo);
        message[2..4].copy_from_slice(&sum.to_be_bytes());
        let kind: [u8; 2] = if is_v4 { [0x08, 0x00] } else { [0x86, 0xdd] };
        [&[2; 12][..], &kind, &header, &message].concat()
    }

    #[test]
    fn a_router_is_understood_and_nobody_believed_to_know_of_less_than_every_path_carries() {
        for (addresses, least) in [(["10.0.0.2", "10.0.0.1"], 576), (["fd00::2", "fd00::1"], 1_280)] {
            let segment = lost(addresses);
            for (said, expected) in [(1_400, 1_400), (0, least), (68, least)] {
                let found = read_too_big(&complaint(&segment, said)).unwrap();
                let TooBig { mtu, source, destination, sequence } = found;
                assert_eq!((mtu, sequence), (expected, segment.sequence));
                assert_eq!((source, destination), (segment.source, segment.destination));
            }
        }
    }

    #[test]
    fn damaged_and_other_frames_are_none() {
        for addresses in [["10.0.0.2", "10.0.0.1"], ["fd00::2", "fd00::1"]] {
            let whole = complaint(&lost(addresses), 1_400);
            assert_eq!(read_too_big(&write_segment(&lost(addresses), [2; 6], [2; 6])), None);
            for length in 0..whole.len() {
                assert_eq!(read_too_big(&whole[..length]), None, "{length}");
            }
            let message = if addresses[0].contains(':') { 54 } else { 34 };
            for at in message..whole.len() {
                let mut damaged = whole.clone();
                damaged[at] ^= 0x10;
                assert_eq!(read_too_big(&damaged), None, "{at}");
            }
        }
    }
}
