//! Which segments a client seems to lack, seen from the segments that pass by.
//!
//! smoltcp resends one segment after three duplicate acknowledgments, and everything after a time-out. Where several
//! segments of a window are lost, or a resent one, or one of the last three, that means a time-out each. This says when
//! to resend at once: when an acknowledgment during recovery shows the next gap (NewReno, RFC 6582), when the third one
//! tells of a gap while the client's window grows (RFC 6675 section 2), when fewer than four segments are under way
//! (early retransmit, RFC 5827), and when two round trips pass in silence (a probe for tail losses, RFC 8985 section 7).
//! It also sees to it that what was to be resent is: smoltcp forgets that, and its time-out, when it has to look for the
//! neighbour's MAC address first.

use hotzone_page::segment::{ACK, FIN, RST, SYN, Segment};

/// So many duplicate acknowledgments make smoltcp resend (RFC 5681 section 3.2).
pub const DUPLICATES: u32 = 3;
/// Before it, silence means nothing: timers are not that exact.
const LEAST_PATIENCE: u64 = 10_000;
/// The least that smoltcp has, at the speed of the stack's clock.
const TIME_OUT: u64 = 200_000;
/// A client may keep back an acknowledgment for one segment (RFC 9293 section 3.8.6.3); the time-out comes before.
const SEGMENTS_ANSWERED_AT_ONCE: u32 = 2;

/// One connection's sent bytes. Times are microseconds.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// The client has everything before.
    acknowledged: u32,
    /// The end of what was sent.
    sent: u32,
    /// The last of it is the end mark, which smoltcp resends after a time-out alone: it would forget to, if it were asked
    /// to at once.
    has_ended: bool,
    /// What was sent when a loss was seen: recovery lasts until the client has that.
    until: Option<u32>,
    duplicates: u32,
    /// Those of them in a row that smoltcp takes for duplicates: the window was the same.
    alike: u32,
    longest: u32,
    /// The resent segment that is to be expected; another one is a time-out's.
    is_resending: bool,
    has_probed: bool,
    /// Since when the client has not gone forward, or was last probed.
    since: u64,
    round_trip: Option<u64>,
    timing: Option<(u32, u64)>,
    client_next: u32,
    window: u16,
}

/// The client's end of what it has said, for saying it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    pub sequence: u32,
    pub acknowledged: u32,
    pub window: u16,
}

impl Recovery {
    /// Begins with a segment that is sent when the client has everything before.
    pub fn new(first: &Segment, now: u64) -> Recovery {
        Recovery {
            acknowledged: first.sequence,
            sent: first.end(),
            has_ended: first.flags & FIN != 0,
            until: None,
            duplicates: 0,
            alike: 0,
            longest: first.length(),
            is_resending: false,
            has_probed: false,
            since: now,
            round_trip: None,
            timing: Some((first.end(), now)),
            client_next: first.acknowledged,
            window: 0,
        }
    }

    /// What the client has said last.
    pub fn word(&self) -> Word {
        Word { sequence: self.client_next, acknowledged: self.acknowledged, window: self.window }
    }

    pub fn on_sent(&mut self, segment: &Segment, now: u64) {
        if segment.length() == 0 {
            return;
        }
        self.longest = self.longest.max(segment.length());
        if is_after(segment.end(), self.sent) {
            if self.under_way() == 0 {
                (self.since, self.has_probed) = (now, false);
            }
            self.sent = segment.end();
            self.has_ended = segment.flags & FIN != 0;
            self.timing.get_or_insert((self.sent, now));
            return;
        }
        // RFC 6298 section 3: what was sent twice says nothing about time.
        self.timing = None;
        if !core::mem::take(&mut self.is_resending) && segment.sequence == self.acknowledged {
            // A time-out: everything is sent again.
            self.until = None;
            self.has_probed = true;
        }
    }

    /// Whether the first segment that the client lacks is to be sent again now.
    pub fn on_received(&mut self, segment: &Segment, now: u64) -> bool {
        if segment.flags & (ACK | RST | SYN) != ACK {
            return false;
        }
        let is_same_window = core::mem::replace(&mut self.window, segment.window) == segment.window;
        if is_after(segment.end(), self.client_next) {
            self.client_next = segment.end();
        }
        let acknowledged = segment.acknowledged;
        if is_after(acknowledged, self.acknowledged) && !is_after(acknowledged, self.sent) {
            return self.on_progress(acknowledged, now);
        }
        if !is_same_window {
            self.alike = 0;
        }
        let is_duplicate = acknowledged == self.acknowledged
            && segment.length() == 0
            && (is_same_window || segment.has_sack);
        if !is_duplicate || self.bytes_under_way() == 0 {
            return false;
        }
        self.duplicates += 1;
        self.alike += u32::from(is_same_window);
        let segments = self.bytes_under_way().div_ceil(self.longest);
        let is_early = self.duplicates < DUPLICATES && self.duplicates + 1 == segments;
        let is_enough = self.duplicates == DUPLICATES;
        if is_early || is_enough {
            self.begin();
        }
        is_early || is_enough && self.alike < DUPLICATES
    }

    /// Whether a segment that begins there is under way.
    pub fn is_under_way(&self, sequence: u32) -> bool {
        sequence.wrapping_sub(self.acknowledged) < self.bytes_under_way()
    }

    /// When to look whether the client is silent for too long; `None`: it need not be looked for.
    pub fn deadline(&self) -> Option<u64> {
        let bytes = self.bytes_under_way();
        let is_awaited = bytes >= SEGMENTS_ANSWERED_AT_ONCE * self.longest && !self.has_probed;
        let probe = self.round_trip.filter(|_| is_awaited).map(|time| (2 * time).max(LEAST_PATIENCE));
        let reminder = (self.is_resending && bytes > 0).then_some(TIME_OUT);
        let patience = probe.into_iter().chain(reminder).min().filter(|_| self.window > 0)?;
        Some(self.since + patience)
    }

    /// The client was silent for too long.
    pub fn probe(&mut self, now: u64) {
        (self.since, self.has_probed) = (now, true);
        self.begin();
    }

    /// What is under way is lost, as somebody else said.
    pub fn resend(&mut self) {
        self.begin();
    }

    fn on_progress(&mut self, acknowledged: u32, now: u64) -> bool {
        self.acknowledged = acknowledged;
        (self.duplicates, self.alike) = (0, 0);
        (self.since, self.has_probed) = (now, false);
        if let Some((_, then)) = self.timing.take_if(|(end, _)| !is_after(*end, acknowledged)) {
            let sample = now - then;
            self.round_trip = Some(self.round_trip.map_or(sample, |known| (7 * known + sample) / 8));
        }
        let is_partial =
            self.until.is_some_and(|until| is_after(until, acknowledged)) && self.bytes_under_way() > 0;
        self.is_resending = is_partial;
        if !is_partial {
            self.until = None;
        }
        is_partial
    }

    fn begin(&mut self) {
        self.until.get_or_insert(self.sent);
        self.is_resending = true;
    }

    /// What was sent and not acknowledged.
    pub fn under_way(&self) -> u32 {
        self.sent.wrapping_sub(self.acknowledged)
    }

    fn bytes_under_way(&self) -> u32 {
        self.under_way().saturating_sub(u32::from(self.has_ended))
    }
}

/// Sequence numbers go round (RFC 9293 section 3.4).
fn is_after(one: u32, other: u32) -> bool {
    (one.wrapping_sub(other) as i32) > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::net::{IpAddr, Ipv4Addr};

    const LENGTH: u32 = 1_000;
    const CLIENT: u32 = 70;

    fn segment(sequence: u32, acknowledged: u32, payload: u32, flags: u8) -> Segment {
        let end = (IpAddr::V4(Ipv4Addr::LOCALHOST), 1);
        let payload_bytes = payload as usize;
        Segment {
            source: end,
            destination: end,
            sequence,
            acknowledged,
            flags,
            window: 9,
            has_sack: false,
            payload_bytes,
        }
    }

    fn data(index: u32) -> Segment {
        segment(index.wrapping_sub(2).wrapping_mul(LENGTH), CLIENT, LENGTH, ACK)
    }

    fn acknowledgment(index: u32) -> Segment {
        segment(CLIENT, data(index).sequence, 0, ACK)
    }

    /// So many segments at time 0, the sequence going round after the second; the first arrives after 1 ms.
    fn sent(count: u32) -> Recovery {
        let mut recovery = Recovery::new(&data(0), 0);
        for index in 1..count {
            recovery.on_sent(&data(index), 0);
        }
        assert!(!recovery.on_received(&acknowledgment(1), 1_000));
        recovery
    }

    #[test]
    fn in_recovery_every_gap_is_filled_when_it_shows() {
        let mut recovery = sent(10);
        for _ in 0..DUPLICATES {
            // smoltcp counts these itself.
            assert!(!recovery.on_received(&acknowledgment(1), 2_000));
        }
        recovery.on_sent(&data(1), 2_000);
        assert!(recovery.on_received(&acknowledgment(4), 3_000));
        assert_eq!(recovery.word(), Word { sequence: CLIENT, acknowledged: data(4).sequence, window: 9 });
        recovery.on_sent(&data(4), 3_000);
        assert!(!recovery.on_received(&acknowledgment(10), 4_000));
        recovery.on_sent(&data(10), 4_000);
        recovery.on_sent(&data(11), 4_000);
        assert!(!recovery.on_received(&acknowledgment(11), 5_000));
    }

    #[test]
    fn after_a_time_out_gaps_are_left_to_it() {
        let mut recovery = sent(10);
        for _ in 0..DUPLICATES {
            recovery.on_received(&acknowledgment(1), 2_000);
        }
        recovery.on_sent(&data(1), 2_000);
        recovery.on_sent(&data(1), 202_000);
        assert!(!recovery.on_received(&acknowledgment(4), 203_000));
    }

    #[test]
    fn when_few_are_under_way_fewer_duplicates_are_enough() {
        let mut recovery = sent(4);
        assert!(!recovery.on_received(&acknowledgment(1), 2_000));
        assert!(recovery.on_received(&acknowledgment(1), 2_000));
        assert!(sent(3).on_received(&acknowledgment(1), 2_000));
        assert!(!sent(2).on_received(&acknowledgment(1), 2_000));
    }

    #[test]
    fn silence_is_probed_once() {
        let mut recovery = sent(4);
        assert_eq!(recovery.deadline(), Some(1_000 + LEAST_PATIENCE));
        assert!(recovery.is_under_way(data(1).sequence) && recovery.is_under_way(data(3).sequence));
        assert!(!recovery.is_under_way(data(0).sequence) && !recovery.is_under_way(data(4).sequence));
        recovery.probe(11_000);
        recovery.on_sent(&data(1), 11_000);
        assert_eq!(recovery.deadline(), None);
        assert!(recovery.on_received(&acknowledgment(2), 12_000));
        assert_eq!(recovery.deadline(), Some(12_000 + LEAST_PATIENCE));
    }

    #[test]
    fn what_was_to_be_resent_and_was_not_is_asked_for_again() {
        let mut recovery = sent(2);
        assert_eq!(recovery.deadline(), None);
        recovery.resend();
        assert_eq!(recovery.deadline(), Some(1_000 + TIME_OUT));
        recovery.probe(201_000);
        assert_eq!(recovery.deadline(), Some(201_000 + TIME_OUT));
        recovery.on_sent(&data(1), 202_000);
        assert_eq!(recovery.deadline(), None);
    }

    #[test]
    fn gaps_count_while_the_window_grows() {
        let mut recovery = sent(10);
        let gap = |window, has_sack| Segment { window, has_sack, ..acknowledgment(1) };
        // Without a gap told it is a client that has read on.
        for window in 10..20 {
            assert!(!recovery.on_received(&gap(window, false), 2_000));
        }
        assert!(!recovery.on_received(&gap(20, true), 2_000));
        assert!(!recovery.on_received(&gap(20, true), 2_000));
        assert!(recovery.on_received(&gap(21, true), 2_000));
        assert!(!recovery.on_received(&gap(22, true), 2_000));
    }

    #[test]
    fn an_end_mark_alone_is_not_asked_for() {
        let mut recovery = sent(2);
        recovery.on_sent(&segment(data(2).sequence, CLIENT, 0, ACK | FIN), 2_000);
        assert!(!recovery.on_received(&acknowledgment(2), 3_000));
        for _ in 0..5 {
            assert!(!recovery.on_received(&acknowledgment(2), 4_000));
        }
        assert_eq!((recovery.under_way(), recovery.deadline()), (1, None));
    }
}
