//! Everything about serving the one page of a bundle that needs no machine: it runs in the page kernel and, for its
//! tests, on any host. No clock, no randomness, no I/O: time and bytes come in as arguments.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod bundle;
mod bundle_layout;
pub mod byte_range;
pub mod calibration;
pub mod command_line;
pub mod connection;
pub mod control;
pub mod crc32;
pub mod decimal;
pub mod head;
pub mod http_date;
pub mod limits;
pub mod negotiation;
pub mod packet;
pub mod plan;
pub mod pool;
pub mod precondition;
pub mod request;
pub mod resegment;
pub mod respond;
pub mod segment;
pub mod server;
pub mod target;
pub mod too_big;
pub mod wire;
