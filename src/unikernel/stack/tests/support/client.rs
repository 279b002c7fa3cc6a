//! A client with a TCP of its own, at 10.0.0.1.

use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, IpAddress, IpCidr};

use crate::support::{SharedWire, World};

pub struct Client {
    interface: Interface,
    device: Port,
    sockets: SocketSet<'static>,
}

struct Port {
    to_client: SharedWire,
    to_server: SharedWire,
}

impl Client {
    pub fn new(world: &World) -> Client {
        let mut device = Port { to_client: world.to_client.clone(), to_server: world.to_server.clone() };
        let mut config = Config::new(EthernetAddress([2, 0, 0, 0, 0, 1]).into());
        config.random_seed = 7;
        let mut interface = Interface::new(config, &mut device, Instant::ZERO);
        interface.update_ip_addrs(|addresses| {
            addresses.push(IpCidr::new(IpAddress::v4(10, 0, 0, 1), 24)).unwrap();
        });
        Client { interface, device, sockets: SocketSet::new(vec![]) }
    }

    pub fn connect(&mut self, port: u16, window: usize) -> SocketHandle {
        let mut socket = Socket::new(SocketBuffer::new(vec![0; window]), SocketBuffer::new(vec![0; 4_096]));
        let server = (IpAddress::v4(10, 0, 0, 2), 80);
        socket.connect(self.interface.context(), server, port).unwrap();
        self.sockets.add(socket)
    }

    pub fn socket(&mut self, handle: SocketHandle) -> &mut Socket<'static> {
        self.sockets.get_mut(handle)
    }

    /// One step of both ends; what the socket has received is added.
    pub fn step(&mut self, world: &mut World, handle: SocketHandle, received: &mut Vec<u8>) {
        world.turn();
        let now = Instant::from_micros(world.now as i64);
        self.interface.poll(now, &mut self.device, &mut self.sockets);
        let socket = self.sockets.get_mut::<Socket>(handle);
        while socket.can_recv() {
            socket.recv(|bytes| (bytes.len(), received.extend_from_slice(bytes))).unwrap();
        }
        self.interface.poll(now, &mut self.device, &mut self.sockets);
        let own = self.interface.poll_at(now, &self.sockets).map(|at| at.total_micros() as u64);
        let frame = world.to_client.borrow().next_due();
        world.pass(own.into_iter().chain(frame).min());
    }

    /// Asks once and reads to the end of the connection; `None` when it ended otherwise.
    pub fn fetch(&mut self, world: &mut World, port: u16, window: usize, request: &str) -> Option<Vec<u8>> {
        let handle = self.connect(port, window);
        let mut received = vec![];
        let mut is_asked = false;
        let deadline = world.now + 3_600_000_000;
        while world.now < deadline {
            self.step(world, handle, &mut received);
            let socket = self.socket(handle);
            if socket.may_send() && !is_asked {
                socket.send_slice(request.as_bytes()).unwrap();
                is_asked = true;
            }
            match socket.state() {
                State::CloseWait => socket.close(),
                State::Closed => {
                    self.sockets.remove(handle);
                    return is_asked.then_some(received);
                }
                _ => {}
            }
        }
        None
    }
}

impl Device for Port {
    type RxToken<'t> = Arrived;
    type TxToken<'t> = Departing;

    fn receive(&mut self, _: Instant) -> Option<(Arrived, Departing)> {
        let frame = self.to_client.borrow_mut().get()?;
        Some((Arrived(frame), Departing(self.to_server.clone())))
    }

    fn transmit(&mut self, _: Instant) -> Option<Departing> {
        Some(Departing(self.to_server.clone()))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = 1_514;
        capabilities
    }
}

pub struct Arrived(Vec<u8>);
pub struct Departing(SharedWire);

impl RxToken for Arrived {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(&self.0)
    }
}

impl TxToken for Departing {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, write: F) -> R {
        let mut frame = vec![0; length];
        let result = write(&mut frame);
        self.0.borrow_mut().put(frame);
        result
    }
}
