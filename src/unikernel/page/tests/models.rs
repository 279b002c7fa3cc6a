//! Connections and the socket pool against models of them: whatever happens in whatever order.

mod support;

use hotzone_page::connection::{Connection, Next, Stream};
use hotzone_page::head::HEAD_ROOM;
use hotzone_page::limits;
use hotzone_page::pool::{BACKLOG, BURST, Seat, Step, next_step, oldest_idle};
use support::random::{Random, rounds};
use support::{Client, requests, server};

/// A request that is complete, its answer, and whether the connection stays after it.
struct Exchange {
    request: String,
    answer: Vec<u8>,
    stays: bool,
}

fn exchanges() -> Vec<Exchange> {
    let alone = |request: String| {
        let mut client = Client::saying(&[request.as_bytes()]);
        let mut connection = Connection::new(false, 0);
        let next = client.converse(&mut connection, &mut server(), 0);
        let is_complete = next == Next::Close || connection.idle_since().is_some();
        let exchange = Exchange { request, answer: client.received, stays: next == Next::Stay };
        is_complete.then_some(exchange)
    };
    let found: Vec<Exchange> = requests().into_iter().filter_map(alone).collect();
    assert!(found.iter().filter(|exchange| exchange.stays).count() > 100);
    found
}

#[test]
fn requests_one_after_the_other_are_answered_as_each_alone_at_whatever_pace() {
    let exchanges = exchanges();
    rounds(3_000, |random| {
        let chosen: Vec<&Exchange> = (0..1 + random.below(40)).map(|_| random.pick(&exchanges)).collect();
        let said: Vec<u8> = chosen.iter().flat_map(|exchange| exchange.request.bytes()).collect();
        // After an answer that closes nothing more is heard.
        let heard = chosen.iter().position(|exchange| !exchange.stays).map_or(chosen.len(), |at| at + 1);
        let expected: Vec<u8> = chosen[..heard].iter().flat_map(|exchange| exchange.answer.clone()).collect();

        let mut left: Vec<Vec<u8>> =
            random.cut(&said).into_iter().rev().filter(|piece| !piece.is_empty()).map(Vec::from).collect();
        let (mut client, mut connection, mut server) =
            (Client::saying(&[]), Connection::new(false, 0), server());
        client.window = HEAD_ROOM + random.below(4_000);
        let (mut now, mut next) = (0, Next::Stay);
        while next == Next::Stay {
            let before = (left.len(), client.pieces.len(), client.in_flight.len(), client.received.len());
            if random.once_in(2) {
                client.pieces.extend(left.pop());
            }
            if random.once_in(2) {
                let length = random.below(3_000);
                client.take_some(length);
            }
            now += random.below(3) as u64;
            next = connection.advance(&mut client, &mut server, now);
            assert!(client.in_flight.len() <= client.window);
            let after = (left.len(), client.pieces.len(), client.in_flight.len(), client.received.len());
            let is_over = left.is_empty() && client.in_flight.is_empty() && client.pieces.is_empty();
            if is_over && before == after {
                break;
            }
        }
        client.take();
        assert_eq!(next, if chosen[heard - 1].stays { Next::Stay } else { Next::Close });
        assert!(client.received == expected, "{:?}", String::from_utf8_lossy(&said));
    });
}

#[test]
fn a_client_that_falls_silent_is_let_go_whatever_it_has_said() {
    let requests = requests();
    // The longest way out: a stalled response.
    let patience = limits::STALL_TIMEOUT + limits::REQUEST_TIMEOUT + limits::IDLE_TIMEOUT;
    rounds(10_000, |random| {
        let request = random.pick(&requests).as_bytes();
        let said = &request[..random.below(request.len() + 1)];
        let (mut client, mut connection, mut server) =
            (Client::saying(&random.cut(said)), Connection::new(random.once_in(9), 0), server());
        server.is_draining = random.once_in(4);
        client.window = HEAD_ROOM + random.below(2_000);
        let takes = random.once_in(2);
        client.is_finished = random.once_in(4);
        let mut now = 0;
        while connection.advance(&mut client, &mut server, now) == Next::Stay {
            assert!(now <= patience, "still there after {now} ms: {:?}", String::from_utf8_lossy(said));
            if takes {
                client.take();
            }
            now += 1 + random.below(limits::SWEEP_INTERVAL as usize * 4) as u64;
        }
        assert!(takes || client.unacknowledged() <= client.window);
    });
}

const NOW: u64 = 100_000;

fn seat(random: &mut Random) -> Seat {
    let since = NOW - random.below(8_000) as u64;
    match random.below(7) {
        0 => Seat::Free,
        1 => Seat::Listening,
        2 => Seat::HalfOpen { since },
        3 => Seat::Busy,
        4 => Seat::Idle { since },
        5 => Seat::Closing { since },
        _ => Seat::Closed { since },
    }
}

fn is_used(seat: &Seat) -> bool {
    matches!(seat, Seat::Busy | Seat::Idle { .. })
}

#[test]
fn the_pool_finds_places_without_taking_any_that_is_used() {
    rounds(20_000, |random| {
        let max_connections = 1 + random.below(150);
        let most = max_connections + BACKLOG;
        // Sometimes nearly all are alike, as in a flood.
        let common = seat(random);
        let is_flood = random.once_in(2);
        let mut seats: Vec<Seat> = (0..random.below(most + 1))
            .map(|_| if is_flood && !random.once_in(10) { common } else { seat(random) })
            .collect();
        for turn in 0.. {
            assert!(turn <= 2 * most, "no end");
            match next_step(seats.iter().copied(), max_connections, NOW) {
                Step::Grow => seats.push(Seat::Free),
                Step::Listen(index) => {
                    assert!(!matches!(seats[index], Seat::Listening), "it listens already");
                    assert!(!is_used(&seats[index]), "a used place was taken");
                    seats[index] = Seat::Listening;
                }
                Step::Shrink(index) => {
                    assert!(!is_used(&seats[index]), "a used place was taken");
                    assert!(!matches!(seats[index], Seat::Listening), "a place for clients was taken");
                    seats.swap_remove(index);
                }
                Step::Rest => break,
            }
            assert!(seats.len() <= most, "more sockets than memory is planned for");
        }

        let count = |which: fn(&Seat) -> bool| seats.iter().filter(|seat| which(seat)).count();
        let listening = count(|seat| matches!(seat, Seat::Listening));
        let half_open =
            count(|seat| matches!(seat, Seat::HalfOpen { since } if NOW - since >= limits::HANDSHAKE_GRACE));
        let leaving = count(|seat| matches!(seat, Seat::Free | Seat::Closing { .. } | Seat::Closed { .. }));
        if listening < BACKLOG {
            assert_eq!((seats.len(), leaving), (most, 0), "somebody waits who could be let in");
            assert!(half_open == 0 || listening >= BURST, "a flood keeps everybody out");
        }
        for seat in &seats {
            let (since, limit) = match *seat {
                Seat::HalfOpen { since } => (since, limits::HANDSHAKE_TIMEOUT),
                Seat::Closing { since } => (since, limits::LINGER_TIMEOUT),
                _ => continue,
            };
            assert!(NOW - since < limit, "{seat:?} is overdue");
        }

        let idle = seats.iter().filter_map(|seat| match seat {
            Seat::Idle { since } => Some(*since),
            _ => None,
        });
        let given_up = oldest_idle(seats.iter().copied()).map(|index| seats[index]);
        assert_eq!(given_up, idle.min().map(|since| Seat::Idle { since }));
    });
}
