//! The sockets of the server: which wait for a client, which serve one, and which are on their way out.

use alloc::vec;
use alloc::vec::Vec;
use core::net::IpAddr;

use hotzone_page::connection::{Connection, Next};
use hotzone_page::limits;
use hotzone_page::packet::Endpoints;
use hotzone_page::plan::{Plan, RECEIVE_BYTES};
use hotzone_page::pool::{self, Step};
use hotzone_page::respond::Refusal;
use hotzone_page::server::Server;
use smoltcp::iface::{SocketHandle, SocketSet};
use smoltcp::socket::tcp::{CongestionControl, Socket, SocketBuffer, State};
use smoltcp::wire::{IpAddress, IpEndpoint};

use crate::stream::TcpStream;

pub struct Sockets<'b> {
    pub set: SocketSet<'static>,
    seats: Vec<Seat<'b>>,
    /// Sockets that are not in the set, which is gone through for every frame. They keep their memory: it is planned for.
    aside: Vec<Socket<'static>>,
    port: u16,
    controller: Option<IpAddr>,
    plan: Plan,
}

struct Seat<'b> {
    handle: SocketHandle,
    connection: Option<Connection<'b>>,
    /// The last look at the socket: its state, how much was not acknowledged, and since when it is so.
    state: State,
    unacknowledged: usize,
    since: u64,
}

impl<'b> Sockets<'b> {
    pub fn new(port: u16, controller: Option<IpAddr>, plan: Plan) -> Sockets<'b> {
        let most = plan.max_connections + pool::BACKLOG;
        let seats = Vec::with_capacity(most);
        let mut places = Vec::new();
        places.resize_with(most, Default::default);
        Sockets {
            set: SocketSet::new(places),
            seats,
            aside: Vec::with_capacity(most),
            port,
            controller,
            plan,
        }
    }

    /// Whether a first segment may open a connection: not one that there is already, and not without a socket that
    /// waits for it, for the client will try again. A connection that is only waited out makes room for its successor
    /// (RFC 9293 section 3.6.1).
    pub fn may_open(&mut self, ends: Endpoints) -> bool {
        let (client, server) = (endpoint(ends.client), endpoint(ends.server));
        let mut is_awaited = server.port != self.port;
        for seat in &mut self.seats {
            let socket = self.set.get_mut::<Socket>(seat.handle);
            is_awaited |= socket.is_listening();
            if socket.remote_endpoint() == Some(client) && socket.local_endpoint() == Some(server) {
                if socket.state() != State::TimeWait {
                    return false;
                }
                seat.forget(socket);
            }
        }
        is_awaited
    }

    /// Serves every connection as far as it goes, and finds places for those to come.
    pub fn tend(&mut self, server: &mut Server<'b>, now: u64) {
        for index in 0..self.seats.len() {
            self.tend_one(index, server, now);
        }
        while let Some(()) = self.make_place(server, now) {}
        server.counters.open_connections = 0;
        for connection in self.seats.iter_mut().flat_map(|seat| &mut seat.connection) {
            connection.is_counted = !connection.is_control;
            server.counters.open_connections += u64::from(connection.is_counted);
        }
    }

    /// When somebody has to be looked after even though nothing arrives.
    pub fn needs_sweep(&self) -> bool {
        self.seats.iter().any(|seat| !matches!(seat.state, State::Listen | State::Closed))
    }

    /// Whether every byte that was said has been heard.
    pub fn is_quiet(&self) -> bool {
        self.seats.iter().all(|seat| self.set.get::<Socket>(seat.handle).send_queue() == 0)
    }

    fn tend_one(&mut self, index: usize, server: &mut Server<'b>, now: u64) {
        let seat = &mut self.seats[index];
        let socket = self.set.get_mut::<Socket>(seat.handle);
        seat.look(socket, now);
        match socket.state() {
            State::Established | State::CloseWait => {}
            // A reset ends whatever was going on.
            State::Closed => return seat.connection = None,
            State::FinWait1 | State::FinWait2 => {
                // Nobody reads what still comes, but it has to be acknowledged.
                while socket.can_recv() && socket.recv(|bytes| (bytes.len(), ())).is_ok() {}
                if seat.unacknowledged > 0 && now - seat.since >= limits::STALL_TIMEOUT {
                    server.counters.drops += 1;
                    socket.abort();
                }
                return;
            }
            _ => return,
        }
        if seat.connection.is_none() && !self.admit(index, server, now) {
            return;
        }
        let seat = &mut self.seats[index];
        let socket = self.set.get_mut::<Socket>(seat.handle);
        let Some(connection) = &mut seat.connection else { return };
        match connection.advance(&mut TcpStream(socket), server, now) {
            Next::Stay => {}
            Next::Close => {
                socket.close();
                seat.connection = None;
            }
            Next::Abort => {
                socket.abort();
                seat.connection = None;
            }
        }
        seat.look(socket, now);
    }

    /// Lets a new client in, if need be in place of one that has been idle for longest.
    fn admit(&mut self, index: usize, server: &mut Server<'b>, now: u64) -> bool {
        let open = self.seats.iter().filter(|seat| seat.connection.is_some()).count();
        let is_full = open >= self.plan.max_connections;
        let seats = self.seats.iter().map(|seat| seat.use_of());
        let idle = is_full.then(|| pool::oldest_idle(seats)).flatten();
        if let Some(idle) = idle {
            server.counters.drops += 1;
            self.seats[idle].connection = None;
            self.set.get_mut::<Socket>(self.seats[idle].handle).close();
        }
        let seat = &mut self.seats[index];
        let socket = self.set.get_mut::<Socket>(seat.handle);
        let client = socket.remote_endpoint().map(|end| IpAddr::from(end.addr));
        let mut connection = Connection::new(client.is_some() && client == self.controller, now);
        if is_full && idle.is_none() {
            server.counters.drops += 1;
            connection.refuse(&mut TcpStream(socket), Refusal::Unavailable, now);
            socket.close();
            return false;
        }
        seat.connection = Some(connection);
        true
    }

    fn make_place(&mut self, server: &mut Server<'b>, now: u64) -> Option<()> {
        let seats = self.seats.iter().map(|seat| seat.use_of());
        match pool::next_step(seats, self.plan.max_connections, now) {
            Step::Listen(index) => {
                let seat = &mut self.seats[index];
                let socket = self.set.get_mut::<Socket>(seat.handle);
                server.counters.drops += u64::from(seat.state == State::SynReceived);
                seat.forget(socket);
                socket.listen(self.port).expect("the socket is closed, and the port is not 0");
                seat.look(socket, now);
            }
            Step::Grow => {
                let socket = self.aside.pop().unwrap_or_else(|| new_socket(self.plan.send_bytes));
                let handle = self.set.add(socket);
                self.seats.push(Seat {
                    handle,
                    connection: None,
                    state: State::Closed,
                    unacknowledged: 0,
                    since: now,
                });
            }
            Step::Shrink(index) => {
                let mut seat = self.seats.swap_remove(index);
                server.counters.drops += u64::from(seat.state == State::SynReceived);
                seat.forget(self.set.get_mut(seat.handle));
                let smoltcp::socket::Socket::Tcp(socket) = self.set.remove(seat.handle);
                self.aside.push(socket);
            }
            Step::Rest => return None,
        }
        Some(())
    }
}

impl<'b> Seat<'b> {
    fn look(&mut self, socket: &Socket, now: u64) {
        let seen = (socket.state(), socket.send_queue());
        if seen != (self.state, self.unacknowledged) {
            (self.state, self.unacknowledged) = seen;
            self.since = now;
        }
    }

    fn use_of(&self) -> pool::Seat {
        match (self.state, &self.connection) {
            (State::Closed, _) => pool::Seat::Free,
            (State::Listen, _) => pool::Seat::Listening,
            (State::SynReceived | State::SynSent, _) => pool::Seat::HalfOpen { since: self.since },
            (_, Some(connection)) => match connection.idle_since() {
                Some(since) => pool::Seat::Idle { since },
                None => pool::Seat::Busy,
            },
            (State::Established | State::CloseWait, None) => pool::Seat::Busy,
            (State::TimeWait, None) => pool::Seat::Closed { since: self.since },
            (_, None) if self.unacknowledged > 0 => pool::Seat::Busy,
            (_, None) => pool::Seat::Closing { since: self.since },
        }
    }

    /// Without a reset: `listen`, which always follows, wipes the socket.
    fn forget(&mut self, socket: &mut Socket) {
        socket.abort();
        self.connection = None;
        self.state = State::Closed;
        self.unacknowledged = 0;
    }
}

fn new_socket(send_bytes: usize) -> Socket<'static> {
    let mut socket =
        Socket::new(SocketBuffer::new(vec![0; RECEIVE_BYTES]), SocketBuffer::new(vec![0; send_bytes]));
    // Responses are written in one go: there is nothing to be gained by waiting for more of them.
    socket.set_nagle_enabled(false);
    socket.set_congestion_control(CongestionControl::Reno);
    socket
}

fn endpoint((address, port): (IpAddr, u16)) -> IpEndpoint {
    IpEndpoint::new(IpAddress::from(address), port)
}
