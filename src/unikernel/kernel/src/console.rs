//! The console, Xen's or the serial one, COM1: one line a fact.

use core::fmt;

use crate::cpu::{in8, out8};
use crate::xen;

const COM1: u16 = 0x3f8;
const LINE_STATUS: u16 = COM1 + 5;
const CAN_SEND: u8 = 0x20;
/// No device has no status.
const NOBODY: u8 = 0xff;

/// 115,200 bauds, 8 bits, no parity, FIFOs on, no interrupts.
pub fn init() {
    for (register, value) in [(1, 0x00), (3, 0x80), (0, 0x01), (1, 0x00), (3, 0x03), (2, 0x07), (4, 0x03)] {
        out8(COM1 + register, value);
    }
}

pub struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for line in text.split_inclusive('\n') {
            let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\r\n"));
            put_all(line.as_bytes());
            put_all(end.as_bytes());
        }
        Ok(())
    }
}

fn put_all(bytes: &[u8]) {
    if !xen::console::write(bytes) {
        bytes.iter().for_each(|byte| put(*byte));
    }
}

fn put(byte: u8) {
    // A console that nobody reads must not stop the machine.
    for _ in 0..100_000 {
        let status = in8(LINE_STATUS);
        if status == NOBODY {
            return;
        }
        if status & CAN_SEND != 0 {
            break;
        }
    }
    out8(COM1, byte);
}

/// Prints one line.
#[macro_export]
macro_rules! say {
    ($($argument:tt)*) => {{
        use core::fmt::Write;
        let _ = writeln!($crate::console::Console, $($argument)*);
    }};
}
