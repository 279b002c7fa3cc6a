//! Calls to the hypervisor (public/xen.h). Their arguments are numbers, and structures that it reads and writes.

use core::arch::asm;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::cpu::cpuid;

const MEMORY: u64 = 12;
const SCHEDULE: u64 = 29;
const EVENT_CHANNEL: u64 = 32;
const HVM: u64 = 34;
const OWN_DOMAIN: u16 = 0x7ff0;

static IS_AMD: AtomicBool = AtomicBool::new(false);

/// Finds out by which instruction this processor's hypervisor is called.
pub fn init() {
    const AMD: [u32; 3] = [0x6874_7541, 0x444d_4163, 0x6974_6e65];
    const HYGON: [u32; 3] = [0x6f67_7948, 0x656e_6975, 0x6e65_476e];
    let [_, b, c, d] = cpuid(0);
    IS_AMD.store([[b, c, d], [b, d, c]].iter().any(|name| *name == AMD || *name == HYGON), Ordering::Relaxed);
}

/// # Safety
/// The argument has to be the structure that the operation takes.
unsafe fn call<T>(number: u64, operation: u64, argument: &mut T) -> i64 {
    let result: i64;
    // SAFETY: under Xen, which the caller has found, the instruction calls it; what it may change besides the
    // structure is memory that was set aside for it.
    unsafe {
        if IS_AMD.load(Ordering::Relaxed) {
            asm!("vmmcall", inlateout("rax") number => result, inlateout("rdi") operation => _,
                inlateout("rsi") argument => _, out("rdx") _, out("r10") _, out("r8") _, options(nostack));
        } else {
            asm!("vmcall", inlateout("rax") number => result, inlateout("rdi") operation => _,
                inlateout("rsi") argument => _, out("rdx") _, out("r10") _, out("r8") _, options(nostack));
        }
    }
    result
}

#[repr(C)]
struct Parameter {
    domain: u16,
    pad: u16,
    index: u32,
    value: u64,
}

/// What the toolstack has set up for this domain.
#[derive(Clone, Copy)]
pub enum ParameterIndex {
    CallbackInterrupt = 0,
    StorePage = 1,
    StoreEventChannel = 2,
    ConsolePage = 17,
    ConsoleEventChannel = 18,
}

pub fn parameter(index: ParameterIndex) -> Option<u64> {
    const GET: u64 = 1;
    let mut parameter = Parameter { domain: OWN_DOMAIN, pad: 0, index: index as u32, value: 0 };
    // SAFETY: HVMOP_get_param takes this structure.
    let result = unsafe { call(HVM, GET, &mut parameter) };
    (result == 0 && parameter.value != 0).then_some(parameter.value)
}

pub fn set_parameter(index: ParameterIndex, value: u64) {
    const SET: u64 = 0;
    let mut parameter = Parameter { domain: OWN_DOMAIN, pad: 0, index: index as u32, value };
    // SAFETY: HVMOP_set_param takes this structure.
    unsafe { call(HVM, SET, &mut parameter) };
}

/// What can be put in place of a page of memory.
#[derive(Clone, Copy)]
pub enum Space {
    SharedInfo = 0,
    GrantTable = 1,
}

#[repr(C)]
struct AddToPhysmap {
    domain: u16,
    size: u16,
    space: u32,
    index: u64,
    frame: u64,
}

/// # Safety
/// The page at this address has to be one that is used for nothing else.
pub unsafe fn put_in_place(space: Space, address: u64) -> bool {
    const ADD_TO_PHYSMAP: u64 = 7;
    let space = space as u32;
    let mut place = AddToPhysmap { domain: OWN_DOMAIN, size: 0, space, index: 0, frame: address >> 12 };
    // SAFETY: XENMEM_add_to_physmap takes this structure, and the page is the caller's to give away.
    unsafe { call(MEMORY, ADD_TO_PHYSMAP, &mut place) == 0 }
}

#[repr(C)]
struct AllocateUnbound {
    domain: u16,
    remote: u16,
    port: u32,
}

/// A port of an event channel that the other domain may bind to.
pub fn open_port(remote: u16) -> Option<u32> {
    const ALLOCATE_UNBOUND: u64 = 6;
    let mut request = AllocateUnbound { domain: OWN_DOMAIN, remote, port: 0 };
    // SAFETY: EVTCHNOP_alloc_unbound takes this structure.
    let result = unsafe { call(EVENT_CHANNEL, ALLOCATE_UNBOUND, &mut request) };
    (result == 0).then_some(request.port)
}

pub fn close_port(port: u32) {
    const CLOSE: u64 = 3;
    let mut port = port;
    // SAFETY: EVTCHNOP_close takes a structure of this one number.
    unsafe { call(EVENT_CHANNEL, CLOSE, &mut port) };
}

/// Tells whoever is at the other end to look.
pub fn notify(port: u32) {
    const SEND: u64 = 4;
    let mut port = port;
    // SAFETY: EVTCHNOP_send takes a structure of this one number.
    unsafe { call(EVENT_CHANNEL, SEND, &mut port) };
}

#[repr(C)]
struct Poll {
    ports: *const u32,
    count: u32,
    deadline: u64,
}

/// Sleeps until an event is pending on one of the ports, or until the deadline in nanoseconds of Xen's time.
pub fn poll(ports: &[u32], deadline: u64) {
    const POLL: u64 = 3;
    let mut request = Poll { ports: ports.as_ptr(), count: ports.len() as u32, deadline };
    // SAFETY: SCHEDOP_poll takes this structure, and reads so many ports at that place.
    unsafe { call(SCHEDULE, POLL, &mut request) };
}

/// Lets another domain run.
pub fn give_way() {
    const YIELD: u64 = 0;
    // SAFETY: SCHEDOP_yield takes nothing and looks at nothing.
    unsafe { call(SCHEDULE, YIELD, &mut 0u64) };
}

/// Why a domain ends (public/sched.h).
#[derive(Clone, Copy)]
pub enum Reason {
    PowerOff = 0,
    Crash = 3,
}

pub fn shut_down(reason: Reason) {
    const SHUTDOWN: u64 = 2;
    let mut reason = reason as u32;
    // SAFETY: SCHEDOP_shutdown takes a structure of this one number.
    unsafe { call(SCHEDULE, SHUTDOWN, &mut reason) };
}
