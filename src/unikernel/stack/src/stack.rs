//! Takes what arrives, answers, sends, and tells how long it may sleep.

use alloc::boxed::Box;
use alloc::vec::Vec;

use hotzone_page::command_line::CommandLine;
use hotzone_page::limits::SWEEP_INTERVAL;
use hotzone_page::packet::opening;
use hotzone_page::plan::Plan;
use hotzone_page::pool::BURST;
use hotzone_page::server::Server;
use smoltcp::iface::{Interface, PollResult};
use smoltcp::time::Instant;

use crate::flows::Flows;
use crate::link::Link;
use crate::network;
use crate::nic::Nic;
use crate::sockets::Sockets;

const LONGEST_SLEEP: u64 = 30_000_000;
/// How often to look for frames on a card that cannot interrupt.
const LOOK_INTERVAL: u64 = 2_000;
/// The stack's clock runs faster than time: its least retransmission time-out is 1 s (RFC 6298), which is an age where
/// a segment is lost in a hundred; this makes it the 200 ms of Linux. Whatever else it waits for shrinks alike.
const SPEED: u64 = 5;

/// The network side of a server. Times are microseconds of a clock that only goes forward.
pub struct Stack<'b> {
    link: Link,
    interface: Interface,
    sockets: Sockets<'b>,
    has_interrupts: bool,
}

impl<'b> Stack<'b> {
    /// `seed` makes sequence numbers hard to guess.
    pub fn new(
        nic: Box<dyn Nic>,
        mac: [u8; 6],
        line: &CommandLine,
        plan: Plan,
        seed: u64,
        micros: u64,
    ) -> Stack<'b> {
        let has_interrupts = nic.facts().interrupts;
        let flows = Flows::new(plan.max_connections, mac, line.port);
        let mut link = Link::new(nic, flows, micros);
        let interface = network::interface(&mut link, line, mac, seed, instant(micros));
        if let Some(ip) = line.ip {
            network::announce(&mut link, mac, ip.address);
        }
        if let Some(ip) = line.ip6 {
            network::announce6(&mut link, mac, ip.address);
        }
        Stack { link, interface, sockets: Sockets::new(line.port, line.controller, plan), has_interrupts }
    }

    /// Does all that there is to do now.
    pub fn turn(&mut self, server: &mut Server<'b>, micros: u64) {
        self.link.nic.disarm();
        self.link.now = micros;
        self.take_frames(micros);
        self.remind(micros);
        self.sockets.tend(server, micros / 1_000);
        self.send_frames(micros);
        self.link.nic.flush();
    }

    /// For how long there is nothing to do unless something arrives.
    pub fn pause(&mut self, micros: u64) -> u64 {
        let most = match (self.has_interrupts, self.sockets.needs_sweep()) {
            (false, _) => LOOK_INTERVAL,
            (true, true) => SWEEP_INTERVAL * 1_000,
            (true, false) => LONGEST_SLEEP,
        };
        if !self.link.has_room() {
            // Whatever is due cannot be sent: the card says when it can.
            return most;
        }
        let delay = self.interface.poll_delay(instant(micros), &self.sockets.set);
        let silence = self.link.flows.deadline().map_or(most, |deadline| deadline.saturating_sub(micros));
        delay.map_or(most, |delay| (delay.total_micros() / SPEED).min(most)).min(silence)
    }

    /// Lets the card interrupt; `false` when there is something to do already.
    pub fn arm(&mut self) -> bool {
        self.link.nic.arm()
    }

    /// Whether every byte that was said has been heard.
    pub fn is_quiet(&self) -> bool {
        self.sockets.is_quiet()
    }

    /// No more at a time than sockets wait for clients, so that a flood can neither exhaust them nor starve the rest.
    fn take_frames(&mut self, micros: u64) {
        for _ in 0..BURST {
            // Without room smoltcp would leave the frame where it is, and it would be looked at again.
            if !self.link.has_room() {
                return;
            }
            let Some(frame) = self.link.peek() else { return };
            if opening(frame).is_some_and(|ends| !self.sockets.may_open(ends)) {
                self.link.drop_frame();
                continue;
            }
            let reminder = self.link.heard();
            self.take_frame(micros);
            self.take_inserted(reminder, micros);
        }
    }

    /// Has losses made good of which clients say nothing.
    fn remind(&mut self, micros: u64) {
        for _ in 0..BURST {
            let reminder = self.link.flows.overdue(micros);
            if reminder.is_empty() || !self.link.has_room() {
                return;
            }
            self.take_inserted(reminder, micros);
        }
    }

    fn take_inserted(&mut self, frames: Vec<Vec<u8>>, micros: u64) {
        for frame in frames {
            self.link.insert(frame);
            self.take_frame(micros);
        }
    }

    fn take_frame(&mut self, micros: u64) {
        self.interface.poll_ingress_single(instant(micros), &mut self.link, &mut self.sockets.set);
    }

    fn send_frames(&mut self, micros: u64) {
        for _ in 0..BURST {
            let set = &mut self.sockets.set;
            if self.interface.poll_egress(instant(micros), &mut self.link, set) == PollResult::None {
                return;
            }
        }
    }
}

fn instant(micros: u64) -> Instant {
    Instant::from_micros((micros * SPEED) as i64)
}
