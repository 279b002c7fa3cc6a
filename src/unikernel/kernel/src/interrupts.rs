//! Exceptions, which are bugs and end the machine, and interrupts, which only wake it.

use core::arch::{asm, global_asm};

use crate::apic;
use crate::cpu::out8;

global_asm!(include_str!("interrupts.s"), options(att_syntax));

pub const WAKE: u8 = 0x30;
pub const SPURIOUS: u8 = 0xff;
const EXCEPTIONS: usize = 32;
const STUB_BYTES: u64 = 16;
const CODE_SEGMENT: u64 = 8;
const PRESENT_INTERRUPT_GATE: u64 = 0x8e00;

static mut TABLE: [[u64; 2]; 256] = [[0; 2]; 256];

#[repr(C, packed)]
struct TablePointer {
    limit: u16,
    base: u64,
}

/// What an exception leaves on the stack.
#[repr(C)]
struct Frame {
    vector: u64,
    code: u64,
    instruction: u64,
    code_segment: u64,
    flags: u64,
    stack: u64,
}

unsafe extern "C" {
    static exception_stubs: u8;
    static wake_stub: u8;
    static spurious_stub: u8;
}

pub fn init() {
    silence_old_controllers();
    // SAFETY: one processor, interrupts are off, and the stubs lie where the gates point to; the table lives for
    // ever.
    unsafe {
        let table = (&raw mut TABLE).as_mut_unchecked();
        for (vector, gate) in table.iter_mut().enumerate() {
            *gate = gate_to(if vector < EXCEPTIONS {
                &raw const exception_stubs as u64 + STUB_BYTES * vector as u64
            } else if vector == usize::from(WAKE) {
                &raw const wake_stub as u64
            } else {
                &raw const spurious_stub as u64
            });
        }
        let pointer = TablePointer { limit: size_of_val(table) as u16 - 1, base: &raw const *table as u64 };
        asm!("lidt [{}]", in(reg) &pointer, options(readonly, nostack, preserves_flags));
    }
    apic::init();
}

fn gate_to(handler: u64) -> [u64; 2] {
    let low =
        handler & 0xffff | CODE_SEGMENT << 16 | PRESENT_INTERRUPT_GATE << 32 | (handler >> 16 & 0xffff) << 48;
    [low, handler >> 32]
}

/// The pair of 8259 controllers would deliver on the numbers of exceptions.
fn silence_old_controllers() {
    out8(0x21, 0xff);
    out8(0xa1, 0xff);
}

/// # Safety
/// Called by the stubs alone, with the frame that the processor has pushed.
#[unsafe(no_mangle)]
unsafe extern "C" fn exception(frame: &Frame, address: u64) -> ! {
    panic!(
        "exception {} (code {:#x}) at {:#x}, stack {:#x}, address {address:#x}",
        frame.vector, frame.code, frame.instruction, frame.stack
    )
}
