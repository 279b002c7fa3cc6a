//! A client behind a router, whose MAC address the server has to ask for again every 12 s.

mod support;

use hotzone_page::plan::Plan;
use support::frames::{ACK, ROUTER, SYN, arp_reply, is_arp_request, parts, routed_segment};
use support::page::{body_of, bundle_of};
use support::{HOST, Trouble, World};

const PLAN: Plan = Plan { send_bytes: 65_536, max_connections: 20 };
const PORT: u16 = 5_000;
/// Of smoltcp's neighbour cache, at the speed of the stack's clock.
const NEIGHBOUR_LIFETIME: u64 = 12_000_000;

struct Download {
    world: World,
    /// What the router was asked for its MAC address at, first to last.
    asked_at: Vec<u64>,
    request_end: u32,
    /// The client has everything before.
    next: u32,
}

impl Download {
    /// A client that has asked for a page.
    fn start() -> Download {
        let world = World::new(bundle_of(&body_of(1 << 20)), Trouble::default(), PLAN, 7);
        let request = format!("GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
        let request_end = 101 + request.len() as u32;
        let mut download = Download { world, asked_at: vec![], request_end, next: 0 };
        download.put(routed_segment(PORT, SYN, 100, 0, b""));
        download.next = download.sent(10_000)[0].1.wrapping_add(1);
        download.put(routed_segment(PORT, ACK, 101, download.next, request.as_bytes()));
        download
    }

    fn put(&mut self, frame: Vec<u8>) {
        self.world.to_server.borrow_mut().put(frame);
    }

    fn acknowledge(&mut self) {
        self.put(routed_segment(PORT, ACK, self.request_end, self.next, b""));
    }

    /// The server's segments in so much time, each as where it begins and ends; the router answers meanwhile.
    fn sent(&mut self, micros: u64) -> Vec<(u8, u32, u32)> {
        let mut segments = vec![];
        let end = self.world.now + micros;
        while self.world.now < end {
            self.world.pass_for(1_000);
            let frames = std::mem::take(&mut self.world.to_client.borrow_mut().log);
            for frame in &frames {
                if is_arp_request(frame, ROUTER) {
                    self.asked_at.push(self.world.now);
                    self.put(arp_reply(ROUTER));
                }
                segments.extend(
                    parts(frame)
                        .map(|(flags, from, _)| (flags, from, from.wrapping_add(frame.len() as u32 - 54))),
                );
            }
        }
        segments
    }
}

#[test]
fn what_is_lost_just_when_the_router_has_to_be_asked_is_sent_again() {
    let mut download = Download::start();
    // A slow client, which is sent a little in every 100 ms, until just before the router's MAC address is forgotten.
    download.sent(50_000);
    let forgotten_at = download.asked_at[0] + NEIGHBOUR_LIFETIME;
    while download.world.now < forgotten_at - 100_000 {
        download.next = download.next.wrapping_add(536);
        download.acknowledge();
        download.sent(90_000);
    }
    download.sent(forgotten_at + 2_000 - download.world.now);
    let asked_before = download.asked_at.len();
    for _ in 0..4 {
        download.acknowledge();
    }
    let lost = download.next;
    // Within a few time-outs.
    let again = download.sent(1_000_000);
    assert_eq!(download.asked_at.len(), asked_before + 1, "the router is asked");
    assert!(again.iter().any(|(_, from, _)| *from == lost), "{again:?} without {lost}");
}
