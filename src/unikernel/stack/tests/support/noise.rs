//! Strangers, at 10.0.0.9 and up and fd00::9 and up, who say what no sound TCP would, most of it with checksums that fit.

use crate::support::frames::{arp_request, checksum};
use crate::support::random::Random;
use crate::support::{HOST, SERVER_MAC, World};

const FIRST_HOST: u8 = 9;
const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;
const TCP: u8 = 6;
const ICMP: u8 = 1;
const ICMP6: u8 = 58;

struct Stranger {
    host: u8,
    port: u16,
    is_v6: bool,
    /// What comes next of its own, and of the server's.
    sequence: u32,
    expected: u32,
    /// Whether the server has said that there is a connection.
    is_open: bool,
    /// What it has still to say.
    request: Vec<u8>,
}

pub struct Noise {
    strangers: Vec<Stranger>,
    last: Vec<u8>,
    /// Whether frames may lie about whose address is whose.
    pub lies: bool,
}

impl Noise {
    pub fn new(count: u8) -> Noise {
        let strangers = (0..count)
            .map(|index| Stranger {
                host: FIRST_HOST + index,
                port: 5_000,
                is_v6: index % 2 == 1,
                sequence: 1_000,
                expected: 0,
                is_open: false,
                request: Vec::new(),
            })
            .collect();
        Noise { strangers, last: arp_request(FIRST_HOST), lies: true }
    }

    /// Puts a frame on the wire to the server, after a look at what the server has said.
    pub fn act(&mut self, random: &mut Random, world: &mut World) {
        let said: Vec<Vec<u8>> = world.to_client.borrow_mut().log.drain(..).collect();
        for frame in said {
            let Some(heard) = sound(&frame) else { continue };
            let from = self.strangers.iter_mut().find(|one| (one.host, one.port) == (heard.host, heard.port));
            if let Some(stranger) = from {
                stranger.expected = heard.next;
                stranger.is_open = heard.flags & RST == 0 && (stranger.is_open || heard.flags & SYN != 0);
            }
        }
        let index = random.below(self.strangers.len());
        let stranger = &mut self.strangers[index];
        let frame = match random.below(12) {
            0 => self.last.clone(),
            1 if stranger.is_v6 => neighbour_solicitation(stranger.host),
            1 => arp_request(stranger.host),
            2 => stranger.ping(random),
            3 => {
                let (protocol, length) = (random.next() as u8, random.below(200));
                packet(stranger.host, stranger.is_v6, protocol, random.bytes(length))
            }
            _ => stranger.segment(random),
        };
        let is_about_addresses = frame[12..14] == [0x08, 0x06] || frame.get(20) == Some(&ICMP6);
        self.last = frame.clone();
        let may_be_spoilt = self.lies || !is_about_addresses;
        let frame = if may_be_spoilt && random.once_in(6) { spoilt(random, frame) } else { frame };
        world.to_server.borrow_mut().put(frame);
    }
}

impl Stranger {
    fn ping(&self, random: &mut Random) -> Vec<u8> {
        let length = random.below(1_460);
        let kind = if self.is_v6 { 128 } else { *random.pick(&[8, 3, 11, 13]) };
        let rest = random.bytes(6 + length);
        let protocol = if self.is_v6 { ICMP6 } else { ICMP };
        packet(self.host, self.is_v6, protocol, [vec![kind, 0], rest].concat())
    }

    fn segment(&mut self, random: &mut Random) -> Vec<u8> {
        if self.request.is_empty() {
            self.request = match random.below(4) {
                0 => random.bytes(40),
                1 => format!("GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n").into_bytes(),
                _ => format!("GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n").into_bytes(),
            };
        }
        let (mut sequence, mut expected, mut flags, mut payload) =
            (self.sequence, self.expected, ACK, vec![]);
        let off_by = *random.pick(&[1, 7, 1_460, 65_535, 1 << 31]);
        let opens = !self.is_open && random.once_in(2);
        match if opens { 0 } else { random.below(16) } {
            0 => {
                // Another connection, from the same port or the next one.
                self.port += random.below(2) as u16;
                self.sequence = random.next() as u32;
                (sequence, flags) = (self.sequence, SYN);
                self.sequence = self.sequence.wrapping_add(1);
            }
            1..=7 => {
                let length =
                    if random.once_in(2) { self.request.len() } else { random.below(self.request.len()) };
                payload = self.request.drain(..length).collect();
                self.sequence = self.sequence.wrapping_add(length as u32);
            }
            8 => {
                flags |= FIN;
                self.sequence = self.sequence.wrapping_add(1);
            }
            9 => flags = RST,
            10 => (sequence, payload) = (sequence.wrapping_sub(off_by), random.bytes(9)),
            11 => (sequence, payload) = (sequence.wrapping_add(off_by), random.bytes(9)),
            12 => expected = expected.wrapping_add(off_by),
            13 => (flags, payload) = (random.next() as u8, random.bytes(3)),
            14 => expected = expected.wrapping_sub(off_by),
            _ => {}
        }
        let options = match random.below(4) {
            // A segment size, sound and too small; of any length.
            0 => vec![2, 4, 5, 0xb4],
            1 => vec![2, 4, 0, random.below(3) as u8],
            2 => {
                let length = 4 * random.below(11);
                random.bytes(length)
            }
            _ => vec![],
        };
        let offset =
            if random.once_in(20) { random.next() as u8 } else { (5 + options.len() as u8 / 4) << 4 };
        let window: u16 = *random.pick(&[0, 1, 1_460, 65_535, 65_535, 65_535]);
        let ports = [self.port.to_be_bytes(), if random.once_in(40) { [0, 81] } else { [0, 80] }].concat();
        let numbers = [sequence.to_be_bytes(), expected.to_be_bytes()].concat();
        let rest = [&[offset, flags][..], &window.to_be_bytes(), &[0; 4], &options, &payload].concat();
        packet(self.host, self.is_v6, TCP, [ports, numbers, rest].concat())
    }
}

/// Flips bits or cuts off an end.
fn spoilt(random: &mut Random, mut frame: Vec<u8>) -> Vec<u8> {
    for _ in 0..random.below(3) {
        let at = random.below(frame.len());
        frame[at] ^= 1 << random.below(8);
    }
    let length = frame.len() - if random.once_in(2) { random.below(frame.len() - 14) } else { 0 };
    frame.truncate(length);
    frame
}

fn ends(is_v6: bool, host: u8) -> (Vec<u8>, Vec<u8>) {
    if !is_v6 {
        return (vec![10, 0, 0, host], vec![10, 0, 0, 2]);
    }
    let address = |last| [&[0xfd], &[0; 14][..], &[last]].concat();
    (address(host), address(2))
}

/// From a stranger to the server; the checksum of the payload is filled in where it is known where that is.
fn packet(host: u8, is_v6: bool, protocol: u8, mut payload: Vec<u8>) -> Vec<u8> {
    let (source, destination) = ends(is_v6, host);
    let place = match protocol {
        TCP => 16,
        ICMP | ICMP6 => 2,
        _ => usize::MAX,
    };
    if let Some(field) = payload.get_mut(place..place.saturating_add(2)) {
        field.fill(0);
        let sum = payload_sum(protocol, &source, &destination, &payload);
        payload[place..place + 2].copy_from_slice(&sum.to_be_bytes());
    }
    let mac = [2, 0, 0, 0, 0, host];
    if is_v6 {
        let length = (payload.len() as u16).to_be_bytes();
        let header = [&[0x60, 0, 0, 0][..], &length, &[protocol, 255], &source, &destination].concat();
        return [&SERVER_MAC[..], &mac, &[0x86, 0xdd], &header, &payload].concat();
    }
    let length = (20 + payload.len() as u16).to_be_bytes();
    let mut header =
        [&[0x45, 0][..], &length, &[0, 0, 0, 0, 64, protocol, 0, 0], &source, &destination].concat();
    let sum = checksum(&header);
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    [&SERVER_MAC[..], &mac, &[0x08, 0x00], &header, &payload].concat()
}

fn payload_sum(protocol: u8, source: &[u8], destination: &[u8], payload: &[u8]) -> u16 {
    // RFC 792: ICMP alone has no pseudo header.
    let pseudo = match protocol {
        ICMP => vec![],
        _ => [source, destination, &[0, protocol], &(payload.len() as u16).to_be_bytes()].concat(),
    };
    checksum(&[&pseudo, payload].concat())
}

fn neighbour_solicitation(host: u8) -> Vec<u8> {
    let (_, target) = ends(true, host);
    let message = [&[135, 0, 0, 0, 0, 0, 0, 0][..], &target, &[1, 1, 2, 0, 0, 0, 0, host]].concat();
    packet(host, true, ICMP6, message)
}

/// Whom the server spoke to, and the number that its next byte will have.
struct Heard {
    host: u8,
    port: u16,
    flags: u8,
    next: u32,
}

/// Holds a frame of the server's to the rules; tells of it if it is a TCP segment.
fn sound(frame: &[u8]) -> Option<Heard> {
    assert!((14..=1_514).contains(&frame.len()) && frame[6..12] == SERVER_MAC);
    let (protocol, source, destination, payload) = match frame[12..14] {
        [0x08, 0x00] => {
            let length = usize::from(u16::from_be_bytes([frame[16], frame[17]]));
            assert_eq!((frame[14], checksum(&frame[14..34])), (0x45, 0));
            (frame[23], &frame[26..30], &frame[30..34], &frame[34..14 + length])
        }
        [0x86, 0xdd] => {
            let length = usize::from(u16::from_be_bytes([frame[18], frame[19]]));
            (frame[20], &frame[22..38], &frame[38..54], &frame[54..54 + length])
        }
        _ => return None,
    };
    if protocol == 0 {
        // Options for routers, before a report of groups (RFC 3810).
        return None;
    }
    assert_eq!(payload_sum(protocol, source, destination, payload), 0, "{frame:x?}");
    let number = |at: usize| u32::from_be_bytes(*payload[at..].first_chunk().unwrap());
    (protocol == TCP).then(|| {
        let length = payload.len() - usize::from(payload[12] >> 4) * 4;
        let more = (payload[13] & (SYN | FIN)).count_ones();
        Heard {
            host: *destination.last().unwrap(),
            port: u16::from_be_bytes([payload[2], payload[3]]),
            flags: payload[13],
            next: number(4).wrapping_add(length as u32 + more),
        }
    })
}
