//! Connections of a node: opening and closing them, and which commands may use them.
//!
//! Part of [`super::Client`]. Invariants: at most `max_conns_per_node` command connections are open or being made
//! per node; a closed connection leaves every list it was in; each exchange on it fails or retries by its own rules.

use super::running::{Running, Stage, Timing};
use super::{Client, Consumed, HostAction};
use crate::cluster::Waiting;
use crate::config::Endpoint;
use crate::conn::{Connection, Exchange, Purpose, State};
use crate::error::{CloseReason, ErrorKind};
use crate::ids::{ConnId, NodeId};
use crate::time::Timestamp;
use crate::wire::DecodeError;

/// Most connections opened to a node so that writes which wait for different replicas keep apart.
const MOST_LANES: usize = 8;

/// Marks a waiting command that is no batch, where a batch has the index of its group.
pub(super) const NO_GROUP: u32 = u32::MAX;

impl Client {
    /// Asks the host for a connection; `None` if there is no slot for it.
    pub(super) fn open_connection(&mut self, purpose: Purpose, endpoint: Endpoint) -> Option<ConnId> {
        let until = self.now.plus_millis(u64::from(self.config.connect_timeout_ms));
        let conn =
            self.conns.insert(Connection::new(purpose, self.config.max_message_bytes, self.now, until))?;
        self.conn_deadlines.set(conn.slot(), until);
        self.actions.push_back(HostAction::Connect(conn, endpoint));
        Some(conn)
    }

    /// Puts an attempt on a connection of its node, or in the queue for one.
    pub(super) fn assign(&mut self, node: NodeId, waiting: Waiting) -> Stage {
        if let Some(conn) = self.take_available(node, waiting) {
            self.put_on(node, conn, waiting);
            return Stage::OnConnection(conn);
        }
        if let Some(entry) = self.nodes.get_mut(usize::from(node.0)) {
            let queue = if waiting.whole { &mut entry.waiting_whole } else { &mut entry.waiting };
            queue.push_back(waiting);
        }
        self.open_for_waiting(node);
        Stage::Waiting
    }

    pub(super) fn handle_connected(&mut self, id: ConnId) {
        let Some(conn) = self.conns.get_mut(id) else { return };
        if !matches!(conn.state, State::Connecting { .. }) {
            return;
        }
        conn.last_used = self.now;
        self.greet(id);
    }

    /// A connection is ready for what it was made for.
    pub(super) fn handle_ready(&mut self, id: ConnId) {
        let Some(conn) = self.conns.get_mut(id) else { return };
        conn.state = State::Open;
        self.conn_deadlines.clear(id.slot());
        match conn.purpose {
            Purpose::Candidate(candidate) => self.introduce(candidate, id),
            Purpose::Tend(node) => self.ask_node(node, id),
            Purpose::Commands(node) => {
                if let Some(entry) = self.nodes.get_mut(usize::from(node.0)) {
                    entry.connecting -= 1;
                    entry.open += 1;
                    entry.counters.opened += 1;
                }
                self.feed(id);
                // Others may have had to wait until this one was made.
                self.open_for_waiting(node);
                self.open_minimum(node);
            }
        }
    }

    pub(super) fn handle_received(&mut self, id: ConnId, bytes: &[u8]) {
        let Some(conn) = self.conns.get_mut(id).filter(|conn| conn.is_connected()) else { return };
        conn.handle_received(bytes);
        self.readable.push_back(id);
    }

    /// Ends a connection. `tell` asks the host to close it; `bad` says what was wrong with the bytes it carried.
    pub(super) fn close_connection(
        &mut self,
        id: ConnId,
        reason: CloseReason,
        bad: Option<DecodeError>,
        tell: bool,
    ) {
        let Some(conn) = self.conns.remove(id) else { return };
        self.conn_deadlines.clear(id.slot());
        self.drop_consumed(id);
        if tell {
            self.actions.push_back(HostAction::Close(id));
        }
        let kind = bad.map_or(ErrorKind::Connection(reason), ErrorKind::BadReply);
        match conn.purpose {
            Purpose::Candidate(candidate) => self.candidate_failed(candidate, kind),
            Purpose::Tend(node) => self.tend_failed(node, id),
            Purpose::Commands(node) => self.command_connection_closed(node, id, &conn, kind),
        }
        for exchange in &conn.exchanges {
            match *exchange {
                Exchange::Command { id, attempt } | Exchange::Text { id, attempt } => {
                    self.attempt_failed(id, attempt, kind);
                }
                Exchange::Batch { id, group, attempt, .. } => self.group_failed(id, group, attempt, kind),
                Exchange::Merged { .. } | Exchange::Info | Exchange::Login | Exchange::Authenticate => {}
            }
        }
    }

    /// Gives a connection with room the commands that wait for one, and puts it where the next ones find it.
    pub(super) fn feed(&mut self, id: ConnId) {
        loop {
            let Some(conn) = self.conns.get(id) else { return };
            let Purpose::Commands(node) = conn.purpose else { return };
            if conn.retired {
                return self.close_if_done(id);
            }
            let idle = conn.exchanges.is_empty();
            if conn.room(self.depth(node)) == 0 {
                return;
            }
            let whole = self.first_waiting(node, true);
            if whole.is_some() && !idle && self.is_full(node) {
                // No connection is left to open: let this one run dry for the one that wants it to itself.
                return self.forget_available(node, id);
            }
            let next = whole.filter(|_| idle).or_else(|| self.first_waiting(node, false));
            let Some(next) = next else { return self.list(node, id) };
            self.pop_waiting(node, next.whole);
            self.put_on(node, id, next);
            self.set_stage(next.id, next.group, Stage::OnConnection(id));
        }
    }

    /// A command gave up on an exchange: drop it if its bytes have not left, else wait for the late reply.
    pub(super) fn abandon(&mut self, id: ConnId, exchange: Exchange, timing: &Timing) {
        let Some(conn) = self.conns.get_mut(id) else { return };
        let Some(at) = conn.exchanges.iter().position(|other| *other == exchange) else { return };
        if at >= conn.exchanges.len() - conn.unsent {
            conn.exchanges.remove(at);
            conn.unsent -= 1;
            self.feed(id);
            return;
        }
        conn.abandoned += 1;
        let purpose = conn.purpose;
        let delay_ms = timing.timeout_delay_ms;
        if delay_ms == 0 {
            // Its neighbours may still be answered.
            conn.retired = true;
        } else {
            conn.stall_delay_ms = delay_ms;
            conn.stalled_at = conn.stalled_at.min(self.now.plus_millis(u64::from(delay_ms)));
            let at = conn.wake_at();
            self.conn_deadlines.set(id.slot(), at);
        }
        if let Purpose::Commands(node) = purpose {
            let excused = self.is_attempt_excused(node, timing);
            if let Some(conn) = self.conns.get_mut(id) {
                conn.excused |= excused;
            }
            self.forget_available(node, id);
        }
        self.close_if_done(id);
    }

    /// Closes a retired connection on which nobody waits for a reply.
    #[inline(never)]
    pub(super) fn close_if_done(&mut self, id: ConnId) {
        let Some(conn) = self.conns.get_mut(id) else { return };
        if conn.retired && conn.unanswered() == conn.abandoned {
            let reason = if conn.abandoned > 0 { CloseReason::TimedOut } else { CloseReason::Dropped };
            // Their commands have given them up already, and may have begun anew.
            conn.exchanges.clear();
            self.close_connection(id, reason, None, true);
        }
    }

    /// Opens as many connections as the waiting commands need, within the limit.
    pub(super) fn open_for_waiting(&mut self, id: NodeId) {
        let depth = self.depth(id);
        loop {
            let Some(node) = self.nodes.get(usize::from(id.0)) else { return };
            let wanted = node.waiting_whole.len() + node.waiting.len().div_ceil(depth);
            if node.connecting >= wanted || self.is_full(id) || self.is_opening_enough(id) {
                return;
            }
            let endpoint = node.endpoint.clone();
            if !self.open_pooled(id, endpoint) {
                return;
            }
        }
    }

    /// Opens connections until a node has the minimum.
    pub(super) fn open_minimum(&mut self, id: NodeId) {
        let minimum = self.config.min_conns_per_node.min(self.config.max_conns_per_node) as usize;
        while let Some(node) = self.nodes.get(usize::from(id.0)).filter(|node| node.active) {
            if node.open + node.connecting >= minimum || self.is_opening_enough(id) {
                return;
            }
            let endpoint = node.endpoint.clone();
            if !self.open_pooled(id, endpoint) {
                return;
            }
        }
    }

    pub(super) fn open_pooled(&mut self, id: NodeId, endpoint: Endpoint) -> bool {
        let is_usable = |node: &crate::cluster::Node| node.session.is_usable();
        if !self.nodes.get(usize::from(id.0)).is_some_and(is_usable) {
            return false;
        }
        if self.open_connection(Purpose::Commands(id), endpoint).is_none() {
            return false;
        }
        if let Some(node) = self.nodes.get_mut(usize::from(id.0)) {
            node.connecting += 1;
        }
        true
    }

    /// An attempt that never got a connection ends.
    pub(super) fn waiting_failed(&mut self, waiting: Waiting, kind: ErrorKind) {
        match waiting.group {
            NO_GROUP => {
                self.leave_in_doubt(waiting.id);
                self.attempt_failed(waiting.id, waiting.attempt, kind);
            }
            group => self.group_failed(waiting.id, group, waiting.attempt, kind),
        }
    }

    /// Puts an attempt on a connection of its node.
    #[inline(never)]
    fn put_on(&mut self, node: NodeId, id: ConnId, waiting: Waiting) {
        let exchange = self.exchange(waiting);
        self.enqueue(id, exchange, waiting.replica);
        if waiting.whole {
            self.leave_alone(node, id);
        }
    }

    /// Lets nothing be put behind what is in flight on a connection.
    #[inline(never)]
    pub(super) fn leave_alone(&mut self, node: NodeId, id: ConnId) {
        if let Some(conn) = self.conns.get_mut(id) {
            conn.alone = true;
        }
        self.forget_available(node, id);
    }

    pub(super) fn enqueue(&mut self, id: ConnId, exchange: Exchange, replica: Option<NodeId>) {
        let Some(conn) = self.conns.get_mut(id) else { return };
        conn.enqueue(exchange, replica);
        if conn.unsent == 1 {
            self.dirty.push_back(id);
        }
    }

    /// The frame's exchange is over or made progress: move on.
    pub(super) fn finish_consumed(&mut self) {
        let Some(Consumed { conn: id, len, ends }) = self.consumed.take() else { return };
        let Some(conn) = self.conns.get_mut(id) else { return };
        conn.consume(self.now, len, ends);
        if conn.abandoned > 0 && conn.stalled_at != Timestamp::NEVER {
            conn.stalled_at = self.now.plus_millis(u64::from(conn.stall_delay_ms));
            let at = conn.wake_at();
            self.conn_deadlines.set(id.slot(), at);
        }
        if ends {
            self.feed(id);
        }
    }

    #[inline(never)]
    pub(super) fn forget_available(&mut self, node: NodeId, id: ConnId) {
        if let Some(conn) = self.conns.get_mut(id) {
            conn.listed = false;
        }
        if let Some(node) = self.nodes.get_mut(usize::from(node.0)) {
            node.available.retain(|other| *other != id);
        }
    }

    /// Puts a connection with room where the next command finds it.
    fn list(&mut self, node: NodeId, id: ConnId) {
        let Some(conn) = self.conns.get_mut(id).filter(|conn| !conn.listed) else { return };
        conn.listed = true;
        if let Some(entry) = self.nodes.get_mut(usize::from(node.0)) {
            entry.available.push(id);
        }
    }

    /// A late reply came for a command that had ended.
    pub(super) fn settle_abandoned(&mut self, id: ConnId) {
        let Some(conn) = self.conns.get_mut(id) else { return };
        conn.abandoned = conn.abandoned.saturating_sub(1);
        if conn.abandoned == 0 {
            conn.stalled_at = Timestamp::NEVER;
        }
        let at = conn.wake_at();
        self.conn_deadlines.set(id.slot(), at);
    }

    /// The connection that fits best, with the fewest commands in flight, among equals the one listed last; for a command
    /// that wants one to itself, an idle one. While it is busy and they are few, one more is opened beside. When more are
    /// open than commands are spread over, as after a time of commands that wanted one each, only those listed last are
    /// looked at: what leaves together stays together, and the others fall idle and are closed.
    fn take_available(&mut self, node: NodeId, waiting: Waiting) -> Option<ConnId> {
        let Waiting { whole, replica, .. } = waiting;
        let replica = replica.filter(|_| !whole);
        let depth = self.depth(node);
        let lanes = self.lanes();
        let entry = self.nodes.get(usize::from(node.0))?;
        let most = if whole { usize::MAX } else { lanes };
        let mut best: Option<(usize, usize)> = None;
        for (at, id) in entry.available.iter().enumerate().rev().take(most) {
            let fit = self.conns.get(*id).map_or(usize::MAX, |conn| conn.fit(replica));
            if best.is_none_or(|(_, least)| fit < least) {
                best = Some((at, fit));
            }
            if fit == 0 {
                break;
            }
        }
        let (at, _) = best.filter(|(_, fit)| *fit == 0 || !whole)?;
        let id = *entry.available.get(at)?;
        let load = self.conns.get(id)?.exchanges.len();
        let few = entry.open + entry.connecting < lanes;
        if load > 0 && few && !self.is_full(node) && !self.is_opening_enough(node) {
            let endpoint = entry.endpoint.clone();
            self.open_pooled(node, endpoint);
        }
        if load + 1 >= depth {
            let entry = self.nodes.get_mut(usize::from(node.0))?;
            entry.available.remove(at);
            if let Some(conn) = self.conns.get_mut(id) {
                conn.listed = false;
            }
        }
        Some(id)
    }

    /// Connections of a node over which commands are spread: in small clusters enough for a write to keep to those that
    /// wait for the same replica.
    fn lanes(&self) -> usize {
        let replicas = self.active.saturating_sub(1).min(MOST_LANES);
        replicas.max(usize::from(self.config.pipeline_connections))
    }

    /// The attempt that has waited longest in one of the two queues; those that ended meanwhile are thrown away.
    fn first_waiting(&mut self, node: NodeId, whole: bool) -> Option<Waiting> {
        loop {
            let entry = self.nodes.get(usize::from(node.0))?;
            let queue = if whole { &entry.waiting_whole } else { &entry.waiting };
            let first = *queue.front()?;
            if self.is_waiting(first) {
                return Some(first);
            }
            self.pop_waiting(node, whole);
        }
    }

    fn pop_waiting(&mut self, node: NodeId, whole: bool) {
        if let Some(entry) = self.nodes.get_mut(usize::from(node.0)) {
            let queue = if whole { &mut entry.waiting_whole } else { &mut entry.waiting };
            queue.pop_front();
        }
    }

    /// Whether a node has as many connections as it may have.
    fn is_full(&self, node: NodeId) -> bool {
        let most = self.config.max_conns_per_node.max(1) as usize;
        self.nodes.get(usize::from(node.0)).is_none_or(|node| node.open + node.connecting >= most)
    }

    /// Whether as many connections to a node are being made as may be at a time.
    pub(super) fn is_opening_enough(&self, node: NodeId) -> bool {
        let most = self.config.opening_connection_threshold as usize;
        most > 0 && self.nodes.get(usize::from(node.0)).is_none_or(|node| node.connecting >= most)
    }

    /// Commands in flight on one connection of a node, at most. Whether TLS servers keep what they read ahead is not
    /// known, so there it is one.
    fn depth(&self, node: NodeId) -> usize {
        let tls = self.nodes.get(usize::from(node.0)).is_some_and(|node| !node.endpoint.tls_name.is_empty());
        if tls { 1 } else { usize::from(self.config.pipeline_depth.max(1)) }
    }

    fn command_connection_closed(&mut self, node: NodeId, id: ConnId, conn: &Connection, kind: ErrorKind) {
        let connecting = !conn.is_open();
        self.forget_available(node, id);
        let timed_out = kind == ErrorKind::Connection(CloseReason::TimedOut);
        let excused = timed_out && (conn.excused || self.is_excused(node));
        let Some(entry) = self.nodes.get_mut(usize::from(node.0)) else { return };
        if kind != ErrorKind::Connection(CloseReason::Dropped) && !excused {
            entry.recent_errors += 1;
        }
        if connecting {
            entry.connecting -= 1;
            // Each connection was opened for one command, so each failure is the failure of one.
            if let Some(first) = self.first_waiting(node, true).or_else(|| self.first_waiting(node, false)) {
                self.pop_waiting(node, first.whole);
                self.waiting_failed(first, kind);
            }
        } else {
            entry.open -= 1;
            entry.counters.closed += 1;
        }
        if self.phase != super::Phase::Closed {
            self.open_for_waiting(node);
        }
    }

    /// The exchange that an attempt becomes on a connection.
    fn exchange(&self, waiting: Waiting) -> Exchange {
        let Waiting { id, group, attempt, whole, .. } = waiting;
        match group {
            // Few commands want a connection to themselves; the others need not be looked at again.
            NO_GROUP if whole => self
                .running
                .get(id)
                .and_then(Running::single)
                .map_or(Exchange::Command { id, attempt }, |single| single.exchange(id)),
            NO_GROUP => Exchange::Command { id, attempt },
            group => Exchange::Batch { id, group, attempt },
        }
    }

    fn drop_consumed(&mut self, id: ConnId) {
        if self.consumed.is_some_and(|consumed| consumed.conn == id) {
            self.consumed = None;
        }
    }
}
