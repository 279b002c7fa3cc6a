//! The page tables that the boot code has made, in which every address stands for itself, and what is forbidden in
//! them: to write what is run or constant, to run what is written, and to use address 0 or more stack than there is.

use core::arch::asm;

use crate::cpu::{cpuid, read_msr, write_msr};
use crate::device_memory::Registers;

/// What is mapped from the start.
pub const MAPPED_END: u64 = 1 << 32;
const SMALL_PAGE: u64 = 4 << 10;
const LARGE_PAGE: u64 = 2 << 20;

const PRESENT: u64 = 1;
const WRITABLE: u64 = 2;
const LARGE_UNCACHED: u64 = 0x9b;
const NO_EXECUTE: u64 = 1 << 63;

const EXTENDED_FEATURES: u32 = 0x8000_0001;
const HAS_NO_EXECUTE: u32 = 1 << 20;
const EFER: u32 = 0xc000_0080;
const EFER_NO_EXECUTE: u64 = 1 << 11;

type Table = [u64; 512];

unsafe extern "C" {
    static kernel_start: u8;
    static data_start: u8;
    static stack_guard: u8;
    static mut page_directory_pointers: Table;
    static mut page_directories: [Table; 4];
    static mut low_pages: Table;
}

#[repr(C, align(4096))]
struct Directory(Table);
static mut HIGH_DIRECTORY: Directory = Directory([0; 512]);

/// Forbids what nothing that is sound does.
pub fn protect() {
    let mut no_execute = 0;
    if cpuid(EXTENDED_FEATURES)[3] & HAS_NO_EXECUTE != 0 {
        write_msr(EFER, read_msr(EFER) | EFER_NO_EXECUTE);
        no_execute = NO_EXECUTE;
    }
    let [code, data, guard] =
        [&raw const kernel_start, &raw const data_start, &raw const stack_guard].map(|at| at as u64);
    // SAFETY: one processor, and only this module touches the tables; code, constants and data each begin on a page
    // of their own, and nothing uses the guard, nor page 0, where no loader puts anything.
    unsafe {
        let (pages, directories) = (&raw mut low_pages, &raw mut page_directories);
        for (index, entry) in (&mut *pages).iter_mut().enumerate() {
            let page = index as u64 * SMALL_PAGE;
            *entry = match page {
                0 => 0,
                page if page == guard => 0,
                page if (code..data).contains(&page) => page | PRESENT,
                page => page | PRESENT | WRITABLE | no_execute,
            };
        }
        for entry in (&mut *directories).as_flattened_mut().iter_mut().skip(1) {
            *entry |= no_execute;
        }
        asm!("mov {0}, cr3", "mov cr3, {0}", out(reg) _, options(nostack, preserves_flags));
    }
}

/// The registers of a device at a physical address; beyond 4 GiB there is room for one device's.
pub fn device_registers(address: u64) -> Registers {
    if address >= MAPPED_END {
        map_high(address);
    }
    // SAFETY: the address came from the device's own description, and is mapped.
    unsafe { Registers::at(address as usize) }
}

fn map_high(address: u64) {
    let gigabyte = (address >> 30) as usize;
    assert!(gigabyte < 512, "a device lies beyond 512 GiB");
    // SAFETY: one processor, and only this module touches the tables, and here only entries that were empty, so that
    // no mapping in use changes.
    unsafe {
        let directory = &raw mut HIGH_DIRECTORY;
        let pointer = &raw mut page_directory_pointers[gigabyte];
        let expected = directory as u64 | PRESENT | WRITABLE;
        assert!(*pointer == 0 || *pointer == expected, "two devices lie too far from each other");
        *pointer = expected;
        for (index, entry) in (*directory).0.iter_mut().enumerate() {
            *entry = (((gigabyte as u64) << 30) + index as u64 * LARGE_PAGE) | LARGE_UNCACHED;
        }
    }
}
