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
const TASK_STATE_SEGMENT: u16 = 0x18;
const PRESENT_TASK_STATE: u64 = 0x89;
/// A page fault may be the stack's, so its handler has one of its own; so has what comes of a fault in a handler.
const WITH_OWN_STACK: [usize; 2] = [8, 14];
const OWN_STACK_BYTES: usize = 8_192;

static mut TABLE: [[u64; 2]; 256] = [[0; 2]; 256];

#[repr(C, align(16))]
struct OwnStack([u8; OWN_STACK_BYTES]);
static mut OWN_STACK: OwnStack = OwnStack([0; OWN_STACK_BYTES]);

/// The processor's 104 bytes of task state, of which only the first of the seven interrupt stacks is used.
#[repr(C, packed(4))]
struct TaskState {
    before: [u32; 9],
    own_stack: u64,
    after: [u32; 15],
}
static mut TASK_STATE: TaskState = TaskState { before: [0; 9], own_stack: 0, after: [0; 15] };

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
    static mut gdt: [u64; 5];
}

pub fn init() {
    silence_old_controllers();
    // SAFETY: one processor, interrupts are off, and the stubs lie where the gates point to; the table lives for
    // ever.
    unsafe {
        let place = &raw mut TABLE;
        let table = &mut *place;
        for (vector, gate) in table.iter_mut().enumerate() {
            let handler = if vector < EXCEPTIONS {
                &raw const exception_stubs as u64 + STUB_BYTES * vector as u64
            } else if vector == usize::from(WAKE) {
                &raw const wake_stub as u64
            } else {
                &raw const spurious_stub as u64
            };
            *gate = gate_to(handler, WITH_OWN_STACK.contains(&vector));
        }
        let pointer = TablePointer { limit: size_of_val(table) as u16 - 1, base: &raw const *table as u64 };
        asm!("lidt [{}]", in(reg) &pointer, options(readonly, nostack, preserves_flags));
    }
    load_task_state();
    apic::init();
}

/// Tells the processor where the stack of its own is.
fn load_task_state() {
    // SAFETY: one processor, interrupts are off, and everything that the processor is told of lives for ever.
    unsafe {
        let state = &raw mut TASK_STATE;
        (*state).own_stack = &raw const OWN_STACK as u64 + OWN_STACK_BYTES as u64;
        let (base, limit) = (state as u64, size_of::<TaskState>() as u64 - 1);
        let table = &raw mut gdt;
        (*table)[3] = limit | (base & 0xff_ffff) << 16 | PRESENT_TASK_STATE << 40 | (base >> 24 & 0xff) << 56;
        (*table)[4] = base >> 32;
        asm!("ltr {0:x}", in(reg) TASK_STATE_SEGMENT, options(nostack, preserves_flags));
    }
}

fn gate_to(handler: u64, has_own_stack: bool) -> [u64; 2] {
    let kind = PRESENT_INTERRUPT_GATE | u64::from(has_own_stack);
    [handler & 0xffff | CODE_SEGMENT << 16 | kind << 32 | (handler >> 16 & 0xffff) << 48, handler >> 32]
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
