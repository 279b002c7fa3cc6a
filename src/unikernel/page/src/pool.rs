//! Who gets a place: a stack has one socket for each connection and for each client that may connect next, and
//! under a flood the oldest of those that matter least gives way.

use crate::limits;

/// Sockets that wait for a client, so that a burst of them finds room between two looks.
pub const BACKLOG: usize = 64;
/// How many clients may come between two looks.
pub const BURST: usize = BACKLOG / 2;
/// Below this many, half-open connections give way that had the time of a round trip: under a flood of first packets they
/// are what never completes.
const SCARCE: usize = BURST;
/// So many sockets there may always be before strays are no longer waited for: every socket is looked at for every
/// packet, and with a thousand short connections a second waiting would take thousands of them.
const FEW: usize = 2 * BACKLOG;

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
    /// Both sides are closed; only stray packets are waited out (TIME-WAIT).
    Closed {
        since: u64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Let a socket wait for a client; if it has a connection, that is forgotten without a word to its client.
    Listen(usize),
    /// Make another socket.
    Grow,
    /// Put a socket aside; if it has a connection, that is forgotten without a word to its client.
    Shrink(usize),
    Rest,
}

/// The oldest of some seats, in the order in which they are noted.
#[derive(Default)]
struct Oldest(Option<(u64, usize)>);

impl Oldest {
    fn note(&mut self, since: u64, index: usize) {
        if self.0.is_none_or(|(oldest, _)| since < oldest) {
            self.0 = Some((since, index));
        }
    }

    fn index(&self) -> Option<usize> {
        self.0.map(|(_, index)| index)
    }
}

/// What to do next so that clients find a place; to be asked again until it says `Rest`.
pub fn next_step(seats: impl Iterator<Item = Seat>, max_connections: usize, now: u64) -> Step {
    let (mut total, mut listening, mut free) = (0, 0, None);
    let (mut closed, mut closing, mut half_open) = (Oldest::default(), Oldest::default(), Oldest::default());
    for (index, seat) in seats.enumerate() {
        total += 1;
        match seat {
            Seat::Free => free = free.or(Some(index)),
            Seat::Listening => listening += 1,
            Seat::HalfOpen { since } => half_open.note(since, index),
            Seat::Closing { since } => closing.note(since, index),
            Seat::Closed { since } => closed.note(since, index),
            Seat::Busy | Seat::Idle { .. } => {}
        }
    }
    let overdue = |oldest: &Oldest, patience: u64| {
        oldest.0.filter(|(since, _)| now.saturating_sub(*since) >= patience).map(|(_, index)| index)
    };
    let given_up =
        overdue(&closing, limits::LINGER_TIMEOUT).or(overdue(&half_open, limits::HANDSHAKE_TIMEOUT));
    if listening >= BACKLOG {
        // What a flood or a crowd has made must not slow the machine down for ever.
        let is_surplus = total > FEW;
        return match given_up {
            Some(index) if is_surplus => Step::Shrink(index),
            Some(index) => Step::Listen(index),
            None => free.filter(|_| is_surplus).map_or(Step::Rest, Step::Shrink),
        };
    }
    if let Some(index) = given_up {
        return Step::Listen(index);
    }
    let reusable = free.or(closed.index().filter(|_| total >= FEW));
    if reusable.is_none() && total < max_connections + BACKLOG {
        return Step::Grow;
    }
    let scarce = overdue(&half_open, limits::HANDSHAKE_GRACE).filter(|_| listening < SCARCE);
    reusable.or(closed.index()).or(closing.index()).or(scarce).map_or(Step::Rest, Step::Listen)
}

/// The connection that gives way to a new one when there are too many: the one that has been idle for longest.
pub fn oldest_idle(seats: impl Iterator<Item = Seat>) -> Option<usize> {
    let mut idle = Oldest::default();
    for (index, seat) in seats.enumerate() {
        if let Seat::Idle { since } = seat {
            idle.note(since, index);
        }
    }
    idle.index()
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
                Step::Shrink(_) => panic!("there are few"),
                Step::Rest => break,
            }
        }
        assert_eq!(seats, vec![Seat::Listening; BACKLOG]);
    }

    #[test]
    fn a_closing_connection_gives_way_before_the_backlog_shrinks() {
        let mut seats = full(Seat::Busy);
        seats[7] = Seat::Closing { since: NOW - 5 };
        seats[3] = Seat::Closing { since: NOW - 4 };
        assert_eq!(step(&seats, 10), Step::Listen(7));
        assert_eq!(step(&full(Seat::Busy), 10), Step::Rest);
    }

    #[test]
    fn after_a_flood_or_a_crowd_the_sockets_become_few_again() {
        let since = NOW - limits::HANDSHAKE_TIMEOUT;
        for left in [Seat::HalfOpen { since }, Seat::Free] {
            let mut seats = vec![left; 1_000];
            loop {
                match step(&seats, 10_000) {
                    Step::Grow => panic!("there are enough"),
                    Step::Listen(index) => seats[index] = Seat::Listening,
                    Step::Shrink(index) => drop(seats.swap_remove(index)),
                    Step::Rest => break,
                }
            }
            assert!((BACKLOG..=FEW).contains(&seats.len()), "{}", seats.len());
        }
    }

    #[test]
    fn strays_are_waited_out_only_while_sockets_are_few() {
        let mut seats = vec![Seat::Busy; FEW - 1];
        seats[1] = Seat::Closed { since: NOW - 1 };
        assert_eq!(step(&seats, 1_000), Step::Grow);
        seats.push(Seat::Busy);
        assert_eq!(step(&seats, 1_000), Step::Listen(1));
        seats[2] = Seat::Closing { since: NOW - 2 };
        assert_eq!(step(&seats, FEW - BACKLOG), Step::Listen(1));
    }

    #[test]
    fn half_open_connections_give_way_only_when_few_sockets_listen() {
        let since = NOW - limits::HANDSHAKE_GRACE;
        assert_eq!(step(&full(Seat::HalfOpen { since: since + 1 }), 10), Step::Rest);
        let mut seats = full(Seat::HalfOpen { since });
        seats[5] = Seat::HalfOpen { since: since - 9 };
        assert_eq!(step(&seats, 10), Step::Listen(5));
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
            assert_eq!(step(&seats, 10), Step::Listen(2));
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
