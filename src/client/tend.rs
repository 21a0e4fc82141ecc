//! Discovery: seeds, peers, partition maps, and nodes that come and go.
//!
//! Part of [`super::Client`]. A server that is not known yet is a [`Candidate`]: connect, ask for its introduction, take
//! it in as a node or give it up. Every tend interval each node is asked for its generations and, where one changed,
//! for its peers and its part of the partition map. Rules follow the C client's `as_cluster.c`.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Client, HostAction, Phase};
use crate::cluster::{
    Introduction, Node, Peers, RACK_COMMANDS, Refusal, Session, introduction_commands, list_commands,
    parse_peers, parse_rack_ids,
};
use crate::config::Endpoint;
use crate::conn::{Exchange, Purpose};
use crate::error::{CloseReason, ErrorKind};
use crate::ids::{ConnId, NodeId};
use crate::time::Timestamp;
use crate::wire::info;

/// Tends in a row without an answer after which a node is taken to have left.
const MAX_FAILURES: u32 = 5;
/// How often nodes are asked within the interval while another is ailing.
const LOOKS_PER_ROUND: u64 = 4;
/// Most nodes a client keeps, of those that ever were part of the cluster.
const MAX_NODES: usize = 1_024;
/// Most candidates at a time.
const MAX_CANDIDATES: usize = 1_024;

/// A server on its way into the cluster.
#[derive(Debug)]
pub(super) struct Candidate {
    /// The name it must say; a seed may say any.
    expected: Option<String>,
    /// Where it is being reached, and where to try next.
    current: Endpoint,
    others: VecDeque<Endpoint>,
    /// Whether the address was announced by the server itself, and so needs no second look.
    announced: bool,
    /// What came of logging in there.
    pub(super) session: Session,
}

impl Client {
    pub(super) fn start_tending(&mut self) {
        for seed in self.config.seeds.clone() {
            self.add_candidate(None, VecDeque::from([seed]), false);
        }
        self.next_round = self.now.plus_millis(u64::from(self.config.tend_interval_ms));
        self.next_tend = self.next_round;
        self.check_ready();
    }

    /// Asks a candidate that is now connected who it is.
    pub(super) fn introduce(&mut self, candidate: u32, conn: ConnId) {
        let Some(entry) = self.candidates.get(candidate as usize).and_then(Option::as_ref) else { return };
        let commands = introduction_commands(&self.config, !entry.current.tls_name.is_empty());
        let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
        self.ask(conn, &commands);
    }

    /// Asks a node for its generations.
    pub(super) fn ask_node(&mut self, _node: NodeId, conn: ConnId) {
        let with_racks = ["node", "peers-generation", "partition-generation", "rebalance-generation"];
        let count = if self.config.rack_ids.is_empty() { 3 } else { 4 };
        self.ask(conn, &with_racks[..count]);
    }

    /// Takes in the reply to an info request.
    pub(super) fn handle_info(&mut self, conn: ConnId, body: &[u8]) {
        let Some(connection) = self.conns.get_mut(conn) else { return };
        connection.stalled_at = Timestamp::NEVER;
        let purpose = connection.purpose;
        self.conn_deadlines.clear(conn.slot());
        match purpose {
            Purpose::Candidate(candidate) => self.handle_introduction(candidate, conn, body),
            Purpose::Tend(node) => self.handle_tend(node, conn, body),
            Purpose::Commands(_) => {}
        }
    }

    /// A candidate could not be reached or spoke nonsense: try its next address, or give it up.
    pub(super) fn candidate_failed(&mut self, candidate: u32, kind: ErrorKind) {
        let reason = match kind {
            ErrorKind::BadReply(_) => CloseReason::BadBytes.to_string(),
            ErrorKind::Connection(reason) => reason.to_string(),
            _ => String::from("failed"),
        };
        self.give_up_address(candidate, &reason, kind);
    }

    /// A node's tend connection ended.
    pub(super) fn tend_failed(&mut self, id: NodeId, conn: ConnId) {
        let Some(node) = self.nodes.get_mut(usize::from(id.0)).filter(|node| node.tend == Some(conn)) else {
            return;
        };
        node.tend = None;
        let failures = node.failures.saturating_add(1);
        // Its process may have ended too, and the next one's counters may say the same of another cluster.
        node.peers_generation = -1;
        node.partition_generation = -1;
        node.rebalance_generation = -1;
        self.set_failures(id, failures);
        if self.phase != Phase::Closed {
            self.next_tend = self.next_tend.min(self.next_look());
        }
    }

    /// When the nodes that answer are asked again while another does not: they know first whether it has left.
    fn next_look(&self) -> Timestamp {
        let interval = u64::from(self.config.tend_interval_ms);
        self.now.plus_millis((interval / LOOKS_PER_ROUND).max(1))
    }

    /// The tend interval is over, or a part of it while a node is ailing.
    pub(super) fn handle_tend_due(&mut self) {
        if self.next_round <= self.now {
            self.next_round = self.now.plus_millis(u64::from(self.config.tend_interval_ms.max(1)));
            self.tend_all();
        } else {
            self.tend_answering();
        }
        self.next_tend =
            if self.ailing > 0 { self.next_look().min(self.next_round) } else { self.next_round };
    }

    /// Asks the nodes that answered last time.
    fn tend_answering(&mut self) {
        self.remove_departed();
        for index in 0..self.nodes.len() {
            if self.nodes[index].active && self.nodes[index].failures == 0 {
                self.tend_node(NodeId(index as u16));
            }
        }
    }

    fn tend_all(&mut self) {
        self.tends = self.tends.wrapping_add(1);
        if self.tends.is_multiple_of(self.config.error_rate_window.max(1)) {
            self.nodes.iter_mut().for_each(|node| node.recent_errors = 0);
        }
        self.remove_departed();
        for index in 0..self.nodes.len() {
            if self.nodes[index].active {
                self.tend_node(NodeId(index as u16));
                self.tidy_connections(NodeId(index as u16));
            }
        }
        let idle = self.candidates.iter().all(Option::is_none);
        if idle && self.phase == Phase::Ready && self.active == 0 {
            self.refusals.clear();
            self.refusal = ErrorKind::NoNode;
            for seed in self.config.seeds.clone() {
                self.add_candidate(None, VecDeque::from([seed]), false);
            }
        }
    }

    fn tend_node(&mut self, id: NodeId) {
        if self.renew_session(id) {
            return;
        }
        let Some(node) = self.nodes.get_mut(usize::from(id.0)) else { return };
        match node.tend {
            Some(conn) => {
                let idle =
                    self.conns.get(conn).is_some_and(|conn| conn.is_open() && conn.exchanges.is_empty());
                if idle {
                    self.ask_node(id, conn);
                }
            }
            None => {
                let endpoint = node.endpoint.clone();
                let conn = self.open_connection(Purpose::Tend(id), endpoint);
                if let Some(node) = self.nodes.get_mut(usize::from(id.0)) {
                    node.tend = conn;
                }
            }
        }
    }

    fn handle_introduction(&mut self, candidate: u32, conn: ConnId, body: &[u8]) {
        let Some(entry) = self.candidates.get(candidate as usize).and_then(Option::as_ref) else { return };
        let tls_name = &entry.current.tls_name;
        let introduction = match Introduction::read(body, &self.config, entry.expected.as_deref(), tls_name) {
            Ok(introduction) => introduction,
            Err(refusal) => {
                let reason = refusal.to_string();
                let kind = match refusal {
                    Refusal::Server { code, .. } => ErrorKind::Server(code),
                    _ => ErrorKind::NoNode,
                };
                self.drop_candidate_connection(conn);
                return self.give_up_address(candidate, &reason, kind);
            }
        };
        let endpoint = entry.current.clone();
        let by_name = entry.expected.is_none() && !entry.announced && is_name(&endpoint.host);
        if by_name && !introduction.services.is_empty() && !introduction.services.contains(&endpoint) {
            // A name may lead to another node next time: reach this one by the address it announces, and only if
            // none of these answers, by the name.
            let mut addresses: VecDeque<Endpoint> = introduction.services.into();
            addresses.push_back(endpoint);
            self.drop_candidate_connection(conn);
            self.candidates[candidate as usize] = None;
            self.add_candidate(Some(introduction.name), addresses, true);
            return self.check_ready();
        }
        let session = entry.session.clone();
        self.candidates[candidate as usize] = None;
        self.take_in(introduction, endpoint, session, conn, body);
        self.check_ready();
    }

    /// Makes a node of an introduced server; its connection becomes the node's tend connection.
    fn take_in(
        &mut self,
        introduction: Introduction,
        endpoint: Endpoint,
        session: Session,
        conn: ConnId,
        body: &[u8],
    ) {
        let known = self.nodes.iter().position(|node| node.name == introduction.name);
        let index = match known {
            Some(index) => index,
            None if self.nodes.len() < MAX_NODES => {
                self.nodes.push(Node { active: false, ..Node::new(&introduction.name, endpoint.clone()) });
                self.nodes.len() - 1
            }
            None => return self.drop_candidate_connection(conn),
        };
        let id = NodeId(index as u16);
        let node = &mut self.nodes[index];
        if node.active && node.tend.is_some() {
            return self.drop_candidate_connection(conn);
        }
        if !node.active {
            node.active = true;
            node.endpoint = endpoint;
            self.actions.push_back(HostAction::NodeAdded(id));
            self.count_nodes();
        }
        self.nodes[index].tend = Some(conn);
        let merges = introduction.has_batch_writes;
        self.nodes[index].merges_from = if merges { Timestamp::ZERO } else { Timestamp::NEVER };
        self.set_failures(id, 0);
        if let Some(conn) = self.conns.get_mut(conn) {
            conn.purpose = Purpose::Tend(id);
        }
        self.set_session(id, session);
        self.apply_map(id, introduction.partition_generation, &introduction.replicas);
        self.apply_racks(id, body);
        self.take_peers(id, introduction.peers);
    }

    fn handle_tend(&mut self, id: NodeId, conn: ConnId, body: &[u8]) {
        if matches!(info::value(body, "node"), Err(Some(error)) if self.is_session_code(error.code)) {
            return self.tend_refused(id, conn);
        }
        let number = |name| info::value(body, name).ok().and_then(|value| value.parse::<i64>().ok());
        let name = info::value(body, "node").ok();
        let Some(node) = self.nodes.get_mut(usize::from(id.0)) else { return };
        if name.is_some_and(|name| name != node.name) {
            // Another server has this address now.
            return self.remove_node(id);
        }
        let tls_name = node.endpoint.tls_name.clone();
        let (peers_command, _) = list_commands(&self.config, !tls_name.is_empty());
        let (peers_seen, partitions_seen) = (node.peers_generation, node.partition_generation);
        self.set_failures(id, 0);
        let peers = info::value(body, peers_command).ok();
        let peers = peers.and_then(|value| parse_peers(value, &tls_name));
        let names_others = peers.is_some();
        if let Some(value) = peers {
            self.take_peers(id, value);
        }
        if let Ok(value) = info::value(body, "replicas") {
            self.apply_map(id, number("partition-generation").unwrap_or(-1), value);
        }
        let (racks_seen, racks_now) = self.apply_racks(id, body);
        // Only the question of a tend is followed by another; an answer that cannot be used waits for the next tend.
        if name.is_none() {
            if names_others && self.ailing > 0 {
                self.remove_departed();
            }
            return;
        }
        let mut next = Vec::new();
        if number("peers-generation").is_some_and(|now| now != peers_seen) {
            next.push(peers_command);
        }
        if number("partition-generation").is_some_and(|now| now >= 0 && now != partitions_seen) {
            next.extend(["partition-generation", "replicas"]);
        }
        if racks_now != racks_seen {
            next.extend(RACK_COMMANDS);
        }
        if !next.is_empty() {
            self.ask(conn, &next);
        }
    }

    /// Takes in a node's racks, if the reply tells them. Gives the rebalance generation of which they are known and the one
    /// the node says it has.
    fn apply_racks(&mut self, id: NodeId, body: &[u8]) -> (i64, i64) {
        let generation = info::value(body, "rebalance-generation").ok().and_then(|value| value.parse().ok());
        let Some(node) = self.nodes.get_mut(usize::from(id.0)) else { return (-1, -1) };
        let seen = node.rebalance_generation;
        let Some(generation) = generation else { return (seen, seen) };
        let list = match info::value(body, "rack-ids") {
            Ok(list) => list,
            // An error: this server has no racks.
            Err(Some(_)) => "",
            Err(None) => return (seen, generation),
        };
        node.racks.clear();
        for (name, rack) in parse_rack_ids(list) {
            let Some(namespace) = self.map.namespace(name) else { continue };
            if node.racks.len() <= namespace {
                node.racks.resize(namespace + 1, None);
            }
            node.racks[namespace] = Some(rack);
        }
        node.rebalance_generation = generation;
        (generation, generation)
    }

    /// Takes in a node's part of the partition map; one that cannot be used is asked for again at the next tend, and so
    /// are those of the nodes it displaces. Clear bits never erase, so this is how a place comes back that was taken by
    /// an old or false claim.
    fn apply_map(&mut self, id: NodeId, generation: i64, replicas: &str) {
        let is_read = self.map.apply(id, replicas);
        for other in self.map.take_displaced() {
            if let Some(node) = self.nodes.get_mut(usize::from(other.0)) {
                node.partition_generation = -1;
            }
        }
        if let Some(node) = self.nodes.get_mut(usize::from(id.0)) {
            node.partition_generation = if is_read { generation } else { -1 };
        }
    }

    /// Takes in the nodes that a node names. Its generation counts as seen only when all of them are known.
    fn take_peers(&mut self, id: NodeId, peers: Peers) {
        let mut all_known = true;
        let mut names = Vec::with_capacity(peers.peers.len());
        for peer in peers.peers {
            let known = self.nodes.iter().any(|node| node.active && node.name == peer.name);
            let wanted = |entry: &Candidate| entry.expected.as_deref() == Some(peer.name.as_str());
            if !known && !peer.addresses.is_empty() {
                all_known = false;
                if !self.candidates.iter().flatten().any(wanted) {
                    self.add_candidate(Some(peer.name.clone()), peer.addresses.into(), true);
                }
            }
            names.push(peer.name);
        }
        let Some(node) = self.nodes.get_mut(usize::from(id.0)) else { return };
        node.peers = names;
        node.peers_generation = if all_known { peers.generation } else { -1 };
    }

    /// Removes nodes that do not answer any more, or that nobody names and that own nothing.
    fn remove_departed(&mut self) {
        for index in 0..self.nodes.len() {
            let node = &self.nodes[index];
            if !node.active {
                continue;
            }
            let others = || {
                self.nodes
                    .iter()
                    .filter(|other| other.active && other.name != node.name && other.failures == 0)
            };
            let named = others().any(|other| other.peers.contains(&node.name));
            let orphan = others().next().is_some() && !named;
            let id = NodeId(index as u16);
            let unneeded = orphan && (node.failures > 0 || !self.map.owns_any(id));
            if node.failures >= MAX_FAILURES || unneeded {
                self.remove_node(id);
            }
        }
    }

    fn remove_node(&mut self, id: NodeId) {
        let Some(node) = self.nodes.get_mut(usize::from(id.0)).filter(|node| node.active) else { return };
        node.active = false;
        node.peers_generation = -1;
        node.partition_generation = -1;
        node.rebalance_generation = -1;
        node.peers.clear();
        let mut waiting = core::mem::take(&mut node.waiting);
        waiting.append(&mut node.waiting_whole);
        self.map.remove(id);
        self.count_nodes();
        // If others still name it, it is to be looked for again.
        self.nodes.iter_mut().for_each(|node| node.peers_generation = -1);
        self.actions.push_back(HostAction::NodeRemoved(id));
        let of_node =
            |purpose| matches!(purpose, Purpose::Tend(node) | Purpose::Commands(node) if node == id);
        let conns: Vec<ConnId> = self
            .conns
            .ids()
            .filter(|conn| self.conns.get(*conn).is_some_and(|conn| of_node(conn.purpose)))
            .collect();
        for conn in conns {
            self.close_connection(conn, CloseReason::Dropped, None, true);
        }
        let kind = ErrorKind::Connection(CloseReason::Dropped);
        for entry in waiting {
            if self.is_waiting(entry) {
                self.waiting_failed(entry, kind);
            }
        }
    }

    /// Closes connections that were idle for too long, and keeps the minimum open.
    fn tidy_connections(&mut self, id: NodeId) {
        let Some(node) = self.nodes.get(usize::from(id.0)) else { return };
        let idle_ms = u64::from(self.config.idle_timeout_ms);
        let minimum = self.config.min_conns_per_node.min(self.config.max_conns_per_node) as usize;
        let spare = (node.open + node.connecting).saturating_sub(minimum);
        let is_old = |conn: &&ConnId| {
            let connection = self.conns.get(**conn);
            let old = |last: Timestamp| idle_ms > 0 && last.plus_millis(idle_ms) <= self.now;
            connection.is_some_and(|conn| conn.exchanges.is_empty() && old(conn.last_used))
        };
        let old: Vec<ConnId> = node.available.iter().filter(is_old).take(spare).copied().collect();
        for conn in old {
            self.close_connection(conn, CloseReason::Dropped, None, true);
        }
        self.open_minimum(id);
    }

    fn add_candidate(
        &mut self,
        expected: Option<String>,
        mut addresses: VecDeque<Endpoint>,
        announced: bool,
    ) {
        let Some(current) = addresses.pop_front() else { return };
        let free = self.candidates.iter().position(Option::is_none);
        let index = free.unwrap_or(self.candidates.len());
        if index >= MAX_CANDIDATES {
            return;
        }
        let session = Session::None;
        let candidate =
            Candidate { expected, current: current.clone(), others: addresses, announced, session };
        match self.candidates.get_mut(index) {
            Some(slot) => *slot = Some(candidate),
            None => self.candidates.push(Some(candidate)),
        }
        self.try_address(index as u32, current);
    }

    /// Connects to an address of a candidate, unless that would show a password to everybody.
    fn try_address(&mut self, candidate: u32, endpoint: Endpoint) {
        match self.config.auth.needs_tls().filter(|_| endpoint.tls_name.is_empty()) {
            None => drop(self.open_connection(Purpose::Candidate(candidate), endpoint)),
            Some(mode) => {
                let reason = format!("{mode} authentication needs TLS");
                self.give_up_address(candidate, &reason, ErrorKind::Connection(CloseReason::Tls));
            }
        }
    }

    pub(super) fn give_up_address(&mut self, candidate: u32, reason: &str, kind: ErrorKind) {
        let Some(entry) = self.candidates.get_mut(candidate as usize).and_then(Option::as_mut) else {
            return;
        };
        let endpoint = &entry.current;
        if self.refusals.len() < 4_096 {
            let separator = if self.refusals.is_empty() { "" } else { "; " };
            self.refusals.push_str(&format!("{separator}{}:{}: {reason}", endpoint.host, endpoint.port));
        }
        if telling(&kind) > telling(&self.refusal) {
            self.refusal = kind;
        }
        if let Some(next) = entry.others.pop_front().filter(|_| self.phase != Phase::Closed) {
            entry.current = next.clone();
            return self.try_address(candidate, next);
        }
        self.candidates[candidate as usize] = None;
        self.check_ready();
    }

    pub(super) fn drop_candidate_connection(&mut self, conn: ConnId) {
        // Without its purpose the close does not count as a failure of the candidate.
        if let Some(connection) = self.conns.get_mut(conn) {
            connection.purpose = Purpose::Candidate(u32::MAX);
        }
        self.close_connection(conn, CloseReason::Dropped, None, true);
    }

    /// Once no candidate is left, the first discovery is over: with nodes, or without any.
    fn check_ready(&mut self) {
        if self.phase != Phase::Connecting || self.candidates.iter().any(Option::is_some) {
            return;
        }
        if self.active > 0 {
            self.phase = Phase::Ready;
            self.actions.push_back(HostAction::Ready);
            self.warm_up();
        } else {
            let text = core::mem::take(&mut self.refusals);
            let now = self.now;
            self.close(now);
            self.actions.retain(|action| !matches!(action, HostAction::Closed));
            self.actions.push_back(HostAction::ConnectFailed(text, self.refusal));
            self.actions.push_back(HostAction::Closed);
        }
    }

    fn warm_up(&mut self) {
        for index in 0..self.nodes.len() {
            self.tidy_connections(NodeId(index as u16));
        }
    }

    fn ask(&mut self, id: ConnId, commands: &[&str]) {
        let until = self.now.plus_millis(u64::from(self.config.connect_timeout_ms));
        let Some(conn) = self.conns.get_mut(id) else { return };
        info::write_request(&mut conn.info, commands);
        conn.stalled_at = until;
        self.conn_deadlines.set(id.slot(), until);
        self.enqueue(id, Exchange::Info, None);
    }
}

/// How much a reason says about why there is no connection.
const fn telling(kind: &ErrorKind) -> u8 {
    match kind {
        ErrorKind::NoNode => 0,
        ErrorKind::Server(_) => 3,
        ErrorKind::Connection(reason) if reason.is_tls() => 2,
        _ => 1,
    }
}

/// Whether a host is a name, which may lead elsewhere next time; "localhost" will not.
fn is_name(host: &str) -> bool {
    let is_address = host.contains(':') || host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    !is_address && host != "localhost"
}
