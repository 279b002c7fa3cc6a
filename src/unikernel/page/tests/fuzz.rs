//! Bytes that nobody would send: nothing panics, and nothing unsound gets through.

mod support;

use std::cell::Cell;

use hotzone_page::bundle::parse_bundle;
use hotzone_page::command_line::parse_command_line;
use hotzone_page::connection::Connection;
use hotzone_page::crc32::crc32;
use hotzone_page::packet::{delegate_checksum, opening};
use hotzone_page::resegment::cut;
use hotzone_page::segment::read_segment;
use hotzone_page::server::Server;
use hotzone_page::too_big::read_too_big;
use support::random::{Random, rounds};
use support::{Client, TOKEN, fixture, requests, server};

const ROUNDS: u64 = 20_000;

/// Changes, inserts and removes a few bytes.
fn mutated(random: &mut Random, original: &[u8]) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..1 + random.below(4) {
        let at = random.below(bytes.len());
        match random.below(4) {
            0 if !bytes.is_empty() => bytes[at] = random.next() as u8,
            1 if !bytes.is_empty() => bytes[at] ^= 1 << random.below(8),
            2 => bytes.insert(at.min(bytes.len()), *random.pick(b"\r\n :,;/%\"-\0\xff")),
            _ => {
                let end = (at + 1 + random.below(8)).min(bytes.len());
                bytes.drain(at.min(end)..end);
            }
        }
    }
    bytes
}

fn number_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(*bytes[at..].first_chunk().expect("a number is there"))
}

/// Makes length and checksum fit what is there.
fn seal(bytes: &mut [u8]) {
    let length = bytes.len() as u32;
    bytes[16..20].copy_from_slice(&length.to_le_bytes());
    let checksum = crc32(&bytes[16..]);
    bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
}

#[test]
fn a_bundle_with_any_other_byte_is_refused() {
    let bundle = fixture("page.bundle");
    assert!(parse_bundle(&bundle).is_ok());
    rounds(ROUNDS, |random| {
        let mut bytes = mutated(random, &bundle);
        if bytes == bundle {
            return;
        }
        assert!(parse_bundle(&bytes).is_err());
        // With a checksum and a length that fit, only a change of what the page says may get through.
        if bytes.len() >= 104 {
            bytes.truncate(bytes.len() & !7);
            seal(&mut bytes);
            if let Ok(parsed) = parse_bundle(&bytes) {
                assert_eq!(bytes.len(), bundle.len());
                assert_eq!(parsed.representations.len(), 3);
            }
        }
    });
    for length in 0..bundle.len() {
        assert!(parse_bundle(&bundle[..length]).is_err());
    }
}

#[test]
fn a_wrong_field_of_the_header_is_refused_even_with_the_right_checksum() {
    let bundle = fixture("page.bundle");
    for at in (16..24).chain(64..104).chain(104..104 + 3 * 48) {
        for change in [1u8, 0x80] {
            let mut bytes = bundle.clone();
            bytes[at] ^= change;
            let checksum = crc32(&bytes[16..]);
            bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
            assert!(parse_bundle(&bytes).is_err(), "byte {at}");
        }
    }
}

#[test]
fn a_bundle_whose_places_are_swapped_and_stretched_is_refused_or_served() {
    let bundle = fixture("page.bundle");
    let requests = requests();
    let places: Vec<usize> = (16..104 + 3 * 48).step_by(4).collect();
    let accepted = Cell::new(0);
    let done = rounds(ROUNDS, |random| {
        let mut bytes = bundle.clone();
        for _ in 0..1 + random.below(3) {
            let (at, from) = (*random.pick(&places), *random.pick(&places));
            let length = bytes.len() as u32;
            let other = number_at(&bytes, from);
            let near = other.wrapping_add(random.below(17) as u32).wrapping_sub(8);
            let value = *random.pick(&[0, 1, 8, length, length - 8, u32::MAX, u32::MAX - 7, other, near]);
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        seal(&mut bytes);
        let Ok(parsed) = parse_bundle(&bytes) else { return };
        accepted.set(accepted.get() + 1);
        let request = random.pick(&requests).as_bytes();
        let mut server = Server::new(parsed, TOKEN, 0);
        let mut client = Client::saying(&[request]);
        client.converse(&mut Connection::new(false, 0), &mut server, 0);
        assert!(client.received.len() < 2 * bytes.len(), "no more than there is");
    });
    assert!(done == 1 || (1..done / 2).contains(&accepted.get()), "{} of {done}", accepted.get());
}

#[test]
fn any_bytes_are_answered_the_same_however_they_arrive() {
    let requests = requests();
    rounds(ROUNDS, |random| {
        let request = random.pick(&requests).as_bytes();
        let bytes = if random.once_in(8) {
            let length = random.below(100);
            random.bytes(length)
        } else {
            mutated(random, request)
        };
        let answer = |pieces: &[&[u8]]| {
            let mut client = Client::saying(pieces);
            let next = client.converse(&mut Connection::new(true, 0), &mut server(), 0);
            (client.received, next)
        };
        let whole = answer(&[&bytes]);
        assert!(answer(&random.cut(&bytes)) == whole, "{:?}", String::from_utf8_lossy(&bytes));
    });
}

#[test]
fn nobody_but_the_controller_with_its_token_is_obeyed() {
    let token = std::str::from_utf8(TOKEN).expect("text");
    let obeyed = Cell::new(0);
    let done = rounds(ROUNDS, |random| {
        let method = *random.pick(&["GET", "POST"]);
        let name = *random.pick(&["counters", "drain", "power-off"]);
        let sound = format!("{method} /.hotzone/{name} HTTP/1.1\r\nX-Hotzone-Token: {token}\r\n\r\n");
        let bytes = if random.once_in(4) { sound.into_bytes() } else { mutated(random, sound.as_bytes()) };
        let is_controller = random.once_in(2);
        let mut server = server();
        let mut client = Client::saying(&[&bytes]);
        client.converse(&mut Connection::new(is_controller, 0), &mut server, 0);
        let text = String::from_utf8_lossy(&bytes);
        let has_counters = client.received.windows(12).any(|window| window == b"\"requests\":0");
        if server.is_draining || server.wants_power_off || has_counters {
            assert!(is_controller && text.contains(token), "{text}");
            obeyed.set(obeyed.get() + 1);
        }
        assert!(!server.is_draining || text.contains("POST /.hotzone/drain "), "{text}");
        assert!(!server.wants_power_off || text.contains("POST /.hotzone/power-off "), "{text}");
    });
    assert!(done == 1 || (done / 20..done / 2).contains(&obeyed.get()), "{} of {done}", obeyed.get());
}

#[test]
fn any_command_line_is_read_or_refused() {
    let line = "hotzone.id=a hotzone.ip=10.0.2.15/24 hotzone.gw=10.0.2.2 hotzone.ip6=fd00::2/64 hotzone.port=80 \
                hotzone.mac=02:00:00:00:00:01 hotzone.controller=fd00::1 hotzone.token=t hotzone.max_connections=9 \
                virtio_mmio.device=512@0xfeb00e00:12";
    let words: Vec<&str> = line.split_whitespace().collect();
    let read = Cell::new(0);
    let done = rounds(ROUNDS, |random| {
        let mut changed = mutated(random, line.as_bytes());
        if random.once_in(2) {
            // Words in any order, some twice, some with the value of another.
            let chosen: Vec<String> = (0..random.below(14))
                .map(|_| {
                    let (word, other) = (*random.pick(&words), *random.pick(&words));
                    let (Some((name, _)), Some((_, value))) = (word.split_once('='), other.split_once('='))
                    else {
                        return word.to_string();
                    };
                    if random.once_in(3) { format!("{name}={value}") } else { word.to_string() }
                })
                .collect();
            changed = chosen.join(" ").into_bytes();
        }
        let Ok(text) = String::from_utf8(changed) else { return };
        let Ok(parsed) = parse_command_line(&text, |_| {}) else { return };
        read.set(read.get() + 1);
        assert!(parsed.ip.is_some() || parsed.ip6.is_some(), "{text}");
        assert!(parsed.port > 0 && parsed.controller.is_none() == parsed.token.is_empty(), "{text}");
    });
    assert!(done == 1 || (1..done).contains(&read.get()));
}

#[test]
fn any_frame_is_looked_at_without_harm() {
    let mut frame = vec![0u8; 54];
    frame[12..16].copy_from_slice(&[0x08, 0x00, 0x45, 0x00]);
    frame[17] = 40;
    frame[23] = 6;
    frame[46] = 0x50;
    rounds(ROUNDS, |random| {
        let mut bytes = mutated(random, &frame);
        if random.once_in(2) && bytes.len() > 14 {
            bytes[12..14].copy_from_slice(&[0x86, 0xdd]);
        }
        opening(&bytes);
        read_segment(&bytes);
        read_too_big(&bytes);
        let mtu = 20 + random.below(60);
        for piece in cut(&bytes, mtu, true).unwrap_or_default() {
            assert!(piece.len() <= 14 + mtu);
        }
        delegate_checksum(&mut bytes);
    });
}
