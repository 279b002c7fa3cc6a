//! The loop that the machine spends its life in: take what arrives, answer, send, sleep.

use core::net::IpAddr;

use hotzone_page::bundle::Bundle;
use hotzone_page::command_line::CommandLine;
use hotzone_page::head::HEAD_ROOM;
use hotzone_page::limits::{DEFAULT_MAX_CONNECTIONS, SWEEP_INTERVAL};
use hotzone_page::packet::opening;
use hotzone_page::plan::{LEAST_BYTES, plan};
use hotzone_page::pool::BURST;
use hotzone_page::server::Server;
use smoltcp::iface::{Interface, PollIngressSingleResult, PollResult};
use smoltcp::time::Instant;
use smoltcp::wire::EthernetAddress;

use crate::clock::Clock;
use crate::cpu::{random, time_stamp};
use crate::link::Link;
use crate::nic::Nic;
use crate::sockets::Sockets;
use crate::{fatal, memory, network, power, say};

const LONGEST_SLEEP: u64 = 30_000_000;
const STACK_SPEED: u64 = 5;
/// How often to look for frames on a card that cannot interrupt.
const LOOK_INTERVAL: u64 = 2_000;
/// For the answer to "power off" to be heard.
const LAST_WORDS: u64 = 500_000;
/// The card's buffers, the page's table of contents, and whatever else is not a connection.
const OTHER_HEAP_BYTES: usize = 576 << 10;
/// For heads that come in pieces, more of them than the plan counts on.
const SPARE_HEAP_BYTES: usize = 64 << 10;
pub const LEAST_HEAP_BYTES: usize = OTHER_HEAP_BYTES + LEAST_BYTES;

pub fn serve<N: Nic>(card: N, line: &CommandLine<'static>, bundle: Bundle<'static>, clock: &Clock) -> ! {
    let mut link = Link { nic: card };
    let facts = link.nic.facts();
    let mac = line.mac.unwrap_or(facts.mac);
    let seed = random().unwrap_or_else(time_stamp)
        ^ u64::from_le_bytes([0, 0, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]]);
    let mut interface = network::interface(&mut link, line, mac, seed, now(clock));
    let longest = bundle.representations.iter().map(|each| each.body.len()).max().unwrap_or(0);
    let free = memory::free_bytes().saturating_sub(SPARE_HEAP_BYTES);
    let Some(plan) = plan(free, longest + HEAD_ROOM, line.max_connections, DEFAULT_MAX_CONNECTIONS) else {
        fatal!("the page does not fit: there is no room for connections")
    };
    let mut sockets = Sockets::new(line.port, line.controller, plan);
    let mut server = Server::new(bundle, line.token.as_bytes(), clock.micros() / 1_000);
    sockets.tend(&mut server, clock.micros() / 1_000);
    say!(
        "address: {} mtu {}, at most {} connections with {} KiB each to send",
        EthernetAddress(mac),
        facts.mtu,
        plan.max_connections,
        plan.send_bytes >> 10
    );
    if let Some(ip) = line.ip {
        network::announce(&mut link, mac, ip.address);
    }
    say_serving(line, &server.bundle);
    let mut off_at = None;
    loop {
        link.nic.disarm();
        take_frames(&mut interface, &mut link, &mut sockets, clock);
        let micros = clock.micros();
        sockets.tend(&mut server, micros / 1_000);
        send_frames(&mut interface, &mut link, &mut sockets, clock);
        link.nic.flush();
        memory::check_stack();
        if server.wants_power_off {
            let deadline = *off_at.get_or_insert(micros + LAST_WORDS);
            if sockets.is_quiet() || micros >= deadline {
                say!("power off: the controller says so");
                power::end(power::End::PowerOff);
            }
        }
        let pause = pause(&mut interface, &mut link, &sockets, clock, facts.interrupts);
        if pause > 0 && link.nic.arm() {
            clock.sleep(pause);
        }
    }
}

fn say_serving(line: &CommandLine, bundle: &Bundle) {
    let host = core::str::from_utf8(bundle.host).unwrap_or_default();
    let addresses = [line.ip.map(|ip| IpAddr::V4(ip.address)), line.ip6.map(|ip| IpAddr::V6(ip.address))];
    for address in addresses.into_iter().flatten() {
        say!("serving {host} on {}", core::net::SocketAddr::new(address, line.port));
    }
}

/// No more at a time than sockets wait for clients, so that a flood can neither exhaust them nor starve the rest.
fn take_frames<N: Nic>(interface: &mut Interface, link: &mut Link<N>, sockets: &mut Sockets, clock: &Clock) {
    for _ in 0..BURST {
        let Some(frame) = link.peek() else { return };
        if opening(frame).is_some_and(|ends| !sockets.may_open(ends)) {
            link.drop_frame();
            continue;
        }
        let result = interface.poll_ingress_single(now(clock), link, &mut sockets.set);
        if matches!(result, PollIngressSingleResult::None) {
            return;
        }
    }
}

fn send_frames<N: Nic>(interface: &mut Interface, link: &mut Link<N>, sockets: &mut Sockets, clock: &Clock) {
    for _ in 0..BURST {
        if interface.poll_egress(now(clock), link, &mut sockets.set) == PollResult::None {
            return;
        }
    }
}

/// Microseconds for which there is nothing to do unless something arrives.
fn pause<N: Nic>(
    interface: &mut Interface,
    link: &mut Link<N>,
    sockets: &Sockets,
    clock: &Clock,
    has_interrupts: bool,
) -> u64 {
    let most = match (has_interrupts, sockets.needs_sweep()) {
        (false, _) => LOOK_INTERVAL,
        (true, true) => SWEEP_INTERVAL * 1_000,
        (true, false) => LONGEST_SLEEP,
    };
    if !link.has_room() {
        // Whatever is due cannot be sent: the card says when it can.
        return most;
    }
    interface
        .poll_delay(now(clock), &sockets.set)
        .map_or(most, |delay| (delay.total_micros() / STACK_SPEED).min(most))
}

/// The stack's clock runs faster than time: its least retransmission time-out is 1 s (RFC 6298), which is an age where
/// a segment is lost in a hundred; this makes it the 200 ms of Linux. Whatever else it waits for shrinks alike.
fn now(clock: &Clock) -> Instant {
    Instant::from_micros((clock.micros() * STACK_SPEED) as i64)
}
