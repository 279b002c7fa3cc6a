//! Clients that do not behave: floods, half-open connections, resets, noise.

mod support;

use hotzone_page::limits;
use hotzone_page::plan::Plan;
use support::client::Client;
use support::frames::{ACK, RST, SYN, arp_request, parts, segment};
use support::page::{body_of, bundle_of};
use support::{HOST, Trouble, World};

const PLAN: Plan = Plan { send_bytes: 8_192, max_connections: 20 };

fn world() -> World {
    World::new(bundle_of(&body_of(3_000)), Trouble::default(), PLAN, 7)
}

fn request() -> String {
    format!("GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n")
}

fn assert_serves(world: &mut World, port: u16) {
    let answer = Client::new(world).fetch(world, port, 65_535, &request()).expect("an answer");
    assert!(answer.ends_with(&body_of(3_000)));
}

/// What the server has said since, as flags and numbers.
fn said(world: &mut World) -> Vec<(u8, u32, u32)> {
    let mut wire = world.to_client.borrow_mut();
    wire.now = u64::MAX;
    std::iter::from_fn(|| wire.get()).filter_map(|frame| parts(&frame)).collect()
}

#[test]
fn a_flood_of_first_packets_is_survived_without_refusing_anybody() {
    let mut world = world();
    for round in 0..1_000u32 {
        for index in 0..25 {
            let port = (1_000 + round * 25 + index) as u16;
            let host = 10 + (index % 200) as u8;
            world.to_server.borrow_mut().put(segment(host, port, SYN, round * 1_000 + index, 0, b""));
        }
        world.pass_for(1_000);
    }
    assert!(said(&mut world).iter().all(|(flags, ..)| flags & RST == 0));
    assert!(world.server.counters.drops > 200);
    assert_serves(&mut world, 1_234);
    world.pass_for(2 * limits::HANDSHAKE_TIMEOUT * 1_000);
    assert_eq!(world.server.counters.open_connections, 0);
    assert_serves(&mut world, 1_235);
}

#[test]
fn a_first_packet_that_comes_twice_opens_one_connection() {
    let mut world = world();
    world.to_server.borrow_mut().put(arp_request(9));
    for _ in 0..2 {
        world.to_server.borrow_mut().put(segment(9, 5_000, SYN, 100, 0, b""));
        world.pass_for(10_000);
    }
    let answers = said(&mut world);
    let sequences: Vec<u32> = answers.iter().map(|(_, sequence, _)| *sequence).collect();
    assert!(
        !sequences.is_empty() && sequences.iter().all(|sequence| *sequence == sequences[0]),
        "{answers:x?}"
    );
}

#[test]
fn a_reset_in_the_middle_frees_the_connection() {
    let mut world = world();
    world.to_server.borrow_mut().put(arp_request(9));
    world.to_server.borrow_mut().put(segment(9, 5_000, SYN, 100, 0, b""));
    world.pass_for(10_000);
    let (_, sequence, _) = said(&mut world)[0];
    let ask = request();
    world.to_server.borrow_mut().put(segment(9, 5_000, ACK, 101, sequence + 1, &ask.as_bytes()[..20]));
    world.pass_for(10_000);
    assert_eq!(world.server.counters.open_connections, 1);
    world.to_server.borrow_mut().put(segment(9, 5_000, RST, 121, 0, b""));
    world.pass_for(10_000);
    assert_eq!(world.server.counters.open_connections, 0);
    assert_serves(&mut world, 1_234);
}

#[test]
fn silent_connections_end_by_themselves() {
    let mut world = world();
    let mut client = Client::new(&world);
    let handles: Vec<_> = (0..10).map(|index| client.connect(2_000 + index, 4_096)).collect();
    let mut received = vec![];
    while world.now < 1_000_000 {
        client.step(&mut world, handles[0], &mut received);
    }
    assert_eq!(world.server.counters.open_connections, 10);
    world.pass_for((limits::IDLE_TIMEOUT + limits::LINGER_TIMEOUT + 1_000) * 1_000);
    assert_eq!(world.server.counters.open_connections, 0);
    assert_serves(&mut world, 1_234);
}

#[test]
fn beyond_the_limit_the_idle_give_way_and_the_busy_do_not() {
    let mut world = world();
    let mut client = Client::new(&world);
    let mut received = vec![];
    let handles: Vec<_> = (0..30).map(|index| client.connect(2_000 + index, 4_096)).collect();
    while world.now < 500_000 {
        client.step(&mut world, handles[0], &mut received);
    }
    assert_eq!(world.server.counters.open_connections, PLAN.max_connections as u64);
    assert_eq!(world.server.counters.drops, 10);
    for handle in &handles {
        let socket = client.socket(*handle);
        if socket.may_send() {
            // The start of a request: from now on the connection is not idle.
            socket.send_slice(b"GET / HT").unwrap();
        }
    }
    while world.now < 1_000_000 {
        client.step(&mut world, handles[0], &mut received);
    }
    let answer = client.fetch(&mut world, 3_000, 4_096, &request()).expect("an answer");
    assert!(answer.starts_with(b"HTTP/1.1 503 "), "{:?}", String::from_utf8_lossy(&answer));
}

#[test]
fn noise_does_no_harm() {
    let mut world = world();
    let sound = segment(9, 5_000, SYN, 100, 0, b"some payload");
    for round in 0..20_000usize {
        let mut frame = if round % 3 == 0 { arp_request(9) } else { sound.clone() };
        for _ in 0..1 + round % 3 {
            let mut wire = world.to_server.borrow_mut();
            let (at, bits) = (wire.random() as usize % frame.len(), wire.random() as u8);
            frame[at] ^= bits;
            frame.truncate(frame.len() - at % 5);
        }
        world.to_server.borrow_mut().put(frame);
        if round % 10 == 0 {
            world.pass_for(500);
        }
    }
    world.pass_for(10_000_000);
    assert_serves(&mut world, 1_234);
}
