//! Strangers who know the protocol and break its rules: the server neither falls nor forgets the others.

mod support;

use hotzone_page::limits;
use hotzone_page::plan::Plan;
use support::client::Client;
use support::noise::Noise;
use support::page::{body_of, bundle_of};
use support::random::rounds;
use support::{HOST, Trouble, World};

const PLAN: Plan = Plan { send_bytes: 8_192, max_connections: 20 };

const HOUR: u64 = 3_600_000_000;

fn request() -> String {
    format!("GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n")
}

#[test]
fn whatever_strangers_say_the_next_client_is_served_and_nothing_stays_behind() {
    let body = body_of(30_000);
    let mut answered = 0;
    let done = rounds(60, |random| {
        let mut world = World::new(bundle_of(&body), Trouble::default(), PLAN, random.next());
        let mut noise = Noise::new(1 + random.below(40) as u8);
        for _ in 0..1_000 {
            noise.act(random, &mut world);
            // Mostly so that the server has answered before the next one; sometimes all at once.
            if !random.once_in(3) {
                world.pass_for(random.below(3_000) as u64);
            }
        }
        answered += world.server.counters.requests;
        let received = Client::new(&world).fetch(&mut world, 1_234, 65_535, &request()).expect("an answer");
        // As many may be busy as there is room for.
        assert!(received.ends_with(&body) || received.starts_with(b"HTTP/1.1 503 "));
        world.pass_for((limits::STALL_TIMEOUT + limits::REQUEST_TIMEOUT + limits::IDLE_TIMEOUT) * 1_000);
        assert_eq!(world.server.counters.open_connections, 0);
        let received = Client::new(&world).fetch(&mut world, 1_235, 65_535, &request()).expect("an answer");
        assert!(received.ends_with(&body));
    });
    assert!(answered > 2 * done, "the strangers got as far as a request: {answered} in {done} rounds");
}

#[test]
fn a_transfer_among_strangers_arrives_whole() {
    let body = body_of(200_000);
    rounds(20, |random| {
        let trouble = Trouble { lost: random.below(20) as u64, doubled: 10, late: 10 };
        let mut world = World::new(bundle_of(&body), trouble, PLAN, random.next());
        // Fewer than there is room for.
        let mut noise = Noise::new(1 + random.below(8) as u8);
        // Who takes the client's address may have its answers.
        noise.lies = false;
        let mut client = Client::new(&world);
        // In a flood a connection may be lost before it is made: then a client tries again, but it is never cut off later.
        let received = (1_234..1_238)
            .map(|port| {
                let handle = client.connect(port, 65_535);
                let (mut received, mut is_asked) = (vec![], false);
                while !received.ends_with(&body) && client.socket(handle).is_open() {
                    assert!(world.now < HOUR, "{} bytes", received.len());
                    noise.act(random, &mut world);
                    client.step(&mut world, handle, &mut received);
                    let socket = client.socket(handle);
                    if socket.may_send() && !is_asked {
                        socket.send_slice(request().as_bytes()).expect("there is room");
                        is_asked = true;
                    }
                }
                received
            })
            .find(|received| !received.is_empty())
            .expect("an answer");
        assert!(received.ends_with(&body), "{} bytes", received.len());
    });
}
