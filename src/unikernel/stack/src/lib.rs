//! TCP/IP between a network card, whichever it is, and the server of a page. Time, chance and frames come in as
//! arguments, so that it runs on any host for its tests.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod flows;
mod link;
mod network;
pub mod nic;
mod paths;
mod recovery;
mod sockets;
mod stack;
mod stream;

pub use stack::Stack;
