//! The ways to end: README.md lists what each looks like from outside.

use core::arch::asm;

use crate::cpu::{out8, out16, out32};
use crate::xen;

/// What QEMU's `isa-debug-exit` device turns into its exit code: twice the value and one.
#[derive(Clone, Copy)]
pub enum End {
    /// The controller's word: exit code 33.
    PowerOff = 16,
    /// The machine was started with something that it cannot serve: exit code 35.
    Fatal = 17,
    /// A bug: exit code 37.
    Panic = 18,
}

const DEBUG_EXIT: u16 = 0xf4;
/// PM1a control of QEMU's q35 and pc machines, and the value for "soft off".
const ACPI_CONTROL: u16 = 0x604;
const ACPI_SOFT_OFF: u16 = 0x2000;
const KEYBOARD: u16 = 0x64;
const KEYBOARD_RESET: u8 = 0xfe;

/// Ends the machine, by the first way that it knows; the last, a fault in the handling of a fault, resets any.
pub fn end(how: End) -> ! {
    xen::end(how);
    out32(DEBUG_EXIT, how as u32);
    if matches!(how, End::PowerOff | End::Fatal) {
        out16(ACPI_CONTROL, ACPI_SOFT_OFF);
    }
    out8(KEYBOARD, KEYBOARD_RESET);
    let no_handlers: [u16; 5] = [0; 5];
    // SAFETY: nothing runs after this: without handlers the breakpoint resets the processor.
    unsafe { asm!("lidt [{}]", "int3", "2: hlt", "jmp 2b", in(reg) &no_handlers, options(noreturn)) }
}

/// Says what keeps the machine from serving, and ends it.
#[macro_export]
macro_rules! fatal {
    ($($argument:tt)*) => {{
        $crate::say!("fatal: {}", format_args!($($argument)*));
        $crate::power::end($crate::power::End::Fatal)
    }};
}
