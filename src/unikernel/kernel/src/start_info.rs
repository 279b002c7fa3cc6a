//! What a PVH loader tells at the start (Xen's `hvm_start_info`, version 0 or 1).

use core::slice;

use hotzone_page::command_line::MAX_COMMAND_LINE_BYTES;

const MAGIC: u32 = 0x336e_c578;
const RAM: u32 = 1;
const MAX_AREAS: u32 = 128;

#[repr(C)]
struct RawStartInfo {
    magic: u32,
    version: u32,
    flags: u32,
    module_count: u32,
    modules: u64,
    command_line: u64,
    acpi_root: u64,
    memory_map: u64,
    memory_map_count: u32,
    reserved: u32,
}

#[repr(C)]
struct RawModule {
    address: u64,
    length: u64,
    command_line: u64,
    reserved: u64,
}

#[repr(C)]
struct RawArea {
    address: u64,
    length: u64,
    kind: u32,
    reserved: u32,
}

/// A range of addresses: from `start` up to, without, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    pub start: u64,
    pub end: u64,
}

/// Everything here lies where the loader has put it, which is never used for anything else.
pub struct StartInfo {
    /// May hold anything: whoever started the machine wrote it.
    pub command_line: &'static [u8],
    /// The boot module: the page.
    pub module: Option<&'static [u8]>,
    own: Area,
    areas: &'static [RawArea],
}

impl StartInfo {
    /// `None` when `address` is not that of a start info with a memory map.
    ///
    /// # Safety
    /// `address` has to be what the loader passed, and this has to happen before any memory is given out.
    pub unsafe fn read(address: u64) -> Option<StartInfo> {
        // SAFETY: the loader passes the address of a start info in memory that is mapped.
        let raw = unsafe { &*(address as *const RawStartInfo) };
        if raw.magic != MAGIC || raw.version == 0 || raw.memory_map_count > MAX_AREAS {
            return None;
        }
        // SAFETY: a start info of version 1 has so many entries at this address.
        let areas = unsafe { entries::<RawArea>(raw.memory_map, raw.memory_map_count) };
        // SAFETY: so does every one, of modules.
        let modules = unsafe { entries::<RawModule>(raw.modules, raw.module_count.min(1)) };
        let module = modules.first().map(|module| {
            // SAFETY: the loader has put the module there.
            unsafe { slice::from_raw_parts(module.address as *const u8, module.length as usize) }
        });
        // SAFETY: the command line is there, and ends in a zero or is cut.
        let command_line = unsafe { text_at(raw.command_line) };
        let end = address + size_of::<RawStartInfo>() as u64;
        Some(StartInfo { command_line, module, own: Area { start: address, end }, areas })
    }

    /// The parts of memory that are there to be used.
    pub fn memory(&self) -> impl Iterator<Item = Area> {
        let ram = self.areas.iter().filter(|area| area.kind == RAM);
        ram.map(|area| Area { start: area.address, end: area.address.saturating_add(area.length) })
    }

    /// What of it is taken by what the loader left.
    pub fn taken(&self) -> [Area; 4] {
        [
            self.own,
            area_of(self.command_line.as_ptr(), self.command_line.len() + 1),
            area_of(self.areas.as_ptr().cast(), size_of_val(self.areas)),
            self.module.map_or(Area { start: 0, end: 0 }, |module| area_of(module.as_ptr(), module.len())),
        ]
    }
}

fn area_of(start: *const u8, length: usize) -> Area {
    Area { start: start as u64, end: start as u64 + length as u64 }
}

/// # Safety
/// Unless the count is zero, so many have to lie at the address, and stay there unchanged.
unsafe fn entries<T>(address: u64, count: u32) -> &'static [T] {
    if count == 0 || address == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { slice::from_raw_parts(address as *const T, count as usize) }
}

/// # Safety
/// Unless the address is zero, text has to lie there.
unsafe fn text_at(address: u64) -> &'static [u8] {
    if address == 0 {
        return &[];
    }
    // SAFETY: the caller's promise; bytes behind the text are read no further than its limit.
    let length = (0..MAX_COMMAND_LINE_BYTES)
        .find(|at| unsafe { *((address as usize + at) as *const u8) } == 0)
        .unwrap_or(MAX_COMMAND_LINE_BYTES);
    // SAFETY: so many bytes were read right now.
    unsafe { slice::from_raw_parts(address as *const u8, length) }
}
