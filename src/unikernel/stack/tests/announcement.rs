//! A machine that starts tells its neighbours whose address it now has.

mod support;

use smoltcp::phy::ChecksumCapabilities;
use smoltcp::wire::{
    ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol, Icmpv6Packet, Icmpv6Repr,
    Ipv4Address, Ipv6Address, Ipv6Packet, NdiscNeighborFlags, NdiscRepr,
};
use support::page::{body_of, bundle_of};
use support::{SERVER_MAC, Trouble, World};

#[test]
fn both_addresses_are_announced_to_everybody() {
    let plan = hotzone_page::plan::Plan { send_bytes: 8_192, max_connections: 1 };
    let mut world = World::new(bundle_of(&body_of(10)), Trouble::default(), plan, 1);
    world.pass_for(10_000);
    let mut wire = world.to_client.borrow_mut();
    wire.now = u64::MAX;
    let mac = EthernetAddress(SERVER_MAC);

    let frame = wire.get().expect("an ARP packet");
    let frame = EthernetFrame::new_checked(&frame).unwrap();
    assert_eq!((frame.ethertype(), frame.dst_addr()), (EthernetProtocol::Arp, EthernetAddress::BROADCAST));
    let ArpRepr::EthernetIpv4 { source_hardware_addr, source_protocol_addr, target_protocol_addr, .. } =
        ArpRepr::parse(&ArpPacket::new_checked(frame.payload()).unwrap()).unwrap()
    else {
        panic!("another kind of ARP")
    };
    let address = Ipv4Address::new(10, 0, 0, 2);
    assert_eq!((source_hardware_addr, source_protocol_addr, target_protocol_addr), (mac, address, address));

    let frame = wire.get().expect("a neighbour advertisement");
    let frame = EthernetFrame::new_checked(&frame).unwrap();
    let packet = Ipv6Packet::new_checked(frame.payload()).unwrap();
    assert_eq!((packet.hop_limit(), packet.dst_addr()), (255, Ipv6Address::new(0xff02, 0, 0, 0, 0, 0, 0, 1)));
    let message = Icmpv6Packet::new_checked(packet.payload()).unwrap();
    let sums = ChecksumCapabilities::default();
    let Icmpv6Repr::Ndisc(NdiscRepr::NeighborAdvert { flags, target_addr, lladdr }) =
        Icmpv6Repr::parse(&packet.src_addr(), &packet.dst_addr(), &message, &sums).unwrap()
    else {
        panic!("another kind of message")
    };
    assert_eq!(
        (flags, target_addr),
        (NdiscNeighborFlags::OVERRIDE, Ipv6Address::new(0xfd00, 0, 0, 0, 0, 0, 0, 2))
    );
    assert_eq!(lladdr.map(|address| address.as_bytes().to_vec()), Some(SERVER_MAC.to_vec()));
}
