//! How a virtio device is reached: what MMIO and PCI have in common (sections 3.1 and 4).

use core::fmt;

use super::queue::Rings;
use crate::device_memory::Registers;

pub const STATUS_ACKNOWLEDGE: u8 = 1;
pub const STATUS_DRIVER: u8 = 2;
pub const STATUS_DRIVER_OK: u8 = 4;
pub const STATUS_FEATURES_OK: u8 = 8;

/// Where to write what to tell the device of new buffers.
pub enum Doorbell {
    Mmio { register: Registers, queue: u32 },
    Pci { register: Registers, queue: u16 },
}

impl Doorbell {
    pub fn ring(&self) {
        match self {
            Doorbell::Mmio { register, queue } => register.write(0, *queue),
            Doorbell::Pci { register, queue } => register.write(0, *queue),
        }
    }
}

pub trait Transport: fmt::Display {
    fn status(&self) -> u8;
    fn set_status(&self, status: u8);
    fn offered_features(&self) -> u64;
    fn accept_features(&self, features: u64);
    /// How many buffers a queue can have; 0 when there is no such queue.
    fn largest_queue(&self, index: u16) -> u16;
    fn start_queue(&self, index: u16, rings: Rings) -> Doorbell;
    /// A byte of the device's own configuration.
    fn configuration(&self, offset: usize) -> u8;
    /// Whether the device can interrupt.
    fn has_interrupts(&self) -> bool;
    /// Lets the device raise the next interrupt.
    fn acknowledge_interrupt(&self);
}
