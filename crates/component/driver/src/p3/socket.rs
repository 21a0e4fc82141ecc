//! One connection on WASI 0.3, from the name of its host to its last byte.
//!
//! Imports wasip3 and the core's public API. Two tasks: one opens the connection and reads, one writes. Invariants: both
//! end when the connection is closed, and dropping them drops streams and socket; bytes leave in the order they were
//! given, and all that gathered while a write was under way leave in the next one, because WASI has no TCP_NODELAY.

use alloc::rc::Rc;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::net::IpAddr;

use aerospike_wasm::{CloseReason, ConnId, Endpoint, Input};
use wasip3::sockets::ip_name_lookup::{self, resolve_addresses};
use wasip3::sockets::types::{
    ErrorCode, IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress, TcpSocket,
};
use wasip3::wit_bindgen::StreamResult;
use wasip3::wit_bindgen::rt::async_support::{JoinHandle, StreamWriter};
use wasip3::{spawn_local, wit_stream};

use super::signal::Signal;
use super::{Listen, Shared};

/// Most bytes taken in one read.
const READ_BYTES: usize = 64 << 10;

/// A connection's buffer of bytes to write, and its tasks.
#[derive(Default)]
pub(super) struct Socket {
    outbox: RefCell<Vec<u8>>,
    filled: Signal,
    closed: Cell<bool>,
    tasks: RefCell<Vec<JoinHandle<()>>>,
}

impl Socket {
    /// Begins to open a connection.
    pub(super) fn open<L: Listen + 'static>(
        shared: &Rc<Shared<L>>,
        conn: ConnId,
        endpoint: Endpoint,
    ) -> Rc<Self> {
        let socket = Rc::new(Self::default());
        let task = spawn_local(serve(Rc::clone(shared), Rc::clone(&socket), conn, endpoint));
        socket.tasks.borrow_mut().push(task);
        socket
    }

    /// Has bytes written.
    pub(super) fn write(&self, bytes: &[u8]) {
        self.outbox.borrow_mut().extend_from_slice(bytes);
        self.filled.set();
    }

    /// Ends the tasks, and with them the connection.
    pub(super) fn close(&self) {
        if !self.closed.replace(true) {
            self.tasks.borrow_mut().iter_mut().for_each(JoinHandle::cancel);
        }
    }
}

/// Opens the connection and reads until it ends.
async fn serve<L: Listen + 'static>(
    shared: Rc<Shared<L>>,
    socket: Rc<Socket>,
    conn: ConnId,
    endpoint: Endpoint,
) {
    let tcp = match connect(&endpoint).await {
        Ok(tcp) => tcp,
        Err(reason) => return shared.ended(conn, reason),
    };
    let (outgoing, reader) = wit_stream::new::<u8>();
    // What becomes of sending is seen on the stream.
    let _sent = tcp.send(reader);
    let (mut incoming, received) = tcp.receive();
    let task = spawn_local(write(Rc::clone(&shared), Rc::clone(&socket), conn, outgoing));
    socket.tasks.borrow_mut().push(task);
    shared.handle(Input::Connected(conn));
    let mut buffer = Vec::with_capacity(READ_BYTES);
    loop {
        let (result, bytes) = incoming.read(buffer).await;
        if socket.closed.get() {
            return;
        }
        if !bytes.is_empty() {
            shared.handle(Input::Received(conn, &bytes));
        }
        buffer = bytes;
        buffer.clear();
        if !matches!(result, StreamResult::Complete(_)) {
            break;
        }
    }
    let reason = match received.await {
        Ok(()) => CloseReason::ClosedByPeer,
        Err(error) => connect_failure(&error),
    };
    shared.ended(conn, reason);
}

/// Writes what gathers in the outbox.
async fn write<L: Listen + 'static>(
    shared: Rc<Shared<L>>,
    socket: Rc<Socket>,
    conn: ConnId,
    mut outgoing: StreamWriter<u8>,
) {
    let mut buffer = Vec::new();
    loop {
        socket.filled.heard().await;
        core::mem::swap(&mut buffer, &mut socket.outbox.borrow_mut());
        let rest = outgoing.write_all(buffer).await;
        if !rest.is_empty() {
            return shared.ended(conn, CloseReason::Reset);
        }
        buffer = rest;
    }
}

async fn connect(endpoint: &Endpoint) -> Result<TcpSocket, CloseReason> {
    let addresses = match endpoint.host.parse::<IpAddr>() {
        Ok(address) => vec![address_of(address)],
        Err(_) => resolve_addresses(endpoint.host.clone()).await.map_err(|error| lookup_failure(&error))?,
    };
    let mut failure = CloseReason::NameNotFound;
    for address in addresses {
        let family = match address {
            IpAddress::Ipv4(_) => IpAddressFamily::Ipv4,
            IpAddress::Ipv6(_) => IpAddressFamily::Ipv6,
        };
        let tcp = match TcpSocket::create(family) {
            Ok(tcp) => tcp,
            Err(ErrorCode::AccessDenied) => return Err(CloseReason::TcpDenied),
            Err(error) => {
                failure = connect_failure(&error);
                continue;
            }
        };
        match tcp.connect(socket_address(address, endpoint.port)).await {
            Ok(()) => return Ok(tcp),
            Err(error) => failure = connect_failure(&error),
        }
    }
    Err(failure)
}

fn address_of(address: IpAddr) -> IpAddress {
    match address {
        IpAddr::V4(address) => IpAddress::Ipv4(address.octets().into()),
        IpAddr::V6(address) => IpAddress::Ipv6(address.segments().into()),
    }
}

const fn socket_address(address: IpAddress, port: u16) -> IpSocketAddress {
    match address {
        IpAddress::Ipv4(address) => IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address }),
        IpAddress::Ipv6(address) => {
            IpSocketAddress::Ipv6(Ipv6SocketAddress { port, flow_info: 0, address, scope_id: 0 })
        }
    }
}

const fn lookup_failure(error: &ip_name_lookup::ErrorCode) -> CloseReason {
    match error {
        // wasmtime says of a denied lookup that it failed for good.
        ip_name_lookup::ErrorCode::AccessDenied | ip_name_lookup::ErrorCode::PermanentResolverFailure => {
            CloseReason::LookupDenied
        }
        _ => CloseReason::NameNotFound,
    }
}

const fn connect_failure(error: &ErrorCode) -> CloseReason {
    match error {
        ErrorCode::AccessDenied => CloseReason::AddressDenied,
        ErrorCode::ConnectionRefused => CloseReason::Refused,
        ErrorCode::ConnectionReset | ErrorCode::ConnectionAborted | ErrorCode::ConnectionBroken => {
            CloseReason::Reset
        }
        ErrorCode::RemoteUnreachable => CloseReason::Unreachable,
        ErrorCode::Timeout => CloseReason::TimedOut,
        _ => CloseReason::Other,
    }
}
