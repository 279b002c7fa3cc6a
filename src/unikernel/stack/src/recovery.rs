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
mod tests;
