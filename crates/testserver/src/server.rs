//! The machine: connections in, replies out.
//!
//! Imports everything below it. Source: server `service.c`. Requests of one connection are answered in order, one
//! at a time; bytes of an unfinished request wait in the connection, and memory grows with bytes received, never
//! with a size that a peer declared.

use aerospike_wasm::data::Digest;
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::flags::{info1, info2};
use aerospike_wasm::wire::frame::{FrameHeader, FrameType, HEADER_SIZE, VERSION, write_frame};
use aerospike_wasm::wire::message::{Header, Message, write_request};

use crate::batch::Limits;
use crate::cluster::Cluster;
use crate::config::{Config, SecurityMode, TlsAddress};
use crate::connection::{Connection, Cut, cut};
use crate::execute::execute;
use crate::fault::{Fault, Faults};
use crate::info::{self, Session};
use crate::reply::{Outcome, Reply};
use crate::request::{Fields, Flags, Request};
use crate::security::{Action, Permissions, Security};
use crate::store::{Clock, Store};
use crate::{admin, batch, query};

/// What fault injection sends in place of a reply.
const GARBAGE: [u8; 32] = [0xff; 32];
/// Offset of `info1` in the body of a record message.
const INFO1_OFFSET: usize = 1;

/// Names an open connection; no other one of the server has the same number.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ConnectionId(pub u64);

/// What becomes of a connection after bytes arrived on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Verdict {
    /// It stays open.
    Keep,
    /// The server closes it, once the bytes already appended are sent.
    Close,
}

/// What the commands work on.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) cluster: Cluster,
    pub(crate) store: Store,
    pub(crate) faults: Faults,
    /// Users and sessions, where security is on.
    pub(crate) security: Option<Security>,
    pub(crate) open_connections: usize,
    /// Milliseconds that [`Server::advance`] added to the clock that is set.
    pub(crate) clock_ahead: u64,
}

/// An in-memory Aerospike node or cluster. See the crate's documentation for how to drive it.
#[derive(Debug)]
pub struct Server {
    pub(crate) core: Core,
    /// By id, ascending.
    pub(crate) connections: Vec<(ConnectionId, Connection)>,
    next_id: u64,
    unix_millis: u64,
}

impl Server {
    /// A server without data.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let core = Core {
            cluster: Cluster::new(&config),
            store: Store::new(&config.namespaces, config.unix_millis),
            faults: Faults::default(),
            security: match &config.security {
                SecurityMode::On(security) if cfg!(feature = "security") => Some(Security::new(security)),
                _ => None,
            },
            open_connections: 0,
            clock_ahead: 0,
            config,
        };
        let unix_millis = core.config.unix_millis;
        Self { core, connections: Vec::new(), next_id: 0, unix_millis }
    }

    /// How many nodes are configured.
    #[must_use]
    pub const fn node_count(&self) -> usize {
        self.core.cluster.len()
    }

    /// Opens a connection to a node; `None` if there is no such node or it is down.
    pub fn open(&mut self, node: usize) -> Option<ConnectionId> {
        if !self.core.cluster.is_up(node) {
            return None;
        }
        let id = ConnectionId(self.next_id);
        self.next_id += 1;
        self.connections.push((id, Connection::new(node)));
        self.core.open_connections = self.connections.len();
        Some(id)
    }

    /// Whether a connection is open; the server closes those of a node that goes down.
    #[must_use]
    pub fn is_open(&self, id: ConnectionId) -> bool {
        self.place(id).is_some()
    }

    /// Forgets a connection that its client closed.
    pub fn close(&mut self, id: ConnectionId) {
        if let Some(at) = self.place(id) {
            self.connections.remove(at);
        }
        self.core.open_connections = self.connections.len();
    }

    /// Takes bytes that arrived, in pieces of any size, and appends the replies to `out` in order.
    pub fn receive(&mut self, id: ConnectionId, bytes: &[u8], out: &mut Vec<u8>) -> Verdict {
        let Some(connection) = self.connection(id) else { return Verdict::Close };
        let mut pending = connection.take_pending();
        let is_direct = pending.is_empty();
        if !is_direct {
            pending.extend_from_slice(bytes);
        }
        let all = if is_direct { bytes } else { pending.as_slice() };
        let mut session = connection.session;
        // From where on replies are held back, and until when.
        let mut held = connection.held_until().map(|until| (out.len(), until));
        let mut rest = all;
        while let Cut::Frame { kind, body, rest: behind } = cut(rest) {
            let start = out.len();
            let verdict = self.core.answer(&mut session, kind, body, behind.is_empty(), out);
            if let Some(millis) = self.core.faults.take_delay() {
                let until = self.unix_millis.saturating_add(millis.into());
                held = held.map_or(Some((start, until)), |(from, other)| Some((from, until.max(other))));
            }
            rest = behind;
            if verdict == Verdict::Close || !self.core.cluster.is_up(session.node) {
                return self.end(id, held.map(|(from, _)| from), out);
            }
        }
        if matches!(cut(rest), Cut::Bad) {
            return self.end(id, held.map(|(from, _)| from), out);
        }
        let consumed = all.len() - rest.len();
        if is_direct {
            pending = rest.to_vec();
        } else {
            pending.drain(..consumed);
        }
        if let Some(connection) = self.connection(id) {
            connection.keep(session, pending);
            if let Some((from, until)) = held {
                connection.hold(out, from, until);
            }
        }
        self.apply_clock();
        Verdict::Keep
    }

    /// Closes a connection; replies that were held back are lost with it.
    fn end(&mut self, id: ConnectionId, held: Option<usize>, out: &mut Vec<u8>) -> Verdict {
        self.close(id);
        out.truncate(held.unwrap_or(out.len()));
        Verdict::Close
    }

    /// When the next of the replies that a [`Fault::Delay`] holds back is due, Unix milliseconds as they are given to
    /// [`Server::set_unix_millis`].
    #[must_use]
    pub fn next_release(&self) -> Option<u64> {
        self.connections.iter().filter_map(|(_, one)| one.held_until()).min()
    }

    /// Appends the replies of one connection that are due; to be called until it gives `None`.
    pub fn release(&mut self, out: &mut Vec<u8>) -> Option<ConnectionId> {
        let is_due = |one: &Connection| one.held_until().is_some_and(|until| until <= self.unix_millis);
        let at = self.connections.iter().position(|(_, one)| is_due(one))?;
        let (id, connection) = &mut self.connections[at];
        connection.release(out);
        Some(*id)
    }

    /// Sets the wall clock; what [`Server::advance`] added stays added.
    pub fn set_unix_millis(&mut self, unix_millis: u64) {
        self.unix_millis = unix_millis;
        self.apply_clock();
    }

    /// Moves the wall clock ahead.
    pub fn advance(&mut self, seconds: u64) {
        self.core.clock_ahead = self.core.clock_ahead.saturating_add(seconds.saturating_mul(1000));
        self.apply_clock();
    }

    /// The wall clock, Unix milliseconds.
    #[must_use]
    pub const fn unix_millis(&self) -> u64 {
        self.core.store.clock.0
    }

    fn place(&self, id: ConnectionId) -> Option<usize> {
        self.connections.binary_search_by_key(&id, |(id, _)| *id).ok()
    }

    fn connection(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        self.place(id).map(|at| &mut self.connections[at].1)
    }

    fn apply_clock(&mut self) {
        self.core.store.clock = Clock(self.unix_millis.saturating_add(self.core.clock_ahead));
    }

    /// Takes a node out of the cluster or back into it: peers lists, partition maps and generations change as in a
    /// real cluster; the data stays. Gives the connections that died with the node.
    pub fn set_node_up(&mut self, node: usize, is_up: bool) -> Vec<ConnectionId> {
        self.core.set_node_up(node, is_up);
        self.close_dead()
    }

    /// Takes a node's partition map away, as before its first balance: its partition generation is -1 and it
    /// answers commands with 11. Or gives the map back.
    pub fn set_node_balanced(&mut self, node: usize, is_balanced: bool) {
        self.core.cluster.set_balanced(node, is_balanced);
    }

    /// Drops the connections of nodes that are down and gives their names; a host that runs the server's own
    /// `test-node` command closes these.
    pub fn close_dead(&mut self) -> Vec<ConnectionId> {
        let cluster = &self.core.cluster;
        let is_dead = |connection: &Connection| !cluster.is_up(connection.session.node);
        let dead: Vec<_> =
            self.connections.iter().filter(|(_, one)| is_dead(one)).map(|(id, _)| *id).collect();
        dead.iter().for_each(|id| self.close(*id));
        dead
    }

    /// Changes where clients are told to find a node, for hosts that learn their ports late.
    pub fn set_node_address(&mut self, node: usize, host: &str, port: u16) {
        self.core.cluster.set_address(node, host, port);
    }

    /// Changes where clients outside the network are told to find a node.
    pub fn set_node_alternate(&mut self, node: usize, host: &str, port: u16) {
        self.core.cluster.set_alternate(node, host, port);
    }

    /// Moves a node to another rack, or takes racks away from it; clients notice by its rebalance generation.
    pub fn set_node_rack(&mut self, node: usize, rack: Option<u32>) {
        self.core.cluster.set_rack(node, rack);
    }

    /// Changes where clients are told to find a node by TLS.
    pub fn set_node_tls(&mut self, node: usize, address: TlsAddress) {
        self.core.cluster.set_tls(node, address);
    }

    /// Answers every login of a user with a code from now on, whatever the password; with 0 as usual again. Does nothing
    /// without security or such a user.
    pub fn refuse_login(&mut self, user: &str, code: ResultCode) {
        self.core.refuse_login(user, code);
    }

    /// A node forgets its sessions, as if it had been started anew.
    pub fn forget_sessions(&mut self, node: usize) {
        if let Some(security) = self.core.security_mut() {
            security.forget_node(node);
        }
    }

    /// Makes the next `count` record messages that reach `node` (any node if `None`) fail in this way.
    pub fn inject(&mut self, node: Option<usize>, fault: Fault, count: u32) {
        self.core.faults.add(node, fault, count);
    }

    /// Forgets the faults that wait.
    pub fn clear_faults(&mut self) {
        self.core.faults.clear();
    }
}

impl Core {
    pub(crate) fn has_namespace(&self, name: &[u8]) -> bool {
        self.config.namespaces.iter().any(|one| one.name.as_bytes() == name)
    }

    /// Answers one frame. An empty body is answered only if nothing waits behind it.
    fn answer(
        &mut self,
        session: &mut Session,
        kind: FrameType,
        body: &[u8],
        is_last: bool,
        out: &mut Vec<u8>,
    ) -> Verdict {
        if body.is_empty() && !is_last {
            return Verdict::Close;
        }
        match kind {
            FrameType::INFO => {
                let mut text = Vec::new();
                info::answer(self, session, body, &mut text);
                write_frame(out, FrameType::INFO, |writer| writer.bytes(&text));
            }
            FrameType::ADMIN => admin::answer(self, session, body, out),
            FrameType::MESSAGE => return self.record_message(session, body, out),
            FrameType::COMPRESSED => write_error(ResultCode::ENTERPRISE_ONLY, out),
            _ => {}
        }
        Verdict::Keep
    }

    /// Answers a record message: not without a login, where one is needed, and as the faults say.
    fn record_message(&mut self, session: &Session, body: &[u8], out: &mut Vec<u8>) -> Verdict {
        let permissions = match self.security() {
            None => Ok(Permissions::ALL),
            Some(security) => security.permissions(session.token, self.store.clock.0),
        };
        match permissions {
            Err(code) => refuse(code, body, out),
            Ok(permissions) => match self.faults.next(session.node) {
                None if !self.cluster.is_balanced(session.node) => {
                    refuse(ResultCode::PARTITION_UNAVAILABLE, body, out)
                }
                None => self.message(body, permissions, out),
                Some(fault) => return self.fail(fault, body, permissions, out),
            },
        }
        Verdict::Keep
    }

    pub(crate) fn set_node_up(&mut self, node: usize, is_up: bool) {
        if let Some(security) = self.security_mut().filter(|_| !is_up) {
            security.forget_node(node);
        }
        self.cluster.set_up(node, is_up);
    }

    pub(crate) fn refuse_login(&mut self, user: &str, code: ResultCode) -> Option<()> {
        let user = self.security_mut()?.users.get_mut(user)?;
        user.refusal = (!code.is_ok()).then_some(code);
        Some(())
    }

    /// Whether a connection may do something; without security everybody may do all.
    pub(crate) fn check(&self, session: &Session, action: Action) -> Result<(), ResultCode> {
        let now = self.store.clock.0;
        self.security().map_or(Ok(()), |security| security.check(session.token, now, action))
    }

    /// Users and sessions, where security is on; without the feature `security` it never is, and its code is left out.
    pub(crate) const fn security(&self) -> Option<&Security> {
        if cfg!(feature = "security") { self.security.as_ref() } else { None }
    }

    pub(crate) const fn security_mut(&mut self) -> Option<&mut Security> {
        if cfg!(feature = "security") { self.security.as_mut() } else { None }
    }

    /// Answers a record message.
    fn message(&mut self, body: &[u8], permissions: Permissions, out: &mut Vec<u8>) {
        let Ok(message) = Message::read_only(body) else { return write_error(ResultCode::PARAMETER, out) };
        let fields = Fields::read(message.fields());
        if message.header.info1 & info1::BATCH != 0 {
            let Config { batch_index_threads: threads, batch_max_requests: max_requests, .. } = self.config;
            let limits = Limits { threads, max_requests };
            return batch::batch(&mut self.store, limits, permissions, &message, &fields, out);
        }
        let flags = Flags::of(&message);
        if let Err(code) = permissions.check(flags.info1 & info1::READ != 0, flags.info2 & info2::WRITE != 0)
        {
            return write_error(code, out);
        }
        match fields.digest {
            None => write_error(query::refuse(&mut self.store, &fields), out),
            Some(digest) => self.single(&message, fields, digest, out),
        }
    }

    /// Answers a command on one record.
    fn single(&mut self, message: &Message<'_>, fields: Fields<'_>, digest: &[u8], out: &mut Vec<u8>) {
        let clock = self.store.clock;
        let Some(namespace) = fields.namespace.and_then(|name| self.store.namespace(name)) else {
            return write_error(ResultCode::INVALID_NAMESPACE, out);
        };
        let Ok(digest) = digest.try_into() else { return write_error(ResultCode::PARAMETER, out) };
        let start = out.len();
        out.extend_from_slice(&[0; HEADER_SIZE]);
        let mut reply = Reply::start(out);
        let outcome = match Request::new(Flags::of(message), fields, Digest(digest), message.ops()) {
            Ok(request) => execute(namespace, clock, &request, &mut reply),
            Err(code) => Outcome::bare(code),
        };
        reply.finish(outcome, 0);
        let size = (out.len() - start - HEADER_SIZE) as u64;
        let header = FrameHeader { version: VERSION, kind: FrameType::MESSAGE, size };
        out[start..start + HEADER_SIZE].copy_from_slice(&header.to_bytes());
    }

    /// Does what a fault says with a record message.
    fn fail(&mut self, fault: Fault, body: &[u8], permissions: Permissions, out: &mut Vec<u8>) -> Verdict {
        let start = out.len();
        match fault {
            Fault::Answer(code) => refuse(code, body, out),
            Fault::Drop => return Verdict::Close,
            Fault::Swallow => {
                self.message(body, permissions, out);
                out.truncate(start);
            }
            Fault::Garbage => {
                self.message(body, permissions, out);
                out.truncate(start);
                out.extend_from_slice(&GARBAGE);
            }
            Fault::Cut(bytes) => {
                self.message(body, permissions, out);
                out.truncate(start.saturating_add(bytes));
                return Verdict::Close;
            }
            Fault::Delay(millis) => {
                self.message(body, permissions, out);
                self.faults.delay(millis);
            }
        }
        Verdict::Keep
    }
}

/// Answers a record message that is not executed.
fn refuse(code: ResultCode, body: &[u8], out: &mut Vec<u8>) {
    if body.get(INFO1_OFFSET).is_some_and(|flags| flags & info1::BATCH != 0) {
        batch::write_last(code, out);
    } else {
        write_error(code, out);
    }
}

/// Appends a reply that is a header only.
fn write_error(result_code: ResultCode, out: &mut Vec<u8>) {
    write_request(out, &Header { result_code, ..Header::default() }, |_| ());
}
