//! The network: connections with latency, pieces, silence and ends that only one side knows of.
//!
//! Part of [`World`]. Bytes of one direction stay in order; connections overtake each other. A connection that ended
//! for the client may go on at the server: requests that had left are then still executed.

use std::collections::VecDeque;

use aerospike_testserver::ConnectionId;
use aerospike_wasm::data::Digest;
use aerospike_wasm::{CloseReason, ConnId, Endpoint, Input};

use super::plan::{ANY_NODE, FIRST_PORT, MS};
use super::report::Rule;
use super::request::{Request, frame_len, is_message};
use super::world::{Happening, LinkId, World};

/// Larger pieces of data arrive in at most this many parts.
const MAX_PARTS: usize = 24;
/// Most questions about itself that a server gets on one connection within a tend interval.
const MOST_QUESTIONS: usize = 13;

/// Whether the client has the connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Side {
    Opening,
    Open,
    Ended,
}

/// One direction.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pipe {
    /// Nothing arrives before what was sent earlier.
    pub(super) last: u64,
    /// Nothing arrives any more.
    pub(super) is_silent: bool,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) conn: ConnId,
    pub(super) node: Option<usize>,
    pub(super) endpoint: Endpoint,
    pub(super) server: Option<ConnectionId>,
    pub(super) side: Side,
    pub(super) up: Pipe,
    pub(super) down: Pipe,
    latency: u64,
    piece: usize,
    /// The part of a request that has arrived.
    partial: Vec<u8>,
    /// The record requests that were written and not yet taken up, in order.
    pub(super) requests: VecDeque<Request>,
    /// Requests that have arrived, and when.
    pub(super) inbox: VecDeque<(u64, Vec<u8>)>,
    pub(super) is_serving: bool,
    /// The server has stopped to take up requests.
    pub(super) is_stuck: bool,
    pub(super) carries_commands: bool,
    /// The commands whose replies are still to come, in order; none for a question about the server itself.
    pub(super) unanswered: VecDeque<Vec<u32>>,
    /// Whether a part of the next reply has arrived.
    is_answering: bool,
    /// When questions about the server itself were written.
    asked: VecDeque<u64>,
    /// Requests that were written, and that the server has dealt with.
    pub(super) sent: usize,
    pub(super) served: usize,
}

impl Link {
    /// When the client may learn that the connection has ended: behind the bytes that are on their way.
    pub(super) fn end_time(&self, now: u64) -> u64 {
        self.down.last.max(now + self.latency) + 1_000
    }
}

impl World {
    /// The client asks for a connection.
    pub(super) fn connect(&mut self, conn: ConnId, endpoint: &Endpoint) {
        self.trace.word(2 + u64::from(conn.0) * 8);
        self.trace.bytes(endpoint.host.as_bytes());
        self.trace.word(endpoint.port.into());
        let id = self.links.len();
        self.trace.line(self.now, || format!("connect {conn:?} to {}:{}", endpoint.host, endpoint.port));
        if self.open.insert(conn, id).is_some() {
            return self.violate(Rule::Pools, format!("asks twice for {conn:?}"));
        }
        let node = self.resolve(endpoint);
        let weather = &self.plan.weather;
        let latency = self.random.range(weather.latency.0, weather.latency.1);
        self.links.push(Link {
            conn,
            node,
            endpoint: endpoint.clone(),
            server: None,
            side: Side::Opening,
            up: Pipe::default(),
            down: Pipe::default(),
            latency,
            piece: self.random.pick(&weather.pieces),
            partial: Vec::new(),
            requests: VecDeque::new(),
            inbox: VecDeque::new(),
            is_serving: false,
            is_stuck: false,
            carries_commands: false,
            unanswered: VecDeque::new(),
            is_answering: false,
            asked: VecDeque::new(),
            sent: 0,
            served: 0,
        });
        self.check_pool(id);
        let delay = 2 * latency + self.random.below(self.plan.weather.jitter + 1);
        let storm = self.is_storm;
        let is_dark = node.is_some_and(|node| self.nodes[node].is_dark);
        if is_dark || storm && self.random.chance(self.plan.odds.never_connect) {
            return self.totals.fault("connection never answered");
        }
        let refused = storm && self.random.chance(self.plan.odds.refuse);
        if refused || node.is_none_or(|node| self.nodes[node].is_down) {
            self.totals.fault("connection refused");
            let reason =
                self.random.pick(&[CloseReason::Refused, CloseReason::Refused, CloseReason::Unreachable]);
            return self.after(delay, Happening::NotConnected(id, reason));
        }
        self.after(delay, Happening::Connected(id));
    }

    fn resolve(&mut self, endpoint: &Endpoint) -> Option<usize> {
        if endpoint.host == ANY_NODE {
            return Some(self.random.index(self.plan.nodes));
        }
        let node = usize::from(endpoint.port.checked_sub(FIRST_PORT)?);
        (node < self.plan.nodes && endpoint.host == "127.0.0.1").then_some(node)
    }

    /// Connections to one place stay within the limit for commands, plus one to tend, and some to get to know it.
    fn check_pool(&mut self, id: LinkId) {
        let endpoint = &self.links[id].endpoint;
        let same =
            || self.open.values().map(|link| &self.links[*link]).filter(|link| link.endpoint == *endpoint);
        let limit = self.plan.client.max_conns_per_node.max(1) as usize;
        let (all, commands) = (same().count(), same().filter(|link| link.carries_commands).count());
        // A server that lies about its name may be several nodes to the client for a while.
        let names = if self.plan.odds.lie > 0 { 4 } else { 1 };
        if all > names * (limit + 3) || commands > names * limit {
            let text =
                format!("{all} connections to {}, {commands} with commands, limit {limit}", endpoint.port);
            self.violate(Rule::Pools, text);
        }
    }

    pub(super) fn connected(&mut self, id: LinkId) {
        if self.links[id].side != Side::Opening {
            return;
        }
        let node = self.links[id].node.unwrap_or(usize::MAX);
        match self.server.open(node) {
            Some(server) => {
                let link = &mut self.links[id];
                link.server = Some(server);
                link.side = Side::Open;
                let conn = link.conn;
                self.trace.line(self.now, || format!("connected {conn:?} to node {node}"));
                self.input(Input::Connected(conn));
            }
            None => self.end_for_client(id, CloseReason::Refused),
        }
    }

    /// The client learns that a connection could not be made or has ended.
    pub(super) fn end_for_client(&mut self, id: LinkId, reason: CloseReason) {
        let link = &mut self.links[id];
        let conn = link.conn;
        if link.side == Side::Ended {
            if self.plan.weather.tells_stale && id >= self.first_link {
                self.input(Input::Closed(conn, reason));
            }
            return;
        }
        link.side = Side::Ended;
        self.trace.line(self.now, || format!("ended {conn:?}: {reason}"));
        self.open.remove(&conn);
        self.ended.insert(conn);
        self.input(Input::Closed(conn, reason));
    }

    /// The client closes a connection.
    pub(super) fn close_link(&mut self, conn: ConnId) {
        self.trace.word(3 + u64::from(conn.0) * 8);
        self.trace.line(self.now, || format!("close {conn:?}"));
        let Some(id) = self.open.remove(&conn) else {
            // It ended while the client had this to say.
            if self.ended.contains(&conn) {
                return;
            }
            return self.violate(Rule::Pools, format!("closes {conn:?}, which is not open"));
        };
        self.links[id].side = Side::Ended;
        self.leave_server(id);
    }

    /// What becomes of a connection at the server once the client has left: it may go on with what has arrived.
    pub(super) fn leave_server(&mut self, id: LinkId) {
        let goes_on = self.random.chance(500);
        let link = &mut self.links[id];
        link.down.is_silent = true;
        if !goes_on {
            link.up.is_silent = true;
            link.inbox.clear();
        }
    }

    /// The client writes.
    pub(super) fn transmit(&mut self, conn: ConnId, bytes: &[u8]) {
        self.trace.word(4 + u64::from(conn.0) * 8);
        self.trace.bytes(bytes);
        let open = self.open.get(&conn).copied().filter(|id| self.links[*id].side == Side::Open);
        let Some(id) = open else {
            return self.violate(Rule::Pools, format!("writes to {conn:?}, which is not open"));
        };
        let mut rest = bytes;
        while let Some(len) = frame_len(rest) {
            let (frame, behind) = rest.split_at(len);
            self.links[id].sent += 1;
            if is_message(frame) {
                self.links[id].carries_commands = true;
                match self.read_request(frame) {
                    Some(request) => {
                        self.check_overdue(id);
                        self.links[id].unanswered.push_back(request.numbers());
                        self.sent(id, &request);
                        self.links[id].requests.push_back(request);
                    }
                    None => self.violate(Rule::Model, "a request of nobody's".into()),
                }
            } else {
                self.links[id].unanswered.push_back(Vec::new());
                self.asked(id);
            }
            rest = behind;
        }
        if !rest.is_empty() {
            self.violate(Rule::Pools, format!("writes {} bytes of half a request", rest.len()));
        }
        self.check_pool(id);
        self.send(id, bytes, true);
    }

    fn read_request(&self, frame: &[u8]) -> Option<Request> {
        let of_record = |digest: &Digest| {
            self.records.iter().find(|record| record.key.digest == *digest).and_then(|record| record.writer)
        };
        Request::read(frame, of_record)
    }

    /// Nothing is put behind a command that ended before its reply came: the reply may never come.
    fn check_overdue(&mut self, id: LinkId) {
        let link = &self.links[id];
        let is_over = |number: &u32| {
            let job = &self.jobs[*number as usize];
            job.gave_up && job.finished.is_some_and(|time| time < self.now)
        };
        // Of several commands in one request some may have had their late answers.
        let of_several = link.is_answering && link.unanswered.front().is_some_and(|front| front.len() > 1);
        let mut waiting = link.unanswered.iter().skip(usize::from(of_several)).flatten();
        if let Some(number) = waiting.find(|number| is_over(number)) {
            let conn = self.links[id].conn;
            self.violate(
                Rule::Pools,
                format!("puts a command behind the overdue reply to {number} on {conn:?}"),
            );
        }
    }

    /// A server is asked about itself when it is met, and then twice at each tend and, while another does not answer, at
    /// four looks between.
    fn asked(&mut self, id: LinkId) {
        let interval = u64::from(self.plan.client.tend_interval_ms) * MS;
        let link = &mut self.links[id];
        link.asked.push_back(self.now);
        // A tend and five looks may touch this span, and the meeting comes on top.
        if link.asked.len() > MOST_QUESTIONS
            && link.asked.pop_front().is_some_and(|first| self.now - first < interval)
        {
            let text =
                format!("asks a server more than {MOST_QUESTIONS} times in {interval} ns on {:?}", link.conn);
            self.violate(Rule::Pools, text);
        }
    }

    /// Puts bytes on their way, in pieces.
    pub(super) fn send(&mut self, id: LinkId, bytes: &[u8], is_up: bool) {
        let link = &mut self.links[id];
        let piece = link.piece.max(bytes.len().div_ceil(MAX_PARTS));
        let pipe = if is_up { &mut link.up } else { &mut link.down };
        if pipe.is_silent {
            return;
        }
        let jitter = self.random.below(self.plan.weather.jitter + 1);
        let start = pipe.last.max(self.now + link.latency + jitter);
        let parts = bytes.chunks(piece.max(1));
        let last = parts.len();
        pipe.last = start + 1_000 * last as u64;
        for (at, part) in parts.enumerate() {
            let (time, part) = (start + 1_000 * (at as u64 + 1), part.to_vec());
            let happening = if is_up {
                Happening::AtServer(id, part)
            } else {
                Happening::AtClient(id, part, at + 1 == last)
            };
            self.at(time, happening);
        }
    }

    /// Nothing arrives on a connection for a while.
    pub(super) fn stall(&mut self, id: LinkId, span: u64) {
        let until = self.now + span;
        let link = &mut self.links[id];
        link.up.last = link.up.last.max(until);
        link.down.last = link.down.last.max(until);
    }

    pub(super) fn arrive_at_server(&mut self, id: LinkId, bytes: &[u8]) {
        let link = &mut self.links[id];
        if link.up.is_silent || !link.server.is_some_and(|server| self.server.is_open(server)) {
            return;
        }
        link.partial.extend_from_slice(bytes);
        while let Some(len) = frame_len(&link.partial) {
            let behind = link.partial.split_off(len);
            let frame = core::mem::replace(&mut link.partial, behind);
            link.inbox.push_back((self.now, frame));
        }
        self.serve_later(id);
    }

    /// Bytes arrive at the client; `ends` says whether a reply ends with them.
    pub(super) fn arrive_at_client(&mut self, id: LinkId, bytes: &[u8], ends: bool) {
        let link = &mut self.links[id];
        link.is_answering = !ends;
        if ends {
            link.unanswered.pop_front();
        }
        let stale = link.side == Side::Ended && self.plan.weather.tells_stale && id >= self.first_link;
        if (link.side == Side::Open && !link.down.is_silent) || stale {
            let conn = link.conn;
            self.input(Input::Received(conn, bytes));
        }
    }
}
