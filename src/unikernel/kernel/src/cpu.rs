//! The instructions that the language has no words for.

use core::arch::asm;
use core::arch::x86_64::{__cpuid, _rdtsc};

pub fn out8(port: u16, value: u8) {
    // SAFETY: ports reach devices, not memory; every caller names one that takes such a write.
    unsafe { asm!("out dx, al", in("dx") port, in("al") value, options(nomem, nostack, preserves_flags)) }
}

pub fn in8(port: u16) -> u8 {
    let value;
    // SAFETY: as for `out8`.
    unsafe { asm!("in al, dx", in("dx") port, out("al") value, options(nomem, nostack, preserves_flags)) }
    value
}

pub fn out16(port: u16, value: u16) {
    // SAFETY: as for `out8`.
    unsafe { asm!("out dx, ax", in("dx") port, in("ax") value, options(nomem, nostack, preserves_flags)) }
}

pub fn out32(port: u16, value: u32) {
    // SAFETY: as for `out8`.
    unsafe { asm!("out dx, eax", in("dx") port, in("eax") value, options(nomem, nostack, preserves_flags)) }
}

pub fn in32(port: u16) -> u32 {
    let value;
    // SAFETY: as for `out8`.
    unsafe { asm!("in eax, dx", in("dx") port, out("eax") value, options(nomem, nostack, preserves_flags)) }
    value
}

pub fn read_msr(register: u32) -> u64 {
    let (low, high): (u32, u32);
    // SAFETY: reading has no effect on memory; callers know from CPUID that the register exists.
    unsafe {
        asm!("rdmsr", in("ecx") register, out("eax") low, out("edx") high, options(nomem, nostack, preserves_flags));
    }
    u64::from(high) << 32 | u64::from(low)
}

pub fn write_msr(register: u32, value: u64) {
    // SAFETY: callers write registers of the local APIC and of the paravirtual clock, which change no memory but
    // such as was set aside for them.
    unsafe {
        asm!("wrmsr", in("ecx") register, in("eax") value as u32, in("edx") (value >> 32) as u32,
            options(nostack, preserves_flags));
    }
}

/// Waits for an interrupt. Interrupts are enabled nowhere else, so that nothing ever happens between two
/// instructions of the program.
pub fn wait_for_interrupt() {
    // SAFETY: the handlers keep every register and touch no memory of the program; the block may use the stack, so
    // the compiler keeps nothing below its pointer.
    unsafe { asm!("sti", "hlt", "cli") }
}

pub fn time_stamp() -> u64 {
    // SAFETY: every x86-64 processor has it.
    unsafe { _rdtsc() }
}

/// The registers eax, ebx, ecx, edx of a leaf that the processor has; zeros of another.
pub fn cpuid(leaf: u32) -> [u32; 4] {
    // Newer compilers know that it is safe.
    #[allow(unused_unsafe)]
    // SAFETY: every x86-64 processor has the instruction, and it answers for any leaf.
    let ask = |leaf| unsafe { __cpuid(leaf) };
    if leaf > ask(leaf & 0xf000_0000).eax {
        return [0; 4];
    }
    let result = ask(leaf);
    [result.eax, result.ebx, result.ecx, result.edx]
}

/// A number from the processor's own source, if it has one.
pub fn random() -> Option<u64> {
    const RDRAND: u32 = 1 << 30;
    if cpuid(1)[2] & RDRAND == 0 {
        return None;
    }
    (0..10).find_map(|_| {
        let (value, is_there): (u64, u8);
        // SAFETY: CPUID says that the instruction exists.
        unsafe {
            asm!("rdrand {}", "setc {}", out(reg) value, out(reg_byte) is_there, options(nomem, nostack))
        }
        (is_there == 1).then_some(value)
    })
}
