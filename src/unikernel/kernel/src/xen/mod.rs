//! A domain of Xen, of type PVH: no devices but those that other domains share (Xen 4.17's public headers).

pub mod console;
mod events;
mod frames;
mod grants;
mod hypercall;
mod netfront;
mod ring;
mod shared_info;
mod store;

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;
use core::sync::atomic::{AtomicBool, Ordering};

use hotzone_stack::nic::Nic;

use crate::clock::Clock;
use crate::cpu::cpuid;
use crate::machine::Machine;
use crate::power::End;
use crate::say;
use grants::Grants;
use netfront::XenNet;
use store::Store;

/// What the watches are told apart by.
const SHUTDOWN_EVENT: u8 = 1;
const CARD_EVENT: u8 = 2;
const BACKEND_EVENT: u8 = 3;

const SHUTDOWN: &str = "control/shutdown";
/// Jitsu's `wait_for_key` can name it.
const STATUS: &str = "data/status";

static IS_HERE: AtomicBool = AtomicBool::new(false);

/// Whether this is a domain of Xen; its console works from now on.
pub fn init() -> bool {
    const SIGNATURE: [u32; 3] = [0x566e_6558, 0x6558_4d4d, 0x4d4d_566e];
    let [_, b, c, d] = cpuid(0x4000_0000);
    let is_here = [b, c, d] == SIGNATURE;
    if is_here {
        hypercall::init();
        console::init();
    }
    IS_HERE.store(is_here, Ordering::Relaxed);
    is_here
}

pub fn is_here() -> bool {
    IS_HERE.load(Ordering::Relaxed)
}

/// Ends the domain, if this is one, when its last words were read.
pub fn end(how: End) {
    if is_here() {
        console::flush();
        hypercall::shut_down(match how {
            End::PowerOff | End::Fatal => hypercall::Reason::PowerOff,
            End::Panic => hypercall::Reason::Crash,
        });
    }
}

/// Speed of the time-stamp counter; `None`: Xen does not tell, or not its time either.
pub fn time_stamp_hz() -> Option<u64> {
    let hz = shared_info::init().then(|| shared_info::Time::read().hz())?;
    (hz > 0).then_some(hz)
}

pub struct Domain {
    store: Rc<RefCell<Store>>,
}

impl Domain {
    /// The domain and its network card.
    pub fn open() -> Result<(Domain, Box<dyn Nic>), String> {
        let store = Store::open().ok_or("the toolstack has set up no xenstore")?;
        let store = Rc::new(RefCell::new(store));
        let mut grants = Grants::open().ok_or("Xen gives no grant table")?;
        let card = XenNet::start(Rc::clone(&store), &mut grants)?;
        store.borrow_mut().watch(SHUTDOWN, SHUTDOWN_EVENT);
        for way in ["poweroff", "reboot"] {
            store.borrow_mut().write(&alloc::format!("control/feature-{way}"), "1");
        }
        Ok((Domain { store }, Box::new(card)))
    }
}

impl Machine for Domain {
    fn sleep(&mut self, _: &Clock, micros: u64) {
        events::sleep(micros);
    }

    fn serves(&mut self) {
        self.store.borrow_mut().write(STATUS, "serving");
    }

    fn is_told_to_end(&mut self) -> bool {
        let mut store = self.store.borrow_mut();
        if !store.take_event(SHUTDOWN_EVENT) {
            return false;
        }
        let word = store.read(SHUTDOWN).unwrap_or_default();
        match word.as_str() {
            "poweroff" | "halt" | "reboot" => {
                say!("xl says {word}");
                store.write(STATUS, "draining");
                // Emptied, it is taken note of (docs/misc/xenstore-paths.pandoc).
                store.write(SHUTDOWN, "");
                true
            }
            "" => false,
            _ => {
                say!("xl says {word}, which this machine cannot do");
                false
            }
        }
    }
}
