//! Bytes that nobody would send: nothing panics, and nothing unsound gets through.

mod support;

use hotzone_page::bundle::parse_bundle;
use hotzone_page::command_line::parse_command_line;
use hotzone_page::connection::Connection;
use hotzone_page::crc32::crc32;
use hotzone_page::packet::{delegate_checksum, opening};
use support::{Client, Random, fixture, server};

const ROUNDS: usize = 20_000;

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

#[test]
fn a_bundle_with_any_other_byte_is_refused() {
    let bundle = fixture("page.bundle");
    assert!(parse_bundle(&bundle).is_ok());
    let mut random = Random(2);
    for _ in 0..ROUNDS {
        let mut bytes = mutated(&mut random, &bundle);
        if bytes == bundle {
            continue;
        }
        assert!(parse_bundle(&bytes).is_err());
        // With a checksum and a length that fit, only a change of what the page says may get through.
        if bytes.len() >= 104 {
            bytes.truncate(bytes.len() & !7);
            let length = bytes.len() as u32;
            bytes[16..20].copy_from_slice(&length.to_le_bytes());
            let checksum = crc32(&bytes[16..]);
            bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
            if let Ok(parsed) = parse_bundle(&bytes) {
                assert_eq!(bytes.len(), bundle.len());
                assert_eq!(parsed.representations.len(), 3);
            }
        }
    }
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
fn any_bytes_are_answered_the_same_however_they_arrive() {
    let table = String::from_utf8(fixture("answers.txt")).unwrap();
    let requests: Vec<String> = table
        .lines()
        .map(|line| line.split('\t').next().unwrap().replace("\\r", "\r").replace("\\n", "\n"))
        .collect();
    let mut random = Random(3);
    for _ in 0..ROUNDS {
        let request = random.pick(&requests).as_bytes();
        let bytes = if random.below(8) == 0 {
            (0..random.below(100)).map(|_| random.next() as u8).collect()
        } else {
            mutated(&mut random, request)
        };
        let answer = |pieces: &[&[u8]]| {
            let mut client = Client::saying(pieces);
            let next = client.converse(&mut Connection::new(true, 0), &mut server(), 0);
            (client.received, next)
        };
        let whole = answer(&[&bytes]);
        assert!(answer(&random.cut(&bytes)) == whole, "{:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn any_command_line_is_read_or_refused() {
    let line = "hotzone.id=a hotzone.ip=10.0.2.15/24 hotzone.gw=10.0.2.2 hotzone.ip6=fd00::2/64 hotzone.port=80 \
                hotzone.mac=02:00:00:00:00:01 hotzone.controller=fd00::1 hotzone.token=t hotzone.max_connections=9 \
                virtio_mmio.device=512@0xfeb00e00:12";
    let mut random = Random(4);
    let mut read = 0;
    for _ in 0..ROUNDS {
        if let Ok(text) = String::from_utf8(mutated(&mut random, line.as_bytes())) {
            read += usize::from(parse_command_line(&text, |_| {}).is_ok());
        }
    }
    assert!((1..ROUNDS).contains(&read));
}

#[test]
fn any_frame_is_looked_at_without_harm() {
    let mut frame = vec![0u8; 54];
    frame[12..16].copy_from_slice(&[0x08, 0x00, 0x45, 0x00]);
    frame[23] = 6;
    let mut random = Random(5);
    for _ in 0..ROUNDS {
        let mut bytes = mutated(&mut random, &frame);
        if random.below(2) == 0 && bytes.len() > 14 {
            bytes[12..14].copy_from_slice(&[0x86, 0xdd]);
        }
        opening(&bytes);
        delegate_checksum(&mut bytes);
    }
}
