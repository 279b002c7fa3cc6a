//! The network card of a domain: two rings of requests and responses shared with a backend in another domain
//! (public/io/netif.h), which may go away and come back.

use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;

use hotzone_stack::nic::{Facts, Nic, Receiver, Sender};
use hotzone_xen::front::{self, Backend, Front, Step, next_step};

use super::frames::{BUFFERS, XenReceiver, XenSender};
use super::grants::Grants;
use super::shared_info::{Time, take_event};
use super::store::Store;
use super::{BACKEND_EVENT, CARD_EVENT, events, hypercall};
use crate::say;

const FRONTEND: &str = "device/vif/0";
const LARGEST_MTU: usize = 1_500;
const SMALLEST_MTU: usize = 1_280;
const PATIENCE_NS: u64 = 15_000_000_000;

pub struct XenNet {
    store: Rc<RefCell<Store>>,
    backend_domain: u16,
    front: Front,
    facts: Facts,
    backend_path: String,
    port: u32,
    ring_grants: [u32; 2],
    receiver: XenReceiver,
    sender: XenSender,
}

impl XenNet {
    /// Waits until the card is connected; the error is what kept it from it.
    pub fn start(store: Rc<RefCell<Store>>, grants: &mut Grants) -> Result<XenNet, String> {
        let backend_domain = {
            let mut store = store.borrow_mut();
            let Some(domain) = store.read(&key("backend-id")) else {
                return Err(format!(
                    "there is no Xen network card: no {FRONTEND} in xenstore (vif= is missing)"
                ));
            };
            domain.parse().map_err(|_| format!("the backend's domain is {domain:?}, which is no number"))?
        };
        let mut give = |page: u64, is_read_only| grants.give(backend_domain, page, is_read_only);
        let receiver = XenReceiver::new(&mut give);
        let sender = XenSender::new(&mut give);
        let ring_grants = [receiver.ring.address(), sender.ring.address()].map(|page| give(page, false));
        let facts = read_facts(&mut store.borrow_mut());
        let mut card = XenNet {
            facts,
            store,
            backend_domain,
            front: Front::Waiting,
            backend_path: String::new(),
            port: 0,
            ring_grants,
            receiver,
            sender,
        };
        card.store.borrow_mut().watch(FRONTEND, CARD_EVENT);
        card.wait_for_backend()?;
        say!(
            "network card: Xen netfront, backend in domain {backend_domain}, {BUFFERS} buffers{}",
            if card.facts.completes_checksums { ", checksum offload" } else { "" }
        );
        Ok(card)
    }

    fn wait_for_backend(&mut self) -> Result<(), String> {
        let deadline = Time::read().nanoseconds() + PATIENCE_NS;
        loop {
            self.follow();
            if self.front == Front::Connected {
                return Ok(());
            }
            let now = Time::read().nanoseconds();
            if now >= deadline {
                let state = self.backend_state().unwrap_or_else(|| "unknown".into());
                return Err(format!(
                    "the network card never connects: its backend stays in state {state} (xenbus.h; 4 is connected)"
                ));
            }
            events::sleep((deadline - now) / 1_000);
        }
    }

    /// Does what the backend's state asks for.
    fn follow(&mut self) {
        loop {
            let is_changed = {
                let mut store = self.store.borrow_mut();
                // Both, for each look takes its event away.
                store.take_event(CARD_EVENT) | store.take_event(BACKEND_EVENT)
            };
            if !is_changed {
                return;
            }
            let path = self.store.borrow_mut().read(&key("backend")).unwrap_or_default();
            if path != self.backend_path {
                self.backend_path = path;
                if !self.backend_path.is_empty() {
                    self.store.borrow_mut().watch(&format!("{}/state", self.backend_path), BACKEND_EVENT);
                }
            }
            let backend = Backend::of(self.backend_state().as_deref());
            match next_step(self.front, backend) {
                Step::Stay => {}
                Step::Connect => self.connect(),
                Step::Settle => self.front = Front::Connected,
                Step::Close => self.close(backend),
                Step::Start => self.restart(),
            }
        }
    }

    fn backend_state(&self) -> Option<String> {
        if self.backend_path.is_empty() {
            return None;
        }
        self.store.borrow_mut().read(&format!("{}/state", self.backend_path))
    }

    /// Shares the rings, empty but for the buffers to receive into.
    fn connect(&mut self) {
        let Some(port) = hypercall::open_port(self.backend_domain) else { return };
        self.port = port;
        events::listen(events::Waiter::NetworkCard, port);
        self.receiver.reset();
        self.sender.reset();
        let mut store = self.store.borrow_mut();
        let mut backend = |name| store.read(&format!("{}/{name}", self.backend_path));
        let does_checksums = backend("feature-no-csum-offload").as_deref() != Some("1")
            && backend("feature-ipv6-csum-offload").as_deref() == Some("1");
        self.sender.completes_checksums = does_checksums;
        self.facts.completes_checksums = does_checksums;
        let [receive, send] = self.ring_grants;
        let facts = [
            ("rx-ring-ref", &*format!("{receive}")),
            ("tx-ring-ref", &*format!("{send}")),
            ("event-channel", &*format!("{port}")),
            ("request-rx-copy", "1"),
            ("feature-rx-notify", "1"),
            // The stack checks what comes, so the backend has to complete what another domain left blank.
            ("feature-no-csum-offload", "1"),
            ("state", front::CONNECTED),
        ];
        let is_said = facts.iter().all(|(name, value)| store.write(&key(name), value));
        self.receiver.ring.is_connected = is_said;
        self.sender.ring.is_connected = is_said;
        self.front = Front::Offered;
    }

    fn close(&mut self, backend: Backend) {
        say!("network card: the backend goes away");
        self.receiver.ring.is_connected = false;
        self.sender.ring.is_connected = false;
        self.front = Front::Closing;
        let state = if backend == Backend::Closing { front::CLOSING } else { front::CLOSED };
        self.store.borrow_mut().write(&key("state"), state);
    }

    fn restart(&mut self) {
        hypercall::close_port(self.port);
        self.port = 0;
        events::listen(events::Waiter::NetworkCard, 0);
        self.front = Front::Waiting;
        let mut store = self.store.borrow_mut();
        store.write(&key("state"), front::CLOSED);
        store.write(&key("state"), front::INITIALISING);
    }
}

fn key(name: &str) -> String {
    format!("{FRONTEND}/{name}")
}

fn read_facts(store: &mut Store) -> Facts {
    let mac = store.read(&key("mac")).and_then(|text| {
        let mut bytes = text.split(':').map(|byte| u8::from_str_radix(byte, 16).ok());
        let mac: [Option<u8>; 6] = core::array::from_fn(|_| bytes.next().flatten());
        mac.iter().all(Option::is_some).then(|| mac.map(Option::unwrap_or_default))
    });
    let mtu = store.read(&key("mtu")).and_then(|mtu| mtu.parse().ok()).unwrap_or(LARGEST_MTU);
    Facts {
        // Xen's own prefix, for a card that has none; the command line may say another.
        mac: mac.unwrap_or([0x00, 0x16, 0x3e, 0x68, 0x6f, 0x74]),
        mtu: mtu.clamp(SMALLEST_MTU, LARGEST_MTU),
        completes_checksums: false,
        interrupts: true,
    }
}

impl Nic for XenNet {
    fn facts(&self) -> Facts {
        self.facts
    }

    fn halves(&mut self) -> (&mut dyn Receiver, &mut dyn Sender) {
        (&mut self.receiver, &mut self.sender)
    }

    fn flush(&mut self) {
        let is_noticed = [self.receiver.ring.flush(), self.sender.ring.flush()].contains(&true);
        if is_noticed {
            hypercall::notify(self.port);
        }
    }

    fn arm(&mut self) -> bool {
        take_event(self.port);
        // Room to send is waited for only when there is none.
        let is_quiet = !self.sender.free.is_empty() || self.sender.ring.arm();
        self.receiver.ring.arm() && self.receiver.next.is_none() && is_quiet
    }

    fn disarm(&mut self) {
        self.follow();
    }
}
