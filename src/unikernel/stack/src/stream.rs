//! A TCP socket as a connection wants it.

use hotzone_page::connection::Stream;
use smoltcp::socket::tcp::Socket;

pub struct TcpStream<'s>(pub &'s mut Socket<'static>);

impl Stream for TcpStream<'_> {
    fn receive<R>(&mut self, take: impl FnOnce(&[u8]) -> (usize, R)) -> Option<R> {
        if !self.0.can_recv() {
            return None;
        }
        self.0.recv(|bytes| take(bytes)).ok()
    }

    fn is_finished(&self) -> bool {
        !self.0.may_recv()
    }

    fn send(&mut self, bytes: &[u8]) -> usize {
        self.0.send_slice(bytes).unwrap_or(0)
    }

    fn room(&self) -> usize {
        if self.0.may_send() { self.0.send_capacity() - self.0.send_queue() } else { 0 }
    }

    fn unacknowledged(&self) -> usize {
        self.0.send_queue()
    }
}
