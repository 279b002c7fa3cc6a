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
