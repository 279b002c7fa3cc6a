//! Time since the start, by the time-stamp counter; its speed comes from the hypervisor or is measured.

use core::sync::atomic::{Ordering, compiler_fence};

use hotzone_page::calibration::{Known, Reading, Speeds, calibrate};

use crate::cpu::{cpuid, in8, out8, time_stamp, wait_for_interrupt, write_msr};
use crate::{apic, xen};

/// Ticks of the programmable interval timer per second.
const PIT_HZ: u64 = 1_193_182;
const PIT_CHANNEL_0: u16 = 0x40;
const PIT_MODE: u16 = 0x43;
/// 5 ms.
const PIT_TICKS: u16 = 5_966;

const HYPERVISOR: u32 = 0x4000_0000;
const KVM: [u32; 3] = [0x4b4d_564b, 0x564b_4d56, 0x4d];
const HAS_KVM_CLOCK: u32 = 1 << 3;
const KVM_CLOCK_MSR: u32 = 0x4b56_4d01;

pub struct Clock {
    start: u64,
    /// Of the time-stamp counter, per second.
    hz: u64,
    /// Of the local APIC's timer, where that does not go by the time-stamp counter.
    timer_hz: u64,
    pub source: &'static str,
}

/// What KVM writes for its clock: how to make nanoseconds of the time-stamp counter.
#[repr(C, align(32))]
struct KvmTime {
    version: u32,
    pad: u32,
    time_stamp: u64,
    system_time: u64,
    multiplier: u32,
    shift: i8,
    flags: u8,
    pad2: [u8; 2],
}

static mut KVM_TIME: KvmTime = KvmTime {
    version: 0,
    pad: 0,
    time_stamp: 0,
    system_time: 0,
    multiplier: 0,
    shift: 0,
    flags: 0,
    pad2: [0; 2],
};

impl Clock {
    /// `None` when the machine has no timer that keeps time.
    pub fn start() -> Option<Clock> {
        let start = time_stamp();
        if xen::is_here() {
            let hz = xen::time_stamp_hz()?;
            return Some(Clock { start, hz, timer_hz: 0, source: "Xen" });
        }
        if let Some(hz) = kvm_hz().filter(|_| apic::has_deadline()) {
            return Some(Clock { start, hz, timer_hz: 0, source: "kvmclock" });
        }
        let Speeds { time_stamp_hz: hz, timer_hz } = measure()?;
        Some(Clock { start, hz, timer_hz, source: "PIT" })
    }

    /// Microseconds since the start.
    pub fn micros(&self) -> u64 {
        let ticks = time_stamp().wrapping_sub(self.start);
        (u128::from(ticks) * 1_000_000 / u128::from(self.hz)) as u64
    }

    pub fn megahertz(&self) -> u64 {
        self.hz / 1_000_000
    }

    /// Sleeps until an interrupt, or for so long; not under Xen.
    pub fn sleep(&self, micros: u64) {
        let ticks = |hz: u64| (u128::from(micros) * u128::from(hz) / 1_000_000) as u64;
        apic::wake_after(ticks(self.hz), ticks(self.timer_hz));
        wait_for_interrupt();
    }
}

/// The speeds of the time-stamp counter and of the local APIC's timer, by the interval timer's channel 0, which every
/// machine that has one has.
fn measure() -> Option<Speeds> {
    // Low byte then high, counts down from the largest number again and again.
    out8(PIT_MODE, 0x34);
    out8(PIT_CHANNEL_0, 0);
    out8(PIT_CHANNEL_0, 0);
    apic::start_count();
    let read = || {
        let before = time_stamp();
        let (known, timer) = (pit_count(), apic::count());
        Reading { before, after: time_stamp(), known, timer: u64::from(timer) }
    };
    calibrate(&Known { hz: PIT_HZ, ticks: PIT_TICKS }, read)
        .filter(|speeds| speeds.time_stamp_hz > 1_000_000 && speeds.timer_hz > 1_000)
}

fn pit_count() -> u16 {
    const LATCH: u8 = 0;
    out8(PIT_MODE, LATCH);
    u16::from_le_bytes([in8(PIT_CHANNEL_0), in8(PIT_CHANNEL_0)])
}

/// The speed of the time-stamp counter as KVM knows it.
fn kvm_hz() -> Option<u64> {
    let [_, b, c, d] = cpuid(HYPERVISOR);
    if [b, c, d] != KVM || cpuid(HYPERVISOR + 1)[0] & HAS_KVM_CLOCK == 0 {
        return None;
    }
    let place = &raw mut KVM_TIME;
    const ENABLE: u64 = 1;
    write_msr(KVM_CLOCK_MSR, place as u64 | ENABLE);
    compiler_fence(Ordering::SeqCst);
    // SAFETY: KVM has written numbers, of any bits; one processor reads them.
    let (multiplier, shift) = unsafe {
        ((&raw const (*place).multiplier).read_volatile(), (&raw const (*place).shift).read_volatile())
    };
    write_msr(KVM_CLOCK_MSR, 0);
    if multiplier == 0 {
        return None;
    }
    // Nanoseconds are (ticks << shift) * multiplier >> 32.
    let hz = (1_000_000_000u128 << 32) / u128::from(multiplier);
    Some(if shift < 0 { hz << -shift } else { hz >> shift } as u64)
}
