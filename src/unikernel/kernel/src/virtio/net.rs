//! The virtio network card (section 5.1).

use alloc::boxed::Box;

use hotzone_page::packet::delegate_checksum;
use hotzone_stack::nic::{Facts, Nic, Receiver, Sender};

use super::queue::Queue;
use super::transport::{STATUS_ACKNOWLEDGE, STATUS_DRIVER, STATUS_DRIVER_OK, STATUS_FEATURES_OK, Transport};
use crate::free_list::FreeList;
use crate::say;

const CHECKSUM: u64 = 1 << 0;
const MTU: u64 = 1 << 3;
const MAC: u64 = 1 << 5;
const VERSION_1: u64 = 1 << 32;

const MAC_AT: usize = 0;
const MTU_AT: usize = 10;
const HEADER_BYTES: usize = 12;
const NEEDS_CHECKSUM: u8 = 1;

const LARGEST_MTU: usize = 1_500;
const SMALLEST_MTU: usize = 1_280;
const ETHERNET_BYTES: usize = 14;
const BUFFER_BYTES: usize = (HEADER_BYTES + ETHERNET_BYTES + LARGEST_MTU).next_multiple_of(64);
const RECEIVE_QUEUE: u16 = 0;
const SEND_QUEUE: u16 = 1;
const MOST_BUFFERS: u16 = 128;

pub struct VirtioNet {
    transport: Box<dyn Transport>,
    facts: Facts,
    receiver: VirtioReceiver,
    sender: VirtioSender,
}

pub struct VirtioReceiver(Queue);

pub struct VirtioSender {
    queue: Queue,
    free: FreeList,
    completes_checksums: bool,
}

impl VirtioNet {
    /// Takes the device through its initialization (section 3.1.1).
    pub fn start(transport: impl Transport + 'static) -> Result<VirtioNet, &'static str> {
        transport.set_status(0);
        for _ in 0..1_000_000 {
            if transport.status() == 0 {
                break;
            }
        }
        transport.set_status(STATUS_ACKNOWLEDGE | STATUS_DRIVER);
        let features = transport.offered_features() & (CHECKSUM | MTU | MAC | VERSION_1);
        if features & VERSION_1 == 0 {
            return Err("the network card speaks legacy virtio only");
        }
        transport.accept_features(features);
        transport.set_status(STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK);
        if transport.status() & STATUS_FEATURES_OK == 0 {
            return Err("the network card does not accept the features that it offers");
        }
        let queue = |index, is_written| {
            Queue::start(&transport, index, MOST_BUFFERS, BUFFER_BYTES, is_written)
                .ok_or("the network card lacks a queue")
        };
        let (mut receiver, sender) = (queue(RECEIVE_QUEUE, true)?, queue(SEND_QUEUE, false)?);
        let facts = read_facts(&transport, features);
        transport.set_status(STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
        for buffer in 0..receiver.size() {
            receiver.give(buffer, BUFFER_BYTES);
        }
        receiver.flush();
        say!(
            "network card: virtio {transport}, {} buffers{}",
            receiver.size(),
            if facts.completes_checksums { ", checksum offload" } else { "" }
        );
        Ok(VirtioNet {
            facts,
            receiver: VirtioReceiver(receiver),
            sender: VirtioSender {
                free: FreeList::full(sender.size()),
                queue: sender,
                completes_checksums: facts.completes_checksums,
            },
            transport: Box::new(transport),
        })
    }
}

fn read_facts(transport: &impl Transport, features: u64) -> Facts {
    let byte = |at| transport.configuration(at);
    let mut facts = Facts {
        // Locally administered, for a card that has none; the command line may say another.
        mac: [0x02, 0x68, 0x6f, 0x74, 0x7a, 0x6f],
        mtu: LARGEST_MTU,
        completes_checksums: features & CHECKSUM != 0,
        interrupts: transport.has_interrupts(),
    };
    if features & MAC != 0 {
        facts.mac = core::array::from_fn(|index| byte(MAC_AT + index));
    }
    if features & MTU != 0 {
        let mtu = u16::from_le_bytes([byte(MTU_AT), byte(MTU_AT + 1)]);
        facts.mtu = usize::from(mtu).clamp(SMALLEST_MTU, LARGEST_MTU);
    }
    facts
}

impl Nic for VirtioNet {
    fn facts(&self) -> Facts {
        self.facts
    }

    fn halves(&mut self) -> (&mut dyn Receiver, &mut dyn Sender) {
        (&mut self.receiver, &mut self.sender)
    }

    fn flush(&mut self) {
        self.receiver.0.flush();
        self.sender.queue.flush();
    }

    fn arm(&mut self) -> bool {
        self.transport.acknowledge_interrupt();
        // Room to send is waited for only when there is none.
        let is_quiet = !self.sender.free.is_empty() || self.sender.queue.arm();
        self.receiver.0.arm() && is_quiet
    }

    fn disarm(&mut self) {
        self.receiver.0.disarm();
        self.sender.queue.disarm();
        self.transport.acknowledge_interrupt();
    }
}

impl Receiver for VirtioReceiver {
    fn peek(&mut self) -> Option<&[u8]> {
        let (buffer, written) = self.0.peek_used()?;
        Some(self.0.buffer(buffer)[..written].get(HEADER_BYTES..).unwrap_or_default())
    }

    fn release(&mut self) {
        if let Some((buffer, _)) = self.0.take_used() {
            self.0.give(buffer, BUFFER_BYTES);
        }
    }
}

impl Sender for VirtioSender {
    fn has_room(&mut self) -> bool {
        while let Some((buffer, _)) = self.queue.take_used() {
            self.free.push(buffer);
        }
        !self.free.is_empty()
    }

    fn buffer(&mut self, length: usize) -> &mut [u8] {
        let buffer = self.free.last().expect("there is room");
        &mut self.queue.buffer(buffer)[HEADER_BYTES..][..length]
    }

    fn send(&mut self, length: usize) {
        let buffer = self.free.pop().expect("there is room");
        let completes_checksums = self.completes_checksums;
        let (header, rest) = self.queue.buffer(buffer).split_at_mut(HEADER_BYTES);
        let frame = &mut rest[..length];
        header.fill(0);
        if let Some(place) = Some(frame).filter(|_| completes_checksums).and_then(delegate_checksum) {
            header[0] = NEEDS_CHECKSUM;
            header[6..8].copy_from_slice(&place.start.to_le_bytes());
            header[8..10].copy_from_slice(&place.offset.to_le_bytes());
        }
        self.queue.give(buffer, HEADER_BYTES + length);
    }
}
