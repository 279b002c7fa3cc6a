//! Who gets a place: a stack has one socket for each connection and for each client that may connect next, and
//! under a flood the oldest of those that matter least gives way.

use crate::limits;

/// Sockets that wait for a client, so that a burst of them finds room between two looks.
pub const BACKLOG: usize = 64;
/// Below this many, half-open connections give way: under a flood of first packets they are what never completes.
const SCARCE: usize = BACKLOG / 4;

/// What a socket is used for; times are milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    Free,
    Listening,
    HalfOpen {
        since: u64,
    },
    Busy,
    Idle {
        since: u64,
    },
    /// Our side is closed; only the client's last packets are waited for.
    Closing {
        since: u64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Let a free socket wait for a client.
    Listen(usize),
    /// Make another socket.
    Grow,
    /// Forget the connection of a socket without a word to the client.
    Forget(usize),
    Rest,
}

/// What to do next so that clients find a place; to be asked again until it says `Rest`.
pub fn next_step(seats: impl Iterator<Item = Seat> + Clone, max_connections: usize, now: u64) -> Step {
    let listening = seats.clone().filter(|seat| *seat == Seat::Listening).count();
    if let Some(index) = oldest(seats.clone(), |seat| match seat {
        Seat::Closing { since } if now.saturating_sub(since) >= limits::LINGER_TIMEOUT => Some(since),
        Seat::HalfOpen { since } if now.saturating_sub(since) >= limits::HANDSHAKE_TIMEOUT => Some(since),
        _ => None,
    }) {
        return Step::Forget(index);
    }
    if listening < BACKLOG {
        if let Some(index) = seats.clone().position(|seat| seat == Seat::Free) {
            return Step::Listen(index);
        }
        if seats.clone().count() < max_connections + BACKLOG {
            return Step::Grow;
        }
        let closing = oldest(seats.clone(), |seat| match seat {
            Seat::Closing { since } => Some(since),
            Seat::HalfOpen { since } if listening < SCARCE => Some(since),
            _ => None,
        });
        if let Some(index) = closing {
            return Step::Forget(index);
        }
    }
    Step::Rest
}

/// The connection that gives way to a new one when there are too many: the one that has been idle for longest.
pub fn oldest_idle(seats: impl Iterator<Item = Seat>) -> Option<usize> {
    oldest(seats, |seat| match seat {
        Seat::Idle { since } => Some(since),
        _ => None,
    })
}

fn oldest(seats: impl Iterator<Item = Seat>, since: impl Fn(Seat) -> Option<u64>) -> Option<usize> {
    seats
        .enumerate()
        .filter_map(|(index, seat)| since(seat).map(|since| (since, index)))
        .min()
        .map(|(_, index)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    const NOW: u64 = 1_000_000;

    fn step(seats: &[Seat], max_connections: usize) -> Step {
        next_step(seats.iter().copied(), max_connections, NOW)
    }

    fn full(seat: Seat) -> Vec<Seat> {
        vec![seat; 10 + BACKLOG]
    }

    #[test]
    fn grows_and_listens_until_the_backlog_is_there() {
        let mut seats = Vec::new();
        loop {
            match step(&seats, 10) {
                Step::Grow => seats.push(Seat::Free),
                Step::Listen(index) => seats[index] = Seat::Listening,
                Step::Rest => break,
                step => panic!("{step:?}"),
            }
        }
        assert_eq!(seats, vec![Seat::Listening; BACKLOG]);
    }

    #[test]
    fn a_closing_connection_gives_way_before_the_backlog_shrinks() {
        let mut seats = full(Seat::Busy);
        seats[7] = Seat::Closing { since: NOW - 5 };
        seats[3] = Seat::Closing { since: NOW - 4 };
        assert_eq!(step(&seats, 10), Step::Forget(7));
        assert_eq!(step(&full(Seat::Busy), 10), Step::Rest);
    }

    #[test]
    fn half_open_connections_give_way_only_when_few_sockets_listen() {
        let mut seats = full(Seat::HalfOpen { since: NOW - 1 });
        seats[5] = Seat::HalfOpen { since: NOW - 9 };
        assert_eq!(step(&seats, 10), Step::Forget(5));
        seats[20..20 + SCARCE].fill(Seat::Listening);
        assert_eq!(step(&seats, 10), Step::Rest);
    }

    #[test]
    fn what_takes_too_long_is_forgotten_without_need() {
        for seat in [
            Seat::HalfOpen { since: NOW - limits::HANDSHAKE_TIMEOUT },
            Seat::Closing { since: NOW - limits::LINGER_TIMEOUT },
        ] {
            let mut seats = full(Seat::Listening);
            seats[2] = seat;
            assert_eq!(step(&seats, 10), Step::Forget(2));
        }
    }

    #[test]
    fn the_connection_that_was_idle_for_longest_gives_way() {
        let mut seats = full(Seat::Busy);
        assert_eq!(oldest_idle(seats.iter().copied()), None);
        seats[4] = Seat::Idle { since: 7 };
        seats[9] = Seat::Idle { since: 6 };
        assert_eq!(oldest_idle(seats.iter().copied()), Some(9));
    }
}
