//! What a guest says to the rest of a Xen host through shared memory, and how it goes on from what it hears: the
//! protocols of public/io/*.h of Xen 4.17, without the memory itself, so that all of it runs in tests.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod byte_ring;
pub mod front;
pub mod netif;
pub mod request_ring;
pub mod store;
