//! Frames by hand, for what no sound TCP would send.

use crate::support::SERVER_MAC;

pub const SYN: u8 = 0x02;
pub const RST: u8 = 0x04;
pub const ACK: u8 = 0x10;

/// The last number of the router's address.
pub const ROUTER: u8 = 254;

/// A segment from 10.0.0.`host` to the server.
pub fn segment(host: u8, port: u16, flags: u8, sequence: u32, acknowledged: u32, payload: &[u8]) -> Vec<u8> {
    segment_with(host, port, flags, sequence, acknowledged, b"", payload)
}

/// The same with options, whose length is a multiple of four.
pub fn segment_with(
    host: u8,
    port: u16,
    flags: u8,
    sequence: u32,
    acknowledged: u32,
    options: &[u8],
    payload: &[u8],
) -> Vec<u8> {
    segment_from([10, 0, 0, host], host, port, flags, sequence, acknowledged, options, payload)
}

/// A segment without options from 10.1.0.1, behind the router 10.0.0.254.
pub fn routed_segment(port: u16, flags: u8, sequence: u32, acknowledged: u32, payload: &[u8]) -> Vec<u8> {
    segment_from([10, 1, 0, 1], ROUTER, port, flags, sequence, acknowledged, b"", payload)
}

#[expect(clippy::too_many_arguments, reason = "as many as a segment has parts")]
fn segment_from(
    source: [u8; 4],
    neighbour: u8,
    port: u16,
    flags: u8,
    sequence: u32,
    acknowledged: u32,
    options: &[u8],
    payload: &[u8],
) -> Vec<u8> {
    let mut segment = [port.to_be_bytes(), 80u16.to_be_bytes()].concat();
    segment.extend(sequence.to_be_bytes());
    segment.extend(acknowledged.to_be_bytes());
    segment.extend([0x50 + (options.len() as u8 / 4) * 16, flags, 0xff, 0xff, 0, 0, 0, 0]);
    segment.extend(options);
    segment.extend(payload);
    let [a, b, c, d] = source;
    let addresses = [a, b, c, d, 10, 0, 0, 2];
    let pseudo = [&addresses[..], &[0, 6], &(segment.len() as u16).to_be_bytes()].concat();
    let sum = checksum(&[pseudo, segment.clone()].concat());
    segment[16..18].copy_from_slice(&sum.to_be_bytes());
    let mut header = vec![0x45, 0];
    header.extend((20 + segment.len() as u16).to_be_bytes());
    header.extend([0, 0, 0, 0, 64, 6, 0, 0]);
    header.extend(addresses);
    let sum = checksum(&header);
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    [&SERVER_MAC[..], &[2, 0, 0, 0, 0, neighbour], &[0x08, 0x00], &header, &segment].concat()
}

/// `host` tells the server its MAC address, by asking for the server's.
pub fn arp_request(host: u8) -> Vec<u8> {
    let mac = [2, 0, 0, 0, 0, host];
    let request = [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1];
    [&[0xff; 6][..], &mac, &request, &mac, &[10, 0, 0, host], &[0; 6], &[10, 0, 0, 2]].concat()
}

/// `host`'s answer to the server's request for its MAC address.
pub fn arp_reply(host: u8) -> Vec<u8> {
    let mac = [2, 0, 0, 0, 0, host];
    let reply = [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 2];
    [&SERVER_MAC[..], &mac, &reply, &mac, &[10, 0, 0, host], &SERVER_MAC, &[10, 0, 0, 2]].concat()
}

/// Whether the server asks for `host`'s MAC address.
pub fn is_arp_request(frame: &[u8], host: u8) -> bool {
    frame.len() >= 42 && frame[12..14] == [0x08, 0x06] && frame[21] == 1 && frame[38..42] == [10, 0, 0, host]
}

/// Flags, sequence and acknowledgment numbers of a TCP segment; `None` for other frames.
pub fn parts(frame: &[u8]) -> Option<(u8, u32, u32)> {
    let number = |at: usize| u32::from_be_bytes(*frame[at..].first_chunk().unwrap());
    (frame.len() >= 54 && frame[12..14] == [0x08, 0x00] && frame[23] == 6)
        .then(|| (frame[47], number(38), number(42)))
}

/// RFC 1071.
pub fn checksum(bytes: &[u8]) -> u16 {
    let mut sum: u32 = bytes
        .chunks(2)
        .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0)))
        .sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// What a router (10.0.0.254) says that could not pass on this frame of the server's (RFC 1191 section 4).
pub fn too_big(lost: &[u8], mtu: u16) -> Vec<u8> {
    let mut message = [&[3, 4, 0, 0, 0, 0][..], &mtu.to_be_bytes(), &lost[14..14 + 28]].concat();
    let sum = checksum(&message);
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    let mut header = vec![0x45, 0];
    header.extend((20 + message.len() as u16).to_be_bytes());
    header.extend([0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 254, 10, 0, 0, 2]);
    let sum = checksum(&header);
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    [&SERVER_MAC[..], &[2, 0, 0, 0, 0, 254], &[0x08, 0x00], &header, &message].concat()
}
