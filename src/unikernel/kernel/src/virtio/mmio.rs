//! Virtio over memory-mapped registers (section 4.2).

use core::fmt;

use hotzone_page::command_line::MmioDevice;

use super::queue::Rings;
use super::transport::{Doorbell, Transport};
use crate::apic;
use crate::device_memory::Registers;
use crate::paging::device_registers;

const MAGIC: u32 = 0x7472_6976;
const NETWORK_CARD: u32 = 1;
const MODERN: u32 = 2;

const VERSION: usize = 0x04;
const DEVICE_ID: usize = 0x08;
const DEVICE_FEATURES: usize = 0x10;
const DEVICE_FEATURES_HALF: usize = 0x14;
const DRIVER_FEATURES: usize = 0x20;
const DRIVER_FEATURES_HALF: usize = 0x24;
const QUEUE: usize = 0x30;
const QUEUE_LARGEST: usize = 0x34;
const QUEUE_SIZE: usize = 0x38;
const QUEUE_READY: usize = 0x44;
const QUEUE_NOTIFY: usize = 0x50;
const INTERRUPT_STATUS: usize = 0x60;
const INTERRUPT_ACKNOWLEDGE: usize = 0x64;
const STATUS: usize = 0x70;
const QUEUE_DESCRIPTORS: usize = 0x80;
const QUEUE_AVAILABLE: usize = 0x90;
const QUEUE_USED: usize = 0xa0;
const CONFIGURATION: usize = 0x100;

pub struct MmioTransport {
    registers: Registers,
    device: MmioDevice,
}

impl MmioTransport {
    /// The device, if it is a network card.
    pub fn find_card(device: MmioDevice) -> Result<Option<MmioTransport>, &'static str> {
        let registers = device_registers(device.address);
        if registers.read::<u32>(0) != MAGIC || registers.read::<u32>(DEVICE_ID) != NETWORK_CARD {
            return Ok(None);
        }
        if registers.read::<u32>(VERSION) != MODERN {
            return Err(
                "the network card speaks legacy virtio; QEMU needs -global virtio-mmio.force-legacy=false",
            );
        }
        apic::route(device.interrupt);
        Ok(Some(MmioTransport { registers, device }))
    }

    fn write_address(&self, register: usize, address: u64) {
        self.registers.write(register, address as u32);
        self.registers.write(register + 4, (address >> 32) as u32);
    }
}

impl Transport for MmioTransport {
    fn status(&self) -> u8 {
        self.registers.read::<u32>(STATUS) as u8
    }

    fn set_status(&self, status: u8) {
        self.registers.write(STATUS, u32::from(status));
    }

    fn offered_features(&self) -> u64 {
        let half = |index: u32| {
            self.registers.write(DEVICE_FEATURES_HALF, index);
            u64::from(self.registers.read::<u32>(DEVICE_FEATURES))
        };
        half(0) | half(1) << 32
    }

    fn accept_features(&self, features: u64) {
        for index in [0u32, 1] {
            self.registers.write(DRIVER_FEATURES_HALF, index);
            self.registers.write(DRIVER_FEATURES, (features >> (32 * index)) as u32);
        }
    }

    fn largest_queue(&self, index: u16) -> u16 {
        self.registers.write(QUEUE, u32::from(index));
        self.registers.read::<u32>(QUEUE_LARGEST).min(u32::from(u16::MAX)) as u16
    }

    fn start_queue(&self, index: u16, rings: Rings) -> Doorbell {
        self.registers.write(QUEUE, u32::from(index));
        self.registers.write(QUEUE_SIZE, u32::from(rings.size));
        self.write_address(QUEUE_DESCRIPTORS, rings.descriptors);
        self.write_address(QUEUE_AVAILABLE, rings.available);
        self.write_address(QUEUE_USED, rings.used);
        self.registers.write(QUEUE_READY, 1u32);
        Doorbell::Mmio { register: self.registers.offset(QUEUE_NOTIFY), queue: u32::from(index) }
    }

    fn configuration(&self, offset: usize) -> u8 {
        self.registers.read(CONFIGURATION + offset)
    }

    fn has_interrupts(&self) -> bool {
        true
    }

    fn acknowledge_interrupt(&self) {
        let status: u32 = self.registers.read(INTERRUPT_STATUS);
        if status != 0 {
            self.registers.write(INTERRUPT_ACKNOWLEDGE, status);
        }
    }
}

impl fmt::Display for MmioTransport {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "MMIO {:#x} interrupt {}", self.device.address, self.device.interrupt)
    }
}
