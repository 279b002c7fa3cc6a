//! What a machine is started with.

use std::net::{IpAddr, Ipv4Addr};

use hotzone_page::command_line::{MmioDevice, Network, parse_command_line};

#[test]
fn every_key_is_read_and_unknown_words_are_told() {
    let mut unknown = vec![];
    let line = parse_command_line(
        "hotzone.id=a-b hotzone.owner=c hotzone.ip=10.0.2.15/24 hotzone.gw=10.0.2.2 hotzone.ip6=fd00::2/64 \
         hotzone.gw6=fd00::1 hotzone.mac=02:00:00:0a:00:ff hotzone.port=8080 hotzone.controller=10.0.2.2 \
         hotzone.token=t=u hotzone.max_connections=7 quiet hotzone.new=1 \
         virtio_mmio.device=512@0xfeb00e00:12 virtio_mmio.device=4K@0xd0001000:5",
        |word| unknown.push(word),
    )
    .unwrap();
    assert_eq!(
        (line.id, line.owner, line.token, line.port, line.max_connections),
        ("a-b", "c", "t=u", 8080, Some(7))
    );
    assert_eq!(line.ip, Some(Network { address: Ipv4Addr::new(10, 0, 2, 15), prefix: 24 }));
    assert_eq!(line.gateway, Some(Ipv4Addr::new(10, 0, 2, 2)));
    assert_eq!(line.ip6.unwrap().address.to_string(), "fd00::2");
    assert_eq!(line.gateway6.unwrap().to_string(), "fd00::1");
    assert_eq!(line.mac, Some([2, 0, 0, 10, 0, 255]));
    assert_eq!(line.controller, Some(IpAddr::V4(Ipv4Addr::new(10, 0, 2, 2))));
    assert_eq!(line.mmio_devices[0], Some(MmioDevice { address: 0xfeb0_0e00, interrupt: 12 }));
    assert_eq!(line.mmio_devices[1], Some(MmioDevice { address: 0xd000_1000, interrupt: 5 }));
    assert_eq!(unknown, ["quiet", "hotzone.new=1"]);
}

#[test]
fn what_cannot_be_read_is_named_with_what_was_expected() {
    for (word, expected) in [
        ("hotzone.ip=10.0.2.15", "an IPv4 address and prefix length"),
        ("hotzone.ip=10.0.2.15/33", "an IPv4 address and prefix length"),
        ("hotzone.ip=224.0.0.1/4", "an IPv4 address and prefix length"),
        ("hotzone.ip6=::/0", "an IPv6 address and prefix length"),
        ("hotzone.gw=fd00::1", "an IPv4 address"),
        ("hotzone.mac=01:00:00:00:00:00", "a unicast MAC address such as 02:00:00:00:00:01"),
        ("hotzone.port=0", "a port from 1 to 65535"),
        ("hotzone.port=65536", "a port from 1 to 65535"),
        ("hotzone.controller=localhost", "an IP address"),
        ("hotzone.token=", "1 to 128 ASCII characters"),
        ("hotzone.max_connections=0", "a number from 1 to 65536"),
        ("virtio_mmio.device=512@feb00e00:12", "SIZE@ADDRESS:INTERRUPT"),
    ] {
        let line = format!("hotzone.ip=10.0.0.1/8 {word}");
        let fault = parse_command_line(&line, |_| {}).unwrap_err();
        assert_eq!((fault.word, fault.expected), (word, expected));
    }
}

#[test]
fn an_address_is_needed_and_a_controller_has_a_token() {
    for line in [
        "",
        "hotzone.port=80",
        "hotzone.ip=10.0.0.1/8 hotzone.token=t",
        "hotzone.ip=10.0.0.1/8 hotzone.controller=10.0.0.2",
    ] {
        assert!(parse_command_line(line, |_| {}).is_err(), "{line}");
    }
    assert!(parse_command_line("hotzone.ip6=fd00::1/64", |_| {}).is_ok());
}
