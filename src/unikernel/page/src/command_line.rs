//! The command line that a page's machine is started with; README.md lists the keys.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

use crate::limits;

pub const MAX_COMMAND_LINE_BYTES: usize = 4_096;
const MAX_TOKEN_BYTES: usize = 128;
/// More devices than one are the work of others: the first that is a network card is used.
pub const MAX_MMIO_DEVICES: usize = 32;

/// An address and the length of its network's prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network<A> {
    pub address: A,
    pub prefix: u8,
}

/// `virtio_mmio.device=512@0xfeb00e00:12`, as QEMU and Firecracker say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MmioDevice {
    pub address: u64,
    pub interrupt: u32,
}

#[derive(Debug, PartialEq, Eq)]
pub struct CommandLine<'c> {
    pub id: &'c str,
    pub owner: &'c str,
    pub ip: Option<Network<Ipv4Addr>>,
    pub gateway: Option<Ipv4Addr>,
    pub ip6: Option<Network<Ipv6Addr>>,
    pub gateway6: Option<Ipv6Addr>,
    pub mac: Option<[u8; 6]>,
    pub port: u16,
    pub controller: Option<IpAddr>,
    /// Empty: nobody controls this machine.
    pub token: &'c str,
    /// `None`: as many as memory allows, within reason.
    pub max_connections: Option<usize>,
    pub mmio_devices: [Option<MmioDevice>; MAX_MMIO_DEVICES],
}

/// A word of the command line that cannot be read, and what was expected.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault<'c> {
    pub word: &'c str,
    pub expected: &'static str,
}

impl fmt::Display for Fault<'_> {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "command line: {:?}: expected {}", self.word, self.expected)
    }
}

/// Reads the command line; `unknown` is told of every word that means nothing here.
pub fn parse_command_line<'c>(
    text: &'c str,
    mut unknown: impl FnMut(&'c str),
) -> Result<CommandLine<'c>, Fault<'c>> {
    let mut line = CommandLine {
        id: "",
        owner: "",
        ip: None,
        gateway: None,
        ip6: None,
        gateway6: None,
        mac: None,
        port: 80,
        controller: None,
        token: "",
        max_connections: None,
        mmio_devices: [None; MAX_MMIO_DEVICES],
    };
    for word in text.split_ascii_whitespace() {
        match line.read(word) {
            Ok(true) => {}
            Ok(false) => unknown(word),
            Err(expected) => return Err(Fault { word, expected }),
        }
    }
    let missing = |expected| Err(Fault { word: "", expected });
    if line.ip.is_none() && line.ip6.is_none() {
        return missing("hotzone.ip=ADDRESS/PREFIX or hotzone.ip6=ADDRESS/PREFIX");
    }
    if line.controller.is_some() == line.token.is_empty() {
        return missing("hotzone.controller= and hotzone.token= together, or neither");
    }
    Ok(line)
}

impl<'c> CommandLine<'c> {
    /// Whether the word means something here; or what was expected.
    fn read(&mut self, word: &'c str) -> Result<bool, &'static str> {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        match key {
            "hotzone.id" => self.id = value,
            "hotzone.owner" => self.owner = value,
            "hotzone.ip" => self.ip = Some(network(value, 32).ok_or("an IPv4 address and prefix length")?),
            "hotzone.gw" => self.gateway = Some(value.parse().map_err(|_| "an IPv4 address")?),
            "hotzone.ip6" => self.ip6 = Some(network(value, 128).ok_or("an IPv6 address and prefix length")?),
            "hotzone.gw6" => self.gateway6 = Some(value.parse().map_err(|_| "an IPv6 address")?),
            "hotzone.mac" => {
                self.mac = Some(mac(value).ok_or("a unicast MAC address such as 02:00:00:00:00:01")?)
            }
            "hotzone.port" => {
                self.port = value.parse().ok().filter(|port| *port > 0).ok_or("a port from 1 to 65535")?;
            }
            "hotzone.controller" => self.controller = Some(value.parse().map_err(|_| "an IP address")?),
            "hotzone.token" => {
                let is_sound = (1..=MAX_TOKEN_BYTES).contains(&value.len()) && value.is_ascii();
                self.token = Some(value).filter(|_| is_sound).ok_or("1 to 128 ASCII characters")?;
            }
            "hotzone.max_connections" => {
                let range = 1..=limits::LARGEST_MAX_CONNECTIONS;
                let number = value.parse().ok().filter(|number| range.contains(number));
                self.max_connections = Some(number.ok_or("a number from 1 to 65536")?);
            }
            "virtio_mmio.device" => {
                let device = mmio_device(value).ok_or("SIZE@ADDRESS:INTERRUPT")?;
                let place = self.mmio_devices.iter_mut().find(|place| place.is_none());
                *place.ok_or("at most 32 devices")? = Some(device);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn network<A: FromStr + Usable>(text: &str, longest: u8) -> Option<Network<A>> {
    let (address, prefix) = text.split_once('/')?;
    let network = Network { address: address.parse::<A>().ok()?, prefix: prefix.parse().ok()? };
    (network.prefix <= longest && network.address.is_usable()).then_some(network)
}

/// An address that a host can have.
trait Usable {
    fn is_usable(&self) -> bool;
}

impl Usable for Ipv4Addr {
    fn is_usable(&self) -> bool {
        !self.is_unspecified() && !self.is_multicast() && !self.is_broadcast()
    }
}

impl Usable for Ipv6Addr {
    fn is_usable(&self) -> bool {
        !self.is_unspecified() && !self.is_multicast()
    }
}

fn mac(text: &str) -> Option<[u8; 6]> {
    let mut mac = [0; 6];
    let mut parts = text.split(':');
    for byte in &mut mac {
        let part = parts.next().filter(|part| part.len() == 2)?;
        *byte = u8::from_str_radix(part, 16).ok()?;
    }
    (parts.next().is_none() && mac[0] & 1 == 0 && mac != [0; 6]).then_some(mac)
}

fn mmio_device(text: &str) -> Option<MmioDevice> {
    let (_, place) = text.split_once('@')?;
    let mut parts = place.split(':');
    let address = parts.next()?.strip_prefix("0x")?;
    let address = u64::from_str_radix(address, 16).ok()?;
    let interrupt = parts.next()?.parse().ok()?;
    (address != 0 && address % 4 == 0).then_some(MmioDevice { address, interrupt })
}
