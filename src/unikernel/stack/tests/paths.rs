//! Clients behind something that carries less than the server's network does.

mod support;

use hotzone_page::plan::Plan;
use support::frames::{ACK, SYN, arp_request, segment_with, too_big};
use support::page::{body_of, bundle_of};
use support::{HOST, Trouble, World};

const PLAN: Plan = Plan { send_bytes: 65_536, max_connections: 20 };
const LENGTH: usize = 20_000;
const NARROW: usize = 600;
const HEADERS: usize = 14 + 20 + 20;
/// The option for segments of 1,460 bytes at most (RFC 9293 section 3.2).
const MSS: [u8; 4] = [2, 4, 0x05, 0xb4];

/// Frames of the server's since the last look.
fn sent(world: &mut World) -> Vec<Vec<u8>> {
    let mut wire = world.to_client.borrow_mut();
    wire.now = u64::MAX;
    std::iter::from_fn(|| wire.get())
        .filter(|frame| frame.len() >= HEADERS && frame[12] == 8 && frame[23] == 6)
        .collect()
}

fn number(frame: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(*frame[at..].first_chunk().unwrap())
}

/// A client that has asked, and the first frames of the answer, none of them acknowledged.
fn asked(world: &mut World) -> (u32, Vec<Vec<u8>>) {
    let request = format!("GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
    world.to_server.borrow_mut().put(arp_request(9));
    world.to_server.borrow_mut().put(segment_with(9, 5_000, SYN, 100, 0, &MSS, b""));
    world.pass_for(10_000);
    let first = number(&sent(world)[0], 38).wrapping_add(1);
    world.to_server.borrow_mut().put(segment_with(9, 5_000, ACK, 101, first, b"", request.as_bytes()));
    world.pass_for(10_000);
    let frames = sent(world);
    assert!(frames.iter().any(|frame| frame.len() > 1_400), "the answer is in long segments");
    (first, frames)
}

#[test]
fn a_router_that_cannot_pass_long_packets_on_gets_short_ones() {
    let mut world = World::new(bundle_of(&body_of(LENGTH)), Trouble::default(), PLAN, 7);
    let (first, mut frames) = asked(&mut world);
    let request_end = number(&frames[0], 42);
    let (mut next, mut longest) = (first, 0);
    // The client gets what is short enough, the router says what is not.
    for _ in 0..500 {
        for frame in &frames {
            let (sequence, payload) = (number(frame, 38), frame.len() - HEADERS);
            if frame.len() - 14 > NARROW {
                world.to_server.borrow_mut().put(too_big(frame, NARROW as u16));
            } else {
                longest = longest.max(frame.len() - 14);
                if sequence == next {
                    next = next.wrapping_add(payload as u32);
                }
                world.to_server.borrow_mut().put(segment_with(9, 5_000, ACK, request_end, next, b"", b""));
            }
        }
        world.pass_for(1_000);
        frames = sent(&mut world);
    }
    let got = next.wrapping_sub(first) as usize;
    assert!(got > LENGTH, "{got} bytes with the head");
    assert_eq!(longest, NARROW);
    assert!(world.now < 1_000_000, "without a time-out");
}

#[test]
fn who_has_not_seen_a_segment_under_way_is_not_believed() {
    let mut world = World::new(bundle_of(&body_of(LENGTH)), Trouble::default(), PLAN, 7);
    let (first, frames) = asked(&mut world);
    let request_end = number(&frames[0], 42);
    let genuine = &frames[0];
    for (at, bits) in [(38, 0x40), (34, 1), (36, 1), (33, 1)] {
        let mut forged = genuine.clone();
        forged[at] ^= bits;
        world.to_server.borrow_mut().put(too_big(&forged, NARROW as u16));
    }
    world.pass_for(1_000);
    world.to_server.borrow_mut().put(segment_with(
        9,
        5_000,
        ACK,
        request_end,
        first.wrapping_add((genuine.len() - HEADERS) as u32),
        b"",
        b"",
    ));
    world.pass_for(1_000);
    assert!(sent(&mut world).iter().any(|frame| frame.len() - 14 > NARROW));
}
