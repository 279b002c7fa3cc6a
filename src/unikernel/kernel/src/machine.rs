//! What a machine can do besides computing, under whichever hypervisor.

use crate::clock::Clock;

pub trait Machine {
    /// Until something arrives, or for so long.
    fn sleep(&mut self, clock: &Clock, micros: u64);
    /// Requests are answered from now on.
    fn serves(&mut self) {}
    /// Whether somebody who may has just said that the machine shall end.
    fn is_told_to_end(&mut self) -> bool {
        false
    }
}

/// One that has nobody to talk to but its network card.
pub struct Plain;

impl Machine for Plain {
    fn sleep(&mut self, clock: &Clock, micros: u64) {
        clock.sleep(micros);
    }
}
