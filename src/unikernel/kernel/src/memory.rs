//! The heap: the largest piece of memory that nothing else lies in.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::{NonNull, null_mut};

use linked_list_allocator::Heap;

use crate::paging::MAPPED_END;
use crate::start_info::{Area, StartInfo};

/// Below 1 MiB there are the loader's things and holes.
const LOW_END: u64 = 1 << 20;
struct KernelHeap(UnsafeCell<Heap>);

// SAFETY: there is one processor, and interrupt handlers allocate nothing.
unsafe impl Sync for KernelHeap {}

#[global_allocator]
static HEAP: KernelHeap = KernelHeap(UnsafeCell::new(Heap::empty()));

// SAFETY: blocks come from and go back to the heap, which is never used by two at once.
unsafe impl GlobalAlloc for KernelHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one processor, no handler, and the heap calls nobody who allocates.
        let heap = unsafe { &mut *self.0.get() };
        heap.allocate_first_fit(layout).map_or(null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above; the caller gives back what `alloc` gave it.
        unsafe { (*self.0.get()).deallocate(NonNull::new_unchecked(block), layout) }
    }
}

unsafe extern "C" {
    static kernel_start: u8;
    static kernel_end: u8;
}

/// How much memory there is, and how much of it the heap got.
pub struct Sizes {
    pub memory: u64,
    pub heap: u64,
}

/// # Safety
/// To be called once, before anything is allocated.
pub unsafe fn init(start_info: &StartInfo) -> Sizes {
    let kernel = Area { start: &raw const kernel_start as u64, end: &raw const kernel_end as u64 };
    let below = Area { start: 0, end: LOW_END };
    let [own, command_line, map, module] = start_info.taken();
    let taken = [below, kernel, own, command_line, map, module];
    let largest = start_info.memory().map(|area| largest_free(area, &taken)).max_by_key(length);
    let heap = largest.unwrap_or(below);
    let size = length(&heap);
    if size > 0 && heap.start >= LOW_END {
        // SAFETY: nothing lies in this piece of memory, it is mapped, and nothing was allocated before.
        unsafe { (*HEAP.0.get()).init(heap.start as *mut u8, size as usize) };
    }
    Sizes { memory: start_info.memory().map(|area| length(&area)).sum(), heap: size }
}

pub fn free_bytes() -> usize {
    // SAFETY: one processor; the number is copied out.
    unsafe { (*HEAP.0.get()).free() }
}

/// The largest part of an area that none of `taken` reaches into, in whole pages.
fn largest_free(area: Area, taken: &[Area]) -> Area {
    let area = Area { start: area.start, end: area.end.min(MAPPED_END) };
    let starts = taken.iter().map(|other| other.end).chain([area.start]);
    let candidates = starts.filter(|start| (area.start..area.end).contains(start)).map(|start| {
        let is_taken = taken.iter().any(|other| (other.start..other.end).contains(&start));
        let ends = taken.iter().map(|other| other.start).filter(|end| *end >= start);
        let end = ends.min().unwrap_or(area.end).min(area.end);
        let start = start.next_multiple_of(4096);
        Area { start, end: if is_taken { start } else { end & !4095 } }
    });
    candidates.max_by_key(length).unwrap_or(Area { start: 0, end: 0 })
}

fn length(area: &Area) -> u64 {
    area.end.saturating_sub(area.start)
}
