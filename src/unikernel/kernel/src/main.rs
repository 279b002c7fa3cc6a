//! The page kernel: boots on a bare x86-64 machine by the PVH entry and serves the page that came with it as the
//! boot module. README.md describes it from outside.
#![no_std]
#![no_main]

extern crate alloc;

mod apic;
mod clock;
mod console;
mod cpu;
mod device_memory;
mod free_list;
mod interrupts;
mod machine;
mod memory;
mod paging;
mod pci;
mod power;
mod serve;
mod start_info;
mod virtio;
mod xen;

use alloc::boxed::Box;
use core::arch::global_asm;
use core::panic::PanicInfo;

use hotzone_page::bundle::{Bundle, parse_bundle};
use hotzone_page::command_line::{CommandLine, MAX_COMMAND_LINE_BYTES, parse_command_line};
use hotzone_stack::nic::Nic;

use crate::clock::Clock;
use crate::machine::Machine;
use crate::start_info::StartInfo;

global_asm!(include_str!("boot.s"), options(att_syntax));
global_asm!(include_str!("intrinsics.s"), options(att_syntax));

const VERSION: &str = env!("CARGO_PKG_VERSION");
const SOURCE_HASH: Option<&str> = option_env!("HOTZONE_SOURCE_HASH");
const KIB: u64 = 1 << 10;

#[unsafe(no_mangle)]
extern "C" fn kernel_main(start_info: u64) -> ! {
    if !xen::init() {
        console::init();
    }
    say!("hotzone-kernel {VERSION} {}", SOURCE_HASH.unwrap_or("unknown"));
    interrupts::init();
    // SAFETY: the boot code passes on what the loader gave it, and nothing has been allocated.
    let Some(start_info) = (unsafe { StartInfo::read(start_info) }) else {
        fatal!("the loader left no PVH start info with a memory map")
    };
    // SAFETY: called once, before the first allocation.
    let sizes = unsafe { memory::init(&start_info) };
    paging::protect();
    let module = start_info.module.unwrap_or_default();
    say!(
        "memory: {} KiB, of which {} KiB are free beside a page of {} KiB",
        sizes.memory / KIB,
        sizes.heap / KIB,
        module.len() as u64 / KIB
    );
    let line = read_command_line(start_info.command_line);
    if sizes.heap < serve::LEAST_HEAP_BYTES as u64 {
        fatal!(
            "the page does not fit: {} KiB are free beside its {} KiB, and serving takes {} KiB",
            sizes.heap / KIB,
            module.len() as u64 / KIB,
            serve::LEAST_HEAP_BYTES as u64 / KIB
        );
    }
    let bundle = read_bundle(module);
    let Some(clock) = Clock::start() else { fatal!("the machine has no timer that keeps time") };
    say!("clock: {} MHz by {}", clock.megahertz(), clock.source);
    let (mut machine, card) = find_machine(&line);
    serve::serve(&mut *machine, card, &line, bundle, &clock)
}

/// Which machine this is, and its network card.
fn find_machine(line: &CommandLine) -> (Box<dyn Machine>, Box<dyn Nic>) {
    if xen::is_here() {
        let (domain, card) = xen::Domain::open().unwrap_or_else(|problem| fatal!("{problem}"));
        return (Box::new(domain), card);
    }
    let card = virtio::find_card(line).unwrap_or_else(|problem| fatal!("{problem}"));
    (Box::new(machine::Plain), Box::new(card))
}

fn read_command_line(bytes: &'static [u8]) -> CommandLine<'static> {
    if bytes.len() >= MAX_COMMAND_LINE_BYTES {
        fatal!("command line: at most {} bytes are read", MAX_COMMAND_LINE_BYTES - 1);
    }
    let Ok(text) = core::str::from_utf8(bytes) else { fatal!("command line: expected UTF-8") };
    let unknown = |word| say!("command line: {word:?} means nothing here");
    let line = parse_command_line(text, unknown).unwrap_or_else(|fault| fatal!("{fault}"));
    say!("id: {} owner: {}", line.id, line.owner);
    line
}

fn read_bundle(module: &'static [u8]) -> Bundle<'static> {
    if module.is_empty() {
        fatal!("there is no page: expected a bundle as the boot module");
    }
    parse_bundle(module).unwrap_or_else(|error| fatal!("{error}"))
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    match info.location() {
        Some(place) => say!("panicked at {}:{}: {}", place.file(), place.line(), info.message()),
        None => say!("panicked at an unknown place: {}", info.message()),
    }
    power::end(power::End::Panic)
}

/// The standard library as shipped names the parts of unwinding, which there is none of.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    power::end(power::End::Panic)
}
