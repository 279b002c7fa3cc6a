//! How fast two counters go, by one whose speed is known, on a machine that may stand still at any moment: other
//! machines have its processor meanwhile.

/// All counters at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// The time-stamp counter before and after the others were read.
    pub before: u64,
    pub after: u64,
    /// Counts down from 65,535 again and again, at the known speed.
    pub known: u16,
    /// Counts up.
    pub timer: u64,
}

/// The speeds of the time-stamp counter and of the timer, per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speeds {
    pub time_stamp_hz: u64,
    pub timer_hz: u64,
}

/// One try takes so many ticks of the known counter at least, of which there are `known_hz` in a second.
pub struct Known {
    pub hz: u64,
    pub ticks: u16,
}

const MOST_TRIES: usize = 20;
const MOST_READINGS: usize = 1_000_000;
/// A try in which no two readings were further apart than this part of it is as exact as anybody needs.
const EXACT: u64 = 32;

/// The first exact try, or else the most exact one; `None` when a counter stands still.
pub fn calibrate(known: &Known, mut read: impl FnMut() -> Reading) -> Option<Speeds> {
    let mut best: Option<(u64, Speeds)> = None;
    for _ in 0..MOST_TRIES {
        let (parts, speeds) = attempt(known, &mut read)?;
        if best.is_none_or(|(most, _)| parts > most) {
            best = Some((parts, speeds));
        }
        if parts >= EXACT {
            break;
        }
    }
    best.map(|(_, speeds)| speeds)
}

/// The speeds, and how often the longest gap between two readings fits into the whole. Who stood still for as long as
/// the known counter takes to go round has a whole that is hardly more than its longest gap.
fn attempt(known: &Known, read: &mut impl FnMut() -> Reading) -> Option<(u64, Speeds)> {
    let first = read();
    let (mut last, mut longest) = (first, first.after - first.before);
    for _ in 0..MOST_READINGS {
        let next = read();
        longest = longest.max(next.after - last.after);
        last = next;
        let elapsed = first.known.wrapping_sub(next.known);
        if elapsed >= known.ticks {
            let per_second = |ticks: u64| ticks * known.hz / u64::from(elapsed);
            let (whole, timer) = (next.after - first.after, next.timer - first.timer);
            let speeds = Speeds { time_stamp_hz: per_second(whole), timer_hz: per_second(timer) };
            return (whole > 0 && timer > 0).then_some((whole / longest.max(1), speeds));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Known = Known { hz: 1_000_000, ticks: 5_000 };
    const TRUE: Speeds = Speeds { time_stamp_hz: 2_000_000_000, timer_hz: 62_000_000 };

    /// A machine that is read every 10 us, and stands still before the readings that `stands` says, for so many us.
    fn machine(stands: impl Fn(u64) -> u64) -> impl FnMut() -> Reading {
        let (mut now, mut count) = (0u64, 0);
        move || {
            let before = now;
            now += 10 + stands(count);
            count += 1;
            let read_at = now;
            Reading {
                before: before * 2_000,
                after: read_at * 2_000,
                known: 65_535 - (read_at % 65_536) as u16,
                timer: read_at * 62,
            }
        }
    }

    fn is_right(speeds: Speeds) -> bool {
        let differs = |one: u64, other: u64| one.abs_diff(other) * 50 > other;
        !differs(speeds.time_stamp_hz, TRUE.time_stamp_hz) && !differs(speeds.timer_hz, TRUE.timer_hz)
    }

    #[test]
    fn an_undisturbed_machine_is_measured_once() {
        let mut count = 0;
        let mut machine = machine(|_| 0);
        let speeds = calibrate(&KNOWN, || {
            count += 1;
            machine()
        });
        assert_eq!(speeds, Some(TRUE));
        assert_eq!(count, 501);
    }

    #[test]
    fn a_machine_that_stood_still_is_measured_again() {
        // As long as the known counter takes to go round, a little longer, and several times.
        for stand in [3_000, 65_536, 66_000, 200_000] {
            for at in [0, 1, 250, 499] {
                let speeds = calibrate(&KNOWN, machine(|count| if count == at { stand } else { 0 })).unwrap();
                assert!(is_right(speeds), "{stand} us at {at}: {speeds:?}");
            }
        }
    }

    #[test]
    fn of_tries_that_are_all_disturbed_the_best_is_taken() {
        let often = |count: u64| {
            if count.is_multiple_of(100) { [300, 70_000][(count / 700 % 2) as usize] } else { 0 }
        };
        let speeds = calibrate(&KNOWN, machine(often)).unwrap();
        assert!(is_right(speeds), "{speeds:?}");
    }

    #[test]
    fn a_counter_that_stands_still_is_told() {
        let still = Reading { before: 0, after: 1, known: 7, timer: 0 };
        assert_eq!(calibrate(&KNOWN, || still), None);
        let mut machine = machine(|_| 0);
        assert_eq!(calibrate(&KNOWN, || Reading { timer: 3, ..machine() }), None);
    }
}
