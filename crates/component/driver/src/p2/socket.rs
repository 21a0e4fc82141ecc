//! One connection on WASI 0.2, from the name of its host to its last byte.
//!
//! Imports wasip2 and the core's public API. Invariants: a pollable is made once per stream and dropped before it, a
//! stream before its socket; bytes leave in the order they were given, and those of one call in one write as far as
//! the host takes them, because WASI has no TCP_NODELAY: a request in two writes waits for the peer's delayed
//! acknowledgement.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::net::IpAddr;

use aerospike_wasm::{CloseReason, Endpoint};
use wasip2::io::poll::Pollable;
use wasip2::io::streams::{InputStream, OutputStream, StreamError};
use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::ip_name_lookup::{ResolveAddressStream, resolve_addresses};
use wasip2::sockets::network::{
    ErrorCode, IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress,
};
use wasip2::sockets::tcp::TcpSocket;
use wasip2::sockets::tcp_create_socket::create_tcp_socket;

/// Most bytes taken in one read.
const READ_BYTES: u64 = 256 << 10;

/// What became of a connection when it was looked at.
pub(super) enum Progress {
    /// Nothing to tell.
    None,
    /// It is open.
    Opened,
    /// Bytes came.
    Received(Vec<u8>),
}

/// One connection.
#[derive(Debug)]
pub(super) struct Socket {
    port: u16,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Resolving(Resolving),
    Connecting(Connecting),
    Open(Open),
    /// Between two stages, and after a failure.
    Ended,
}

/// Fields are dropped in order: pollables before what they belong to.
#[derive(Debug)]
struct Resolving {
    ready: Pollable,
    stream: ResolveAddressStream,
    found: VecDeque<IpAddress>,
}

#[derive(Debug)]
struct Connecting {
    ready: Pollable,
    socket: TcpSocket,
    /// Addresses that are tried if this one fails.
    others: VecDeque<IpAddress>,
}

#[derive(Debug)]
struct Open {
    readable: Pollable,
    writable: Pollable,
    input: InputStream,
    output: OutputStream,
    /// Bytes the host has not taken yet.
    outbox: Vec<u8>,
    _socket: TcpSocket,
}

impl Socket {
    /// Begins to open a connection.
    pub(super) fn open(endpoint: &Endpoint) -> Result<Self, CloseReason> {
        let port = endpoint.port;
        let stage = match endpoint.host.parse::<IpAddr>() {
            Ok(address) => connect(port, VecDeque::from([address_of(address)]))?,
            Err(_) => {
                let stream =
                    resolve_addresses(&instance_network(), &endpoint.host).map_err(lookup_failure)?;
                let ready = stream.subscribe();
                Stage::Resolving(Resolving { ready, stream, found: VecDeque::new() })
            }
        };
        Ok(Self { port, stage })
    }

    /// What to wait for.
    pub(super) fn pollables<'a>(&'a self, add: &mut dyn FnMut(&'a Pollable)) {
        match &self.stage {
            Stage::Resolving(resolving) => add(&resolving.ready),
            Stage::Connecting(connecting) => add(&connecting.ready),
            Stage::Open(open) => {
                add(&open.readable);
                if !open.outbox.is_empty() {
                    add(&open.writable);
                }
            }
            Stage::Ended => {}
        }
    }

    /// Does what can be done without waiting.
    pub(super) fn progress(&mut self) -> Result<Progress, CloseReason> {
        match &mut self.stage {
            Stage::Resolving(resolving) => {
                if let Some(found) = resolving.next()? {
                    self.stage = connect(self.port, found)?;
                }
                Ok(Progress::None)
            }
            Stage::Connecting(connecting) => match connecting.socket.finish_connect() {
                Ok((input, output)) => self.opened(input, output),
                Err(ErrorCode::WouldBlock) => Ok(Progress::None),
                Err(error) => {
                    let others = core::mem::take(&mut connecting.others);
                    if others.is_empty() {
                        return Err(connect_failure(error));
                    }
                    self.stage = connect(self.port, others)?;
                    Ok(Progress::None)
                }
            },
            Stage::Open(open) => {
                open.flush()?;
                let bytes = open.input.read(READ_BYTES).map_err(|error| stream_failure(&error))?;
                Ok(if bytes.is_empty() { Progress::None } else { Progress::Received(bytes) })
            }
            Stage::Ended => Err(CloseReason::Other),
        }
    }

    /// Writes bytes; what the host does not take now goes later.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), CloseReason> {
        let Stage::Open(open) = &mut self.stage else { return Err(CloseReason::Other) };
        let taken = if open.outbox.is_empty() { open.send(bytes)? } else { 0 };
        open.outbox.extend_from_slice(&bytes[taken..]);
        Ok(())
    }

    fn opened(&mut self, input: InputStream, output: OutputStream) -> Result<Progress, CloseReason> {
        let (readable, writable) = (input.subscribe(), output.subscribe());
        let Stage::Connecting(connecting) = core::mem::replace(&mut self.stage, Stage::Ended) else {
            return Err(CloseReason::Other);
        };
        let _socket = connecting.socket;
        self.stage = Stage::Open(Open { readable, writable, input, output, outbox: Vec::new(), _socket });
        Ok(Progress::Opened)
    }
}

impl Resolving {
    /// The addresses once all are there; `None` while they are looked up.
    fn next(&mut self) -> Result<Option<VecDeque<IpAddress>>, CloseReason> {
        loop {
            match self.stream.resolve_next_address() {
                Ok(Some(address)) => self.found.push_back(address),
                Ok(None) => return Ok(Some(core::mem::take(&mut self.found))),
                Err(ErrorCode::WouldBlock) => return Ok(None),
                Err(error) => return Err(lookup_failure(error)),
            }
        }
    }
}

impl Open {
    /// Writes as much as the host takes and gives how much that was.
    fn send(&self, bytes: &[u8]) -> Result<usize, CloseReason> {
        let mut sent = 0;
        while sent < bytes.len() {
            let room = self.output.check_write().map_err(|error| stream_failure(&error))? as usize;
            if room == 0 {
                break;
            }
            let part = &bytes[sent..bytes.len().min(sent + room)];
            self.output.write(part).map_err(|error| stream_failure(&error))?;
            sent += part.len();
        }
        if sent > 0 {
            self.output.flush().map_err(|error| stream_failure(&error))?;
        }
        Ok(sent)
    }

    fn flush(&mut self) -> Result<(), CloseReason> {
        if !self.outbox.is_empty() {
            let sent = self.send(&self.outbox)?;
            self.outbox.drain(..sent);
        }
        Ok(())
    }
}

/// Begins to connect to the first of some addresses.
fn connect(port: u16, mut addresses: VecDeque<IpAddress>) -> Result<Stage, CloseReason> {
    let mut failure = CloseReason::NameNotFound;
    while let Some(address) = addresses.pop_front() {
        let family = match address {
            IpAddress::Ipv4(_) => IpAddressFamily::Ipv4,
            IpAddress::Ipv6(_) => IpAddressFamily::Ipv6,
        };
        let socket = match create_tcp_socket(family) {
            Ok(socket) => socket,
            Err(ErrorCode::AccessDenied) => return Err(CloseReason::TcpDenied),
            Err(error) => {
                failure = connect_failure(error);
                continue;
            }
        };
        match socket.start_connect(&instance_network(), socket_address(address, port)) {
            Ok(()) => {
                let ready = socket.subscribe();
                return Ok(Stage::Connecting(Connecting { ready, socket, others: addresses }));
            }
            Err(error) => failure = connect_failure(error),
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

const fn lookup_failure(error: ErrorCode) -> CloseReason {
    match error {
        // wasmtime says of a denied lookup that it failed for good.
        ErrorCode::AccessDenied | ErrorCode::PermanentResolverFailure => CloseReason::LookupDenied,
        ErrorCode::NameUnresolvable | ErrorCode::InvalidArgument | ErrorCode::TemporaryResolverFailure => {
            CloseReason::NameNotFound
        }
        _ => CloseReason::Other,
    }
}

const fn connect_failure(error: ErrorCode) -> CloseReason {
    match error {
        ErrorCode::AccessDenied => CloseReason::AddressDenied,
        ErrorCode::ConnectionRefused => CloseReason::Refused,
        ErrorCode::ConnectionReset | ErrorCode::ConnectionAborted => CloseReason::Reset,
        ErrorCode::RemoteUnreachable => CloseReason::Unreachable,
        ErrorCode::Timeout => CloseReason::TimedOut,
        _ => CloseReason::Other,
    }
}

const fn stream_failure(error: &StreamError) -> CloseReason {
    match error {
        StreamError::Closed => CloseReason::ClosedByPeer,
        StreamError::LastOperationFailed(_) => CloseReason::Reset,
    }
}
