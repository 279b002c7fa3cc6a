//! The event channels that may wake a sleep.

use core::sync::atomic::{AtomicU32, Ordering};

use super::hypercall;
use super::shared_info::Time;

/// Who waits for events; a port of 0 is none.
static PORTS: [AtomicU32; 2] = [AtomicU32::new(0), AtomicU32::new(0)];

#[derive(Clone, Copy)]
pub enum Waiter {
    Store = 0,
    NetworkCard = 1,
}

/// From now on an event on this port, which may be 0, ends a sleep.
pub fn listen(waiter: Waiter, port: u32) {
    PORTS[waiter as usize].store(port, Ordering::Relaxed);
}

/// Sleeps until there is an event, or for so long.
pub fn sleep(micros: u64) {
    let mut ports = [0; PORTS.len()];
    let mut count = 0;
    for port in PORTS.iter().map(|port| port.load(Ordering::Relaxed)).filter(|port| *port != 0) {
        ports[count] = port;
        count += 1;
    }
    hypercall::poll(&ports[..count], Time::read().nanoseconds() + micros * 1_000);
}
