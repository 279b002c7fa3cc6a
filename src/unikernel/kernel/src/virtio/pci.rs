//! Virtio over PCI (section 4.1), modern devices with MSI-X.

use core::fmt;

use super::queue::Rings;
use super::transport::{Doorbell, Transport};
use crate::apic;
use crate::device_memory::Registers;
use crate::paging::device_registers;
use crate::pci::{self, Function};

const VENDOR: u16 = 0x1af4;
const MODERN_CARD: u16 = 0x1041;
const TRANSITIONAL_CARD: u16 = 0x1000;

const VENDOR_CAPABILITY: u8 = 0x09;
const MSI_X_CAPABILITY: u8 = 0x11;
const COMMON: u8 = 1;
const NOTIFY: u8 = 2;
const DEVICE: u8 = 4;

const DEVICE_FEATURES_HALF: usize = 0;
const DEVICE_FEATURES: usize = 4;
const DRIVER_FEATURES_HALF: usize = 8;
const DRIVER_FEATURES: usize = 12;
const CONFIGURATION_VECTOR: usize = 16;
const STATUS: usize = 20;
const QUEUE: usize = 22;
const QUEUE_SIZE: usize = 24;
const QUEUE_VECTOR: usize = 26;
const QUEUE_ENABLE: usize = 28;
const QUEUE_NOTIFY_OFFSET: usize = 30;
const QUEUE_DESCRIPTORS: usize = 32;
const QUEUE_AVAILABLE: usize = 40;
const QUEUE_USED: usize = 48;
const NO_VECTOR: u16 = 0xffff;
const ONLY_VECTOR: u16 = 0;

pub struct PciTransport {
    function: Function,
    common: Registers,
    notify: Registers,
    notify_multiplier: u32,
    device: Registers,
    has_messages: bool,
}

impl PciTransport {
    /// The first network card on the bus.
    pub fn find_card() -> Result<Option<PciTransport>, &'static str> {
        let is_card = |vendor, device| vendor == VENDOR && [MODERN_CARD, TRANSITIONAL_CARD].contains(&device);
        let Some(function) = pci::find(is_card) else { return Ok(None) };
        function.enable();
        let area = |kind| find_area(function, kind).ok_or("the network card speaks legacy virtio only");
        let (notify, at) = area(NOTIFY)?;
        Ok(Some(PciTransport {
            function,
            common: area(COMMON)?.0,
            notify,
            notify_multiplier: function.read(at + 16),
            device: area(DEVICE)?.0,
            has_messages: route_messages(function),
        }))
    }
}

/// The part of the device's memory that serves a purpose, and the capability that describes it (section 4.1.4).
fn find_area(function: Function, kind: u8) -> Option<(Registers, u8)> {
    function.capabilities().filter(|capability| capability.id == VENDOR_CAPABILITY).find_map(|capability| {
        let at = capability.at;
        if (function.read(at) >> 24) as u8 != kind {
            return None;
        }
        let memory = function.memory_at(function.read(at + 4) as u8)?;
        Some((device_registers(memory + u64::from(function.read(at + 8))), at))
    })
}

/// Has the card interrupt by one message for everything; `false` if it cannot.
fn route_messages(function: Function) -> bool {
    const ENABLE: u32 = 1 << 31;
    const MASK_ALL: u32 = 1 << 30;
    let Some(capability) = function.capabilities().find(|capability| capability.id == MSI_X_CAPABILITY)
    else {
        return false;
    };
    let table = function.read(capability.at + 4);
    let Some(memory) = function.memory_at((table & 7) as u8) else { return false };
    let entry = device_registers(memory + u64::from(table & !7));
    let (address, data) = apic::message();
    for (offset, value) in [(0, address as u32), (4, (address >> 32) as u32), (8, data), (12, 0)] {
        entry.write(offset, value);
    }
    function.write(capability.at, function.read(capability.at) & !MASK_ALL | ENABLE);
    true
}

impl Transport for PciTransport {
    fn status(&self) -> u8 {
        self.common.read(STATUS)
    }

    fn set_status(&self, status: u8) {
        self.common.write(STATUS, status);
    }

    fn offered_features(&self) -> u64 {
        let half = |index: u32| {
            self.common.write(DEVICE_FEATURES_HALF, index);
            u64::from(self.common.read::<u32>(DEVICE_FEATURES))
        };
        half(0) | half(1) << 32
    }

    fn accept_features(&self, features: u64) {
        for index in [0u32, 1] {
            self.common.write(DRIVER_FEATURES_HALF, index);
            self.common.write(DRIVER_FEATURES, (features >> (32 * index)) as u32);
        }
        self.common.write(CONFIGURATION_VECTOR, NO_VECTOR);
    }

    fn largest_queue(&self, index: u16) -> u16 {
        self.common.write(QUEUE, index);
        self.common.read(QUEUE_SIZE)
    }

    fn start_queue(&self, index: u16, rings: Rings) -> Doorbell {
        self.common.write(QUEUE, index);
        self.common.write(QUEUE_SIZE, rings.size);
        self.common.write(QUEUE_VECTOR, if self.has_messages { ONLY_VECTOR } else { NO_VECTOR });
        for (register, address) in [
            (QUEUE_DESCRIPTORS, rings.descriptors),
            (QUEUE_AVAILABLE, rings.available),
            (QUEUE_USED, rings.used),
        ] {
            self.common.write(register, address as u32);
            self.common.write(register + 4, (address >> 32) as u32);
        }
        let offset =
            usize::from(self.common.read::<u16>(QUEUE_NOTIFY_OFFSET)) * self.notify_multiplier as usize;
        self.common.write(QUEUE_ENABLE, 1u16);
        Doorbell::Pci { register: self.notify.offset(offset), queue: index }
    }

    fn configuration(&self, offset: usize) -> u8 {
        self.device.read(offset)
    }

    fn has_interrupts(&self) -> bool {
        self.has_messages
    }

    fn acknowledge_interrupt(&self) {}
}

impl fmt::Display for PciTransport {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{}{}", self.function, if self.has_messages { " MSI-X" } else { "" })
    }
}
