//! The PCI bus by configuration mechanism #1 (PCI Local Bus Specification 3.0, section 3.2.2.3.2).

use crate::cpu::{in32, out32};

const ADDRESS: u16 = 0xcf8;
const DATA: u16 = 0xcfc;
const ENABLE: u32 = 1 << 31;
const NOBODY: u32 = 0xffff_ffff;

const COMMAND: u8 = 0x04;
const HEADER_TYPE: u8 = 0x0c;
const SECONDARY_BUS: u8 = 0x18;
const FIRST_BAR: u8 = 0x10;
const CAPABILITIES: u8 = 0x34;

/// One function of a device.
#[derive(Clone, Copy)]
pub struct Function {
    bus: u8,
    device: u8,
    function: u8,
}

/// An entry of a function's list of capabilities.
#[derive(Clone, Copy)]
pub struct Capability {
    pub id: u8,
    pub at: u8,
}

/// The first function that `is_wanted`, given vendor and device numbers, wants.
pub fn find(is_wanted: impl Fn(u16, u16) -> bool) -> Option<Function> {
    let mut buses = [0u8; 32];
    let (mut next, mut known) = (0, 1);
    while next < known {
        for function in functions_on(buses[next]) {
            let identity = function.read(0);
            if is_wanted(identity as u16, (identity >> 16) as u16) {
                return Some(function);
            }
            let is_bridge = function.read(HEADER_TYPE) >> 16 & 0x7f == 1;
            let behind = (function.read(SECONDARY_BUS) >> 8) as u8;
            if is_bridge && known < buses.len() && !buses[..known].contains(&behind) {
                buses[known] = behind;
                known += 1;
            }
        }
        next += 1;
    }
    None
}

fn functions_on(bus: u8) -> impl Iterator<Item = Function> {
    (0..32).flat_map(move |device| {
        let first = Function { bus, device, function: 0 };
        let count = match first.read(0) {
            NOBODY => 0,
            _ if first.read(HEADER_TYPE) >> 23 & 1 == 1 => 8,
            _ => 1,
        };
        (0..count)
            .map(move |function| Function { bus, device, function })
            .filter(|function| function.read(0) != NOBODY)
    })
}

impl Function {
    /// The four bytes at a multiple of four.
    pub fn read(self, register: u8) -> u32 {
        out32(ADDRESS, self.address(register));
        in32(DATA)
    }

    pub fn write(self, register: u8, value: u32) {
        out32(ADDRESS, self.address(register));
        out32(DATA, value);
    }

    fn address(self, register: u8) -> u32 {
        let place = u32::from(self.bus) << 16 | u32::from(self.device) << 11 | u32::from(self.function) << 8;
        ENABLE | place | u32::from(register & 0xfc)
    }

    /// Lets the device answer to memory addresses and reach memory itself, and keeps its old kind of interrupt off.
    pub fn enable(self) {
        const MEMORY_MASTER_NO_INTX: u32 = 1 << 1 | 1 << 2 | 1 << 10;
        self.write(COMMAND, self.read(COMMAND) & 0xffff | MEMORY_MASTER_NO_INTX);
    }

    pub fn capabilities(self) -> impl Iterator<Item = Capability> {
        let mut at = self.read(CAPABILITIES) as u8 & 0xfc;
        let mut left = 48;
        core::iter::from_fn(move || {
            // A list that runs in a circle has no end.
            if at == 0 || left == 0 {
                return None;
            }
            left -= 1;
            let word = self.read(at);
            let capability = Capability { id: word as u8, at };
            at = (word >> 8) as u8 & 0xfc;
            Some(capability)
        })
    }

    /// The address that a base address register holds; `None` for one of ports, or that nobody has set.
    pub fn memory_at(self, bar: u8) -> Option<u64> {
        if bar > 5 {
            return None;
        }
        let low = self.read(FIRST_BAR + 4 * bar);
        let (is_port, is_wide) = (low & 1 == 1, low >> 1 & 3 == 2);
        let high = if is_wide && bar < 5 { self.read(FIRST_BAR + 4 * bar + 4) } else { 0 };
        let address = u64::from(high) << 32 | u64::from(low & !0xf);
        (!is_port && address != 0).then_some(address)
    }
}

impl core::fmt::Display for Function {
    fn fmt(&self, out: &mut core::fmt::Formatter) -> core::fmt::Result {
        write!(out, "PCI {:02x}:{:02x}.{}", self.bus, self.device, self.function)
    }
}
