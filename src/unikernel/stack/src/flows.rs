//! The connections whose segments pass by, as far as losses are to be made good on them.

use alloc::vec::Vec;
use core::net::IpAddr;

use hotzone_page::limits::STALL_TIMEOUT;
use hotzone_page::segment::{ACK, End, RST, SYN, Segment, read_segment, write_segment};
use hotzone_page::too_big::read_too_big;

use crate::paths::Paths;
use crate::recovery::{DUPLICATES, Recovery};

/// A connection that has said nothing for so long, in microseconds, is known anew when it does.
const FORGET_AFTER: u64 = 1_000_000;
const SWEEP_INTERVAL: u64 = 250_000;

/// A client's end, and the server's address.
type Key = (End, IpAddr);

pub struct Flows {
    /// In the order of their keys.
    flows: Vec<Flow>,
    paths: Paths,
    mac: [u8; 6],
    port: u16,
    swept: u64,
}

struct Flow {
    key: Key,
    recovery: Recovery,
    touched: u64,
}

impl Flows {
    /// For so many connections at most; those beyond wait for time-outs.
    pub fn new(most: usize, mac: [u8; 6], port: u16) -> Flows {
        Flows { flows: Vec::with_capacity(most), paths: Paths::default(), mac, port, swept: 0 }
    }

    /// Looks at a frame that is sent.
    pub fn sent(&mut self, frame: &[u8], now: u64) {
        let Some(segment) = read_segment(frame) else { return };
        match self.find((segment.destination, segment.source.0)) {
            Ok(at) if segment.flags & (RST | SYN) != 0 => drop(self.flows.remove(at)),
            Ok(at) => {
                let flow = &mut self.flows[at];
                flow.recovery.on_sent(&segment, now);
                flow.touched = now;
            }
            Err(at) if segment.payload_bytes > 0 && self.flows.len() < self.flows.capacity() => {
                let key = (segment.destination, segment.source.0);
                self.flows.insert(at, Flow { key, recovery: Recovery::new(&segment, now), touched: now });
            }
            Err(_) => {}
        }
    }

    /// Looks at a frame that came. Some frames are to be handed over after it: they make smoltcp send again what the
    /// client lacks.
    pub fn heard(&mut self, frame: &[u8], now: u64) -> Vec<Vec<u8>> {
        let Some(segment) = read_segment(frame) else { return self.heard_too_big(frame, now) };
        let Ok(at) = self.find((segment.source, segment.destination.0)) else { return Vec::new() };
        if segment.flags & (RST | SYN) != 0 {
            self.flows.remove(at);
            return Vec::new();
        }
        let flow = &mut self.flows[at];
        flow.touched = now;
        if flow.recovery.on_received(&segment, now) { self.reminder(at) } else { Vec::new() }
    }

    /// How long a packet with this frame's segment may be, if that is known.
    pub fn limit(&self, frame: &[u8]) -> Option<usize> {
        if self.paths.is_empty() {
            return None;
        }
        read_segment(frame).and_then(|segment| self.paths.limit(segment.destination.0))
    }

    /// Only who has seen a segment on its way can name it (RFC 5927 section 7.1).
    fn heard_too_big(&mut self, frame: &[u8], now: u64) -> Vec<Vec<u8>> {
        let Some(too_big) = read_too_big(frame).filter(|said| said.source.1 == self.port) else {
            return Vec::new();
        };
        match self.find((too_big.destination, too_big.source.0)) {
            Ok(at)
                if self.flows[at].recovery.is_under_way(too_big.sequence)
                    && self.paths.learn(too_big.destination.0, too_big.mtu, now) =>
            {
                self.flows[at].recovery.resend();
                self.reminder(at)
            }
            _ => Vec::new(),
        }
    }

    /// The same for a client that is silent for too long; to be asked until there are none.
    pub fn overdue(&mut self, now: u64) -> Vec<Vec<u8>> {
        if now >= self.swept + SWEEP_INTERVAL {
            self.swept = now;
            self.flows.retain(|flow| !flow.is_over(now));
            self.paths.forget_old(now);
        }
        let is_overdue = |flow: &Flow| flow.recovery.deadline().is_some_and(|deadline| now >= deadline);
        let Some(at) = self.flows.iter().position(is_overdue) else { return Vec::new() };
        self.flows[at].recovery.probe(now);
        self.reminder(at)
    }

    /// When the next client will have been silent for too long.
    pub fn deadline(&self) -> Option<u64> {
        self.flows.iter().filter_map(|flow| flow.recovery.deadline()).min()
    }

    fn find(&self, key: Key) -> Result<usize, usize> {
        self.flows.binary_search_by(|flow| flow.key.cmp(&key))
    }

    /// The client's last acknowledgment, as often as makes smoltcp resend. Before, another window and the right one
    /// again: that ends its count of duplicates.
    fn reminder(&self, at: usize) -> Vec<Vec<u8>> {
        let Flow { key: (client, server), recovery, .. } = &self.flows[at];
        let word = recovery.word();
        let other = word.window.wrapping_sub(1);
        let windows = [other].into_iter().chain([word.window; 1 + DUPLICATES as usize]);
        let frame = |window| {
            let segment = Segment {
                source: *client,
                destination: (*server, self.port),
                sequence: word.sequence,
                acknowledged: word.acknowledged,
                flags: ACK,
                window,
                has_sack: false,
                payload_bytes: 0,
            };
            write_segment(&segment, self.mac, self.mac)
        };
        windows.map(frame).collect()
    }
}

impl Flow {
    fn is_over(&self, now: u64) -> bool {
        let patience =
            if self.recovery.under_way() == 0 { FORGET_AFTER } else { FORGET_AFTER + STALL_TIMEOUT * 1_000 };
        now - self.touched >= patience
    }
}
