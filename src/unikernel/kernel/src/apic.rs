//! The local APIC, whose timer ends a sleep, and the I/O APICs, which pass on the interrupts of devices that have
//! no messages of their own.

use crate::cpu::{cpuid, read_msr, time_stamp, write_msr};
use crate::device_memory::Registers;
use crate::interrupts::{SPURIOUS, WAKE};

pub const LOCAL_APIC: u64 = 0xfee0_0000;
// SAFETY: the local APIC of every x86-64 processor is there unless it was moved, and nobody moves it.
const LOCAL: Registers = unsafe { Registers::at(LOCAL_APIC as usize) };
const ID: usize = 0x20;
const TASK_PRIORITY: usize = 0x80;
const SPURIOUS_VECTOR: usize = 0xf0;
const TIMER: usize = 0x320;
const INITIAL_COUNT: usize = 0x380;
const CURRENT_COUNT: usize = 0x390;
const DIVIDE: usize = 0x3e0;
const DIVIDE_BY_16: u32 = 0x3;
const SOFTWARE_ENABLE: u32 = 0x100;
const DEADLINE_MODE: u32 = 2 << 17;

const APIC_BASE_MSR: u32 = 0x1b;
const APIC_ENABLE: u64 = 1 << 11;
const DEADLINE_MSR: u32 = 0x6e0;
const HAS_DEADLINE: u32 = 1 << 24;

const IO_APIC: usize = 0xfec0_0000;
/// QEMU's microvm has a second one for interrupts from 24 on.
const IO_APIC_STRIDE: usize = 0x1_0000;
const IO_APIC_PINS: u32 = 24;

pub fn init() {
    write_msr(APIC_BASE_MSR, read_msr(APIC_BASE_MSR) | APIC_ENABLE);
    LOCAL.write(TASK_PRIORITY, 0u32);
    LOCAL.write(SPURIOUS_VECTOR, SOFTWARE_ENABLE | u32::from(SPURIOUS));
    LOCAL.write(DIVIDE, DIVIDE_BY_16);
    let mode = if has_deadline() { DEADLINE_MODE } else { 0 };
    LOCAL.write(TIMER, mode | u32::from(WAKE));
}

/// Whether the timer goes by the time-stamp counter.
pub fn has_deadline() -> bool {
    cpuid(1)[2] & HAS_DEADLINE != 0
}

/// Counts down from the largest number, without waking anybody in time to matter; for measuring its speed.
pub fn start_count() {
    LOCAL.write(INITIAL_COUNT, u32::MAX);
}

/// Ticks since `start_count`.
pub fn count() -> u32 {
    u32::MAX - LOCAL.read::<u32>(CURRENT_COUNT)
}

/// Wakes the processor once: after so many ticks of the time-stamp counter, or of the timer.
pub fn wake_after(time_stamps: u64, timer_ticks: u64) {
    if has_deadline() {
        write_msr(DEADLINE_MSR, time_stamp().saturating_add(time_stamps));
    } else {
        LOCAL.write(INITIAL_COUNT, timer_ticks.clamp(1, u64::from(u32::MAX)) as u32);
    }
}

/// Passes a device's interrupt on to this processor, at its rising edge.
pub fn route(interrupt: u32) {
    let base = IO_APIC + IO_APIC_STRIDE * (interrupt / IO_APIC_PINS) as usize;
    // SAFETY: a machine that numbers an interrupt so has this many I/O APICs, at the places where all have them.
    let registers = unsafe { Registers::at(base) };
    let entry = 0x10 + 2 * (interrupt % IO_APIC_PINS);
    for (index, value) in [(entry + 1, LOCAL.read::<u32>(ID)), (entry, u32::from(WAKE))] {
        registers.write(0, index);
        registers.write(0x10, value);
    }
}

/// Where a device writes, and what, to interrupt this processor by a message.
pub fn message() -> (u64, u32) {
    let id = u64::from(LOCAL.read::<u32>(ID) >> 24);
    (LOCAL_APIC | id << 12, u32::from(WAKE))
}
