//! Against the numbers of Xen's public headers, and against the other side's mistakes.

use hotzone_xen::byte_ring::{Span, arrived, room};
use hotzone_xen::front::{Backend, Front, Step, next_step};
use hotzone_xen::netif::{RECEIVE_SLOT_BYTES, Received, SEND_SLOT_BYTES, SendRequest, receive_request, sent};
use hotzone_xen::request_ring::{responses, size, slot, wants_notice};
use hotzone_xen::store::{HEAD_BYTES, Head, Kind, request, token_of};

#[test]
fn a_byte_ring_is_written_and_read_in_spans_that_do_not_wrap() {
    assert_eq!(room(0, 0, 8), Some(Span { start: 0, length: 8 }));
    assert_eq!(room(6, 3, 8), Some(Span { start: 6, length: 2 }));
    assert_eq!(room(8, 3, 8), Some(Span { start: 0, length: 3 }));
    assert_eq!(room(11, 3, 8), None);
    assert_eq!(arrived(11, 6, 8), Some(Span { start: 6, length: 2 }));
    assert_eq!(arrived(11, 8, 8), Some(Span { start: 0, length: 3 }));
    assert_eq!(arrived(11, 11, 8), None);
}

#[test]
fn counters_of_a_byte_ring_run_freely_over_the_end_of_their_numbers() {
    assert_eq!(room(1, u32::MAX - 1, 8), Some(Span { start: 1, length: 5 }));
    assert_eq!(arrived(1, u32::MAX - 1, 8), Some(Span { start: 6, length: 2 }));
}

#[test]
fn counters_that_make_no_sense_are_a_ring_that_nothing_goes_through() {
    assert_eq!(room(0, 1, 8), None);
    assert_eq!(arrived(20, 3, 8), None);
}

#[test]
fn both_rings_of_a_network_card_have_256_slots() {
    assert_eq!((size(SEND_SLOT_BYTES), size(RECEIVE_SLOT_BYTES)), (256, 256));
    assert_eq!(slot(1, SEND_SLOT_BYTES), 76);
    assert_eq!(slot(256 + 3, RECEIVE_SLOT_BYTES), 64 + 24);
    assert_eq!(slot(u32::MAX, SEND_SLOT_BYTES), 64 + 255 * 12);
}

#[test]
fn the_other_side_is_told_when_the_request_that_it_waits_for_is_there() {
    assert!(wants_notice(5, 6, 6));
    assert!(wants_notice(5, 9, 7));
    assert!(!wants_notice(5, 6, 7));
    assert!(!wants_notice(5, 6, 5));
    assert!(wants_notice(u32::MAX, 1, 1));
}

#[test]
fn more_responses_than_requests_are_none() {
    assert_eq!(responses(7, 4, 5), 3);
    assert_eq!(responses(7, 4, 2), 0);
    assert_eq!(responses(1, u32::MAX, 2), 2);
}

#[test]
fn slots_are_as_the_public_headers_lay_them_out() {
    let frame = SendRequest { grant: 0x1122, offset: 2048, id: 7, size: 60, is_blank: true };
    assert_eq!(frame.words(), [0x1122, 2048 | 3 << 16, 7 | 60 << 16]);
    assert_eq!(SendRequest { is_blank: false, ..frame }.words()[1], 2048);
    assert_eq!(receive_request(9, 77), [9, 77]);
    assert_eq!(sent(0xffff_0009), 9);
    assert_eq!(Received::of([3 | 2 << 16, 60 << 16]), Received { id: 3, frame: Some((2, 60)) });
}

#[test]
fn what_is_not_a_whole_frame_in_its_page_is_none() {
    let error = (-1i16) as u16 as u32;
    for second in [error << 16, 0, 60 << 16 | 4, 60 << 16 | 8] {
        assert_eq!(Received::of([3, second]), Received { id: 3, frame: None }, "{second:#x}");
    }
    assert_eq!(Received::of([3 | 4_000 << 16, 100 << 16]).frame, None);
}

#[test]
fn a_frontend_follows_its_backend() {
    let mut front = Front::Waiting;
    let mut steps = vec![];
    for state in ["1", "2", "4", "5", "6", "2", "4"] {
        let step = next_step(front, Backend::of(Some(state)));
        front = match step {
            Step::Stay => front,
            Step::Connect => Front::Offered,
            Step::Settle => Front::Connected,
            Step::Close => Front::Closing,
            Step::Start => Front::Waiting,
        };
        steps.push(step);
    }
    use Step::*;
    assert_eq!(steps, [Stay, Connect, Settle, Close, Start, Connect, Settle]);
}

#[test]
fn a_backend_that_vanishes_or_comes_back_unseen_is_waited_for_anew() {
    assert_eq!(next_step(Front::Connected, Backend::of(None)), Step::Close);
    assert_eq!(next_step(Front::Connected, Backend::of(Some("2"))), Step::Close);
    assert_eq!(next_step(Front::Offered, Backend::of(Some("2"))), Step::Stay);
    assert_eq!(next_step(Front::Closing, Backend::of(None)), Step::Start);
    assert_eq!(next_step(Front::Closing, Backend::of(Some("2"))), Step::Start);
    assert_eq!(next_step(Front::Waiting, Backend::of(Some("9"))), Step::Stay);
}

#[test]
fn a_request_of_xenstore_is_a_head_and_its_parts() {
    let message = request(Kind::Write, 5, &[b"a/b", b"\0", b"value"]);
    assert_eq!(message[..HEAD_BYTES], [11, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0]);
    assert_eq!(&message[HEAD_BYTES..], b"a/b\0value");
    let head = Head::of(message[..HEAD_BYTES].try_into().unwrap()).unwrap();
    assert!(head.is(Kind::Write) && head.id == 5 && head.length == 9);
}

#[test]
fn a_message_that_is_longer_than_any_is_refused() {
    let mut head = [0; HEAD_BYTES];
    head[12..].copy_from_slice(&4_097u32.to_le_bytes());
    assert_eq!(Head::of(head), None);
}

#[test]
fn a_watch_event_names_its_token() {
    assert_eq!(token_of(b"control/shutdown\x002\x00"), Some(2));
    for broken in [&b""[..], b"path", b"path\0", b"path\0x\0", b"path\0999\0", b"path\0\xff\0"] {
        assert_eq!(token_of(broken), None, "{broken:?}");
    }
}
