//! The machine's addresses, and how it makes them known.

use core::net::{Ipv4Addr, Ipv6Addr};

use hotzone_page::command_line::CommandLine;
use smoltcp::iface::{Config, Interface};
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, HardwareAddress, IpCidr, Ipv4Cidr, Ipv6Address, Ipv6Cidr};

use crate::link::Link;

/// The interface with every address and gateway of the command line.
pub fn interface(link: &mut Link, line: &CommandLine, mac: [u8; 6], seed: u64, now: Instant) -> Interface {
    let mut config = Config::new(HardwareAddress::Ethernet(EthernetAddress(mac)));
    config.random_seed = seed;
    let mut interface = Interface::new(config, link, now);
    interface.update_ip_addrs(|addresses| {
        let mut add = |address: IpCidr| addresses.push(address).expect("there is room for three");
        if let Some(ip) = line.ip {
            add(Ipv4Cidr::new(ip.address, ip.prefix).into());
        }
        if let Some(ip) = line.ip6 {
            add(Ipv6Cidr::new(ip.address, ip.prefix).into());
            add(Ipv6Cidr::new(link_local(mac), 64).into());
        }
    });
    let routes = interface.routes_mut();
    if let Some(gateway) = line.gateway {
        routes.add_default_ipv4_route(gateway).expect("there is room for two");
    }
    if let Some(gateway) = line.gateway6 {
        routes.add_default_ipv6_route(gateway).expect("there is room for two");
    }
    interface
}

/// RFC 4291 appendix A: the address that a router talks to.
fn link_local(mac: [u8; 6]) -> Ipv6Address {
    let [a, b, c, d, e, f] = mac.map(u16::from);
    Ipv6Address::new(0xfe80, 0, 0, 0, (a ^ 2) << 8 | b, c << 8 | 0xff, 0xfe00 | d, e << 8 | f)
}

/// Tells the neighbours whose address it is now (RFC 5227 section 2.3): they may remember another machine's.
pub fn announce(link: &mut Link, mac: [u8; 6], address: Ipv4Addr) {
    const REQUEST_OVER_ETHERNET: [u8; 10] = [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1];
    let address = address.octets();
    let frame = [&[0xff; 6][..], &mac, &REQUEST_OVER_ETHERNET, &mac, &address, &[0; 6], &address].concat();
    link.send(&frame);
}

/// The same for IPv6: an unsolicited neighbour advertisement that overrides (RFC 4861 section 7.2.6).
pub fn announce6(link: &mut Link, mac: [u8; 6], address: Ipv6Addr) {
    const ALL_NODES_MAC: [u8; 6] = [0x33, 0x33, 0, 0, 0, 1];
    const IPV6: [u8; 2] = [0x86, 0xdd];
    const LENGTH: u8 = 32;
    const ICMPV6: u8 = 58;
    const FARTHEST: u8 = 255;
    const ADVERTISEMENT: [u8; 2] = [136, 0];
    const OVERRIDE: [u8; 4] = [0x20, 0, 0, 0];
    const TARGET_LINK_ADDRESS: [u8; 2] = [2, 1];
    let ends = [address.octets(), Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1).octets()].concat();
    let rest = [&OVERRIDE[..], &address.octets(), &TARGET_LINK_ADDRESS, &mac].concat();
    let sum = internet_checksum(&[&ends[..], &[0, LENGTH, 0, ICMPV6], &ADVERTISEMENT, &rest].concat());
    let header = [0x60, 0, 0, 0, 0, LENGTH, ICMPV6, FARTHEST];
    let message = [&ADVERTISEMENT[..], &sum.to_be_bytes(), &rest].concat();
    link.send(&[&ALL_NODES_MAC[..], &mac, &IPV6, &header, &ends, &message].concat());
}

/// RFC 1071, of an even number of bytes.
fn internet_checksum(bytes: &[u8]) -> u16 {
    let pairs = bytes.as_chunks::<2>().0;
    let mut sum: u32 = pairs.iter().map(|pair| u32::from(u16::from_be_bytes(*pair))).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}
