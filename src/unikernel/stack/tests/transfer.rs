//! Pages arrive whole over wires that lose, double and delay.

mod support;

use hotzone_page::plan::Plan;
use support::client::Client;
use support::page::{body_of, bundle_of};
use support::{HOST, Trouble, World};

const PLAN: Plan = Plan { send_bytes: 65_536, max_connections: 100 };

fn request() -> String {
    format!("GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n")
}

fn arrives_whole(length: usize, trouble: Trouble, window: usize) -> u64 {
    arrives_whole_by(42, length, trouble, window)
}

/// How long it took, in milliseconds of the wire's time.
fn arrives_whole_by(seed: u64, length: usize, trouble: Trouble, window: usize) -> u64 {
    let body = body_of(length);
    let mut world = World::new(bundle_of(&body), trouble, PLAN, seed);
    let mut client = Client::new(&world);
    let received = client.fetch(&mut world, 1_234, window, &request()).expect("the connection ends in order");
    let end = received.windows(4).position(|window| window == b"\r\n\r\n").expect("a head") + 4;
    assert!(received.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert!(received[end..] == body, "{} of {length} bytes, seed {seed}", received.len() - end);
    assert_eq!(world.server.counters.drops, 0);
    world.now / 1_000
}

#[test]
fn over_a_sound_wire() {
    arrives_whole(20 << 20, Trouble::default(), 65_535);
}

/// Without losses it takes 650 ms; a time-out is 200 ms, and there are as many losses as given.
#[test]
fn with_one_in_a_hundred_lost() {
    let time = arrives_whole(20 << 20, Trouble { lost: 10, ..Trouble::default() }, 65_535);
    assert!(time < 6_000, "{time} ms for 150 losses");
}

#[test]
fn with_one_in_twenty_lost() {
    let time = arrives_whole(20 << 20, Trouble { lost: 50, ..Trouble::default() }, 65_535);
    assert!(time < 25_000, "{time} ms for 850 losses");
}

#[test]
fn with_some_lost_doubled_and_late() {
    for seed in 1..10 {
        let trouble = Trouble { lost: 20, doubled: 20, late: 20 };
        let time = arrives_whole_by(seed, 20 << 20, trouble, 65_535);
        assert!(time < 15_000, "{time} ms for 300 losses, seed {seed}");
    }
}

#[test]
fn to_a_client_with_a_tiny_window() {
    arrives_whole(20_000, Trouble::default(), 64);
    arrives_whole(20_000, Trouble { lost: 50, doubled: 20, late: 20 }, 100);
}
