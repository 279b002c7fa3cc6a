//! The loop that the machine spends its life in.

use alloc::boxed::Box;
use core::net::{IpAddr, SocketAddr};

use hotzone_page::bundle::Bundle;
use hotzone_page::command_line::CommandLine;
use hotzone_page::head::HEAD_ROOM;
use hotzone_page::limits::DEFAULT_MAX_CONNECTIONS;
use hotzone_page::plan::{LEAST_BYTES, plan};
use hotzone_page::server::Server;
use hotzone_stack::Stack;
use hotzone_stack::nic::Nic;

use crate::clock::Clock;
use crate::cpu::{random, time_stamp};
use crate::machine::Machine;
use crate::{fatal, memory, power, say};

/// For the answer to "power off" to be heard.
const LAST_WORDS: u64 = 500_000;
/// For connections to end by themselves when the toolstack wants the machine off.
const DRAIN: u64 = 10_000_000;
/// The card's buffers, the page's table of contents, and whatever else is not a connection.
const OTHER_HEAP_BYTES: usize = 576 << 10;
/// For heads that come in pieces, more of them than the plan counts on.
const SPARE_HEAP_BYTES: usize = 64 << 10;
pub const LEAST_HEAP_BYTES: usize = OTHER_HEAP_BYTES + LEAST_BYTES;

pub fn serve(
    machine: &mut dyn Machine,
    card: Box<dyn Nic>,
    line: &CommandLine<'static>,
    bundle: Bundle<'static>,
    clock: &Clock,
) -> ! {
    let facts = card.facts();
    let mac = line.mac.unwrap_or(facts.mac);
    let longest = bundle.representations.iter().map(|each| each.body.len()).max().unwrap_or(0);
    let free = memory::free_bytes().saturating_sub(SPARE_HEAP_BYTES);
    let Some(plan) = plan(free, longest + HEAD_ROOM, line.max_connections, DEFAULT_MAX_CONNECTIONS) else {
        fatal!("the page does not fit: there is no room for connections")
    };
    let [a, b, c, d, e, f] = mac;
    say!(
        "address: {a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x} mtu {}, at most {} connections with {} KiB each to send",
        facts.mtu,
        plan.max_connections,
        plan.send_bytes >> 10
    );
    let seed = random().unwrap_or_else(time_stamp) ^ u64::from_le_bytes([0, 0, a, b, c, d, e, f]);
    let mut stack = Stack::new(card, mac, line, plan, seed, clock.micros());
    let mut server = Server::new(bundle, line.token.as_bytes(), clock.micros() / 1_000);
    stack.turn(&mut server, clock.micros());
    say_serving(line, &server.bundle);
    machine.serves();
    let (mut off_at, mut end_at) = (None, None);
    loop {
        stack.turn(&mut server, clock.micros());
        if machine.is_told_to_end() {
            server.is_draining = true;
            end_at.get_or_insert(clock.micros() + DRAIN);
        }
        if end_at.is_some_and(|deadline| server.counters.open_connections == 0 || clock.micros() >= deadline)
        {
            say!("power off: the toolstack says so");
            power::end(power::End::PowerOff);
        }
        if server.wants_power_off {
            let deadline = *off_at.get_or_insert(clock.micros() + LAST_WORDS);
            if stack.is_quiet() || clock.micros() >= deadline {
                say!("power off: the controller says so");
                power::end(power::End::PowerOff);
            }
        }
        let pause = stack.pause(clock.micros());
        if pause > 0 && stack.arm() {
            machine.sleep(clock, pause);
        }
    }
}

fn say_serving(line: &CommandLine, bundle: &Bundle) {
    let host = core::str::from_utf8(bundle.host).unwrap_or_default();
    let addresses = [line.ip.map(|ip| IpAddr::V4(ip.address)), line.ip6.map(|ip| IpAddr::V6(ip.address))];
    for address in addresses.into_iter().flatten() {
        say!("serving {host} on {}", SocketAddr::new(address, line.port));
    }
}
