//! The servers: requests taken up one by one, executed, and answered well or badly.
//!
//! Part of [`World`]. What is executed is told to the model first, in the order of execution; the real answer of the
//! test server is held against what the model says.

use std::collections::BTreeMap;

use aerospike_testserver::{Fault, Verdict};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::frame::{FrameType, HEADER_SIZE, write_frame};
use aerospike_wasm::wire::message::Message;
use aerospike_wasm::{CloseReason, Policy};

use super::model::{mark, shows};
use super::plan::{ANY_NODE, MS};
use super::random::Random;
use super::report::Rule;
use super::request::{Kind, Place, Request, frame_len, is_message, split_messages};
use super::world::{Happening, LinkId, World};
use crate::Answered;

/// Codes of requests that are refused and not executed.
const REFUSALS: [ResultCode; 10] = [
    ResultCode::TIMEOUT,
    ResultCode::PARTITION_UNAVAILABLE,
    ResultCode::DEVICE_OVERLOAD,
    ResultCode::DEVICE_OVERLOAD,
    ResultCode::KEY_BUSY,
    ResultCode::KEY_BUSY,
    ResultCode::SERVER_ERROR,
    ResultCode::FORBIDDEN,
    ResultCode::NOT_AUTHENTICATED,
    ResultCode(99),
];
/// Codes with which a server refuses merged commands before it does the first of them; each is sent again alone.
const REFUSALS_OF_MERGED: [ResultCode; 4] = [
    ResultCode::BATCH_DISABLED,
    ResultCode::BATCH_MAX_REQUESTS,
    ResultCode::BATCH_QUEUES_FULL,
    ResultCode::NOT_AUTHENTICATED,
];
/// Offset of the result code in a message.
const RESULT_CODE: usize = 5;
/// Offset of the row's index in a message of a batch reply.
const ROW_INDEX: usize = 14;

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Answered,
    Refused(ResultCode, &'static str),
    /// Executed, and answered with a server timeout.
    Late,
    Silence,
    Cut,
    Garbage,
    EndAfter,
    Dropped,
    /// A batch whose reply is tampered with.
    Tampered,
}

impl World {
    /// Lets the server take up a connection's next request when it has time for it.
    pub(super) fn serve_later(&mut self, id: LinkId) {
        let link = &mut self.links[id];
        if link.inbox.is_empty() || link.is_serving || link.is_stuck {
            return;
        }
        link.is_serving = true;
        let slow = link.node.map_or(0, |node| self.nodes[node].slow);
        let time = self.plan.weather.service + self.random.below(slow + 1);
        self.after(time, Happening::Serve(id));
    }

    pub(super) fn serve(&mut self, id: LinkId) {
        let link = &mut self.links[id];
        link.is_serving = false;
        let Some(server) = link.server.filter(|server| self.server.is_open(*server)) else { return };
        if link.is_stuck {
            return;
        }
        let Some((arrived, frame)) = link.inbox.pop_front() else { return };
        link.served += 1;
        if is_message(&frame) {
            self.serve_message(id, arrived, &frame);
        } else {
            let mut reply = Vec::new();
            let verdict = self.server.receive(server, &frame, &mut reply);
            if self.is_storm && self.random.chance(self.plan.odds.lie) {
                self.totals.fault("info reply lies");
                let truth = reply.clone();
                super::liar::lie(&mut self.random, &mut reply);
                let node = self.links[id].node;
                self.trace.line(self.now, || {
                    format!("node {node:?} lies: {}", super::liar::difference(&truth, &reply))
                });
            }
            self.send(id, &reply, false);
            self.end_if(id, verdict);
        }
        self.serve_later(id);
    }

    fn serve_message(&mut self, id: LinkId, arrived: u64, frame: &[u8]) {
        let Some(request) = self.links[id].requests.pop_front() else { return };
        self.totals.requests += 1;
        let fate = self.fate(id, arrived, &request);
        self.trace.line(self.now, || {
            let link = &self.links[id];
            format!("node {:?} takes up {} on {:?}: {fate:?}", link.node, request, link.conn)
        });
        match fate {
            Fate::Refused(code, kind) => {
                self.totals.fault(kind);
                let reply = self.refuse(id, &request, code, frame);
                self.send(id, &reply, false);
            }
            Fate::Dropped => {
                self.totals.fault("request dropped with its connection");
                self.end_by_server(id, CloseReason::ClosedByPeer);
            }
            _ => {
                let reply = self.execute(id, &request, frame);
                self.answer(id, fate, &request, reply);
            }
        }
    }

    /// What becomes of a request, by what is wrong with its node and by chance.
    fn fate(&mut self, id: LinkId, arrived: u64, request: &Request) -> Fate {
        let node = self.links[id].node.unwrap_or_default();
        // A node that could not be reached at its address is reached by the name of its seed, wherever that leads.
        let by_address = self.links[id].endpoint.host != ANY_NODE;
        for place in &request.places {
            let is_probe = self.probes.is_some_and(|first| place.number >= first);
            if is_probe && by_address && self.master_of(place) != Some(node) {
                let text = format!("command {} came to node {node}, not to the master", place.number);
                self.violate(Rule::Recovers, text);
            }
        }
        if self.nodes[node].is_unbalanced {
            return Fate::Refused(ResultCode::PARTITION_UNAVAILABLE, "11 from a node without a map");
        }
        if self.is_without_proxy && self.master_of(&request.places[0]) != Some(node) {
            return Fate::Refused(ResultCode::PARTITION_UNAVAILABLE, "11 for a partition that moved");
        }
        let waited = (self.now - arrived) / MS;
        if request.timeout_ms > 0 && waited > request.timeout_ms.into() {
            return Fate::Refused(ResultCode::TIMEOUT, "9 from a slow node");
        }
        if !self.is_storm {
            return Fate::Answered;
        }
        let odds = &self.plan.odds;
        let random = &mut self.random;
        let refusal = random.pick(&REFUSALS);
        let refusal = if request.kind == Kind::Merged { refusal_of_merged(random, refusal) } else { refusal };
        let fates = [
            (odds.refused_request, Fate::Refused(refusal, "request refused")),
            (odds.late_request, Fate::Late),
            (odds.silence, Fate::Silence),
            (odds.cut, Fate::Cut),
            (odds.garbage, Fate::Garbage),
            (odds.end_after, Fate::EndAfter),
            (odds.dropped, Fate::Dropped),
            (if request.is_stream() { odds.batch } else { 0 }, Fate::Tampered),
        ];
        fates.into_iter().find(|(odds, _)| random.chance(*odds)).map_or(Fate::Answered, |(_, fate)| fate)
    }

    fn master_of(&mut self, place: &Place) -> Option<usize> {
        self.master(&place.namespace, place.partition.0)
    }

    /// The test server's own way of refusing a request.
    fn refuse(&mut self, id: LinkId, request: &Request, code: ResultCode, frame: &[u8]) -> Vec<u8> {
        let mut reply = Vec::new();
        let Some(server) = self.links[id].server else { return reply };
        let node = self.links[id].node;
        if !node.is_some_and(|node| self.nodes[node].is_unbalanced) {
            self.server.inject(node, Fault::Answer(code), 1);
        }
        let verdict = self.server.receive(server, frame, &mut reply);
        self.end_if(id, verdict);
        let code = self.session_refusal(request, &reply).unwrap_or(code);
        // One that was refused for its session has left the fault to the next.
        self.server.clear_faults();
        self.note_refusal(request, code);
        reply
    }

    fn note_refusal(&mut self, request: &Request, code: ResultCode) {
        let is_session_matter = is_session_code(code) && self.plan.session_ttl.is_some();
        for place in &request.places {
            let job = &mut self.jobs[place.number as usize];
            let part = &mut job.rows[place.row as usize];
            part.was_refused |= is_session_matter;
            match request.kind {
                Kind::Single => part.codes.push(code),
                Kind::Batch => job.group_codes.push(code),
                Kind::Merged if is_session_matter => part.codes.push(code),
                // Nobody asked for a batch: its code is no command's.
                Kind::Merged if REFUSALS_OF_MERGED.contains(&code) => {
                    part.was_refused = true;
                    part.refused_whole += 1;
                }
                Kind::Merged => {}
            }
        }
    }

    /// Executes a request in the model and on the test server, and gives the reply.
    fn execute(&mut self, id: LinkId, request: &Request, frame: &[u8]) -> Vec<u8> {
        let mut reply = Vec::new();
        if let Some(server) = self.links[id].server {
            let verdict = self.server.receive(server, frame, &mut reply);
            self.end_if(id, verdict);
        }
        if let Some(code) = self.session_refusal(request, &reply) {
            self.totals.fault("session at its end");
            self.note_refusal(request, code);
            return reply;
        }
        let mut expected = BTreeMap::new();
        for Place { index, number, row, .. } in &request.places {
            let Some(part) = self.jobs[*number as usize].rows.get(*row as usize) else { continue };
            let (record, deed) = (part.record, part.deed);
            let (code, after) = self.records[record].execute(self.now, deed, mark(*number, *row));
            if code.is_ok() && deed.writes() {
                self.executed(*number, *row);
            }
            expected.insert(*index, (code, deed, after));
        }
        for (index, code, answered) in answers(request, &reply) {
            let found = expected.remove(&index).zip(request.place(index));
            let Some(((model, deed, after), Place { number, row, .. })) = found else {
                self.note_group_code(request, code);
                continue;
            };
            let agrees = model == code
                && (!code.is_ok() || after.as_ref().is_none_or(|after| shows(after, deed, &answered)));
            if !agrees {
                let text = format!("{deed:?} of {number}: {code} in place of {model}: {answered:?}");
                self.violate(Rule::Model, text);
            }
            self.jobs[*number as usize].rows[*row as usize].note(code, answered);
        }
        reply
    }

    /// The code with which a server refused a request because it does not know its connection, or not any more.
    fn session_refusal(&self, request: &Request, reply: &[u8]) -> Option<ResultCode> {
        self.plan.session_ttl?;
        let (index, code, _) = answers(request, reply).into_iter().next()?;
        let is_whole = !request.is_stream() || index == u32::MAX;
        (is_whole && is_session_code(code)).then_some(code)
    }

    fn note_group_code(&mut self, request: &Request, code: ResultCode) {
        if request.kind == Kind::Batch {
            self.jobs[request.places[0].number as usize].group_codes.push(code);
        }
    }

    /// Sends the reply of a request that was executed, or what its fate makes of it.
    fn answer(&mut self, id: LinkId, fate: Fate, request: &Request, mut reply: Vec<u8>) {
        match fate {
            Fate::Late => {
                self.totals.fault("executed and answered with 9");
                self.make_late(request, &mut reply);
                self.send(id, &reply, false);
            }
            Fate::Silence => {
                self.totals.fault("connection silent after a request");
                self.links[id].down.is_silent = true;
                self.links[id].is_stuck = self.random.chance(500);
            }
            Fate::Cut => {
                self.totals.fault("reply cut");
                reply.truncate(self.random.index(reply.len().max(1)));
                self.send(id, &reply, false);
                self.end_by_server(id, CloseReason::ClosedByPeer);
            }
            Fate::Garbage => {
                self.totals.fault("garbage in place of a reply");
                let garbage = super::liar::garbage(&mut self.random, &reply);
                self.send(id, &garbage, false);
                self.links[id].down.is_silent |= false;
            }
            Fate::EndAfter => {
                self.totals.fault("connection ended after a reply");
                self.send(id, &reply, false);
                self.end_by_server(id, CloseReason::ClosedByPeer);
            }
            Fate::Tampered => {
                self.totals.fault("rows of a batch reply tampered with");
                let reply = self.tamper(request, &reply);
                self.send(id, &reply, false);
            }
            _ => self.send(id, &reply, false),
        }
    }

    /// Puts code 9 in place of the result of a single command, or of a batch.
    fn make_late(&mut self, request: &Request, reply: &mut Vec<u8>) {
        if !request.is_stream() {
            reply[HEADER_SIZE + RESULT_CODE] = ResultCode::TIMEOUT.0;
            return self.note_refusal(request, ResultCode::TIMEOUT);
        }
        // The rows are lost; the message that ends the reply says why.
        let mut last = 0;
        while let Some(len) = frame_len(&reply[last..]).filter(|len| last + len < reply.len()) {
            last += len;
        }
        reply.drain(..last);
        reply[HEADER_SIZE + RESULT_CODE] = ResultCode::TIMEOUT.0;
        self.note_refusal(request, ResultCode::TIMEOUT);
    }

    /// Changes the rows of a batch reply in one of several ways.
    fn tamper(&mut self, request: &Request, reply: &[u8]) -> Vec<u8> {
        let way = self.random.below(4);
        let mut out = Vec::new();
        let mut rest = reply;
        while let Some(len) = frame_len(rest) {
            let mut messages: Vec<Vec<u8>> =
                split_messages(&rest[HEADER_SIZE..len]).into_iter().map(<[u8]>::to_vec).collect();
            let is_rows = len < rest.len() && !messages.is_empty();
            let at = self.random.index(messages.len());
            match way {
                0 if is_rows => {
                    messages.remove(at);
                }
                1 if is_rows => messages.push(messages[at].clone()),
                2 if is_rows => messages[at][ROW_INDEX] = 0x7f,
                _ if is_rows => {
                    let message = &mut messages[at];
                    message[RESULT_CODE] = ResultCode::TIMEOUT.0;
                    let index = message[ROW_INDEX..ROW_INDEX + 4].try_into().map_or(0, u32::from_be_bytes);
                    if let Some(Place { number, row, .. }) = request.place(index) {
                        self.jobs[*number as usize].rows[*row as usize].codes.push(ResultCode::TIMEOUT);
                    }
                }
                _ => {}
            }
            if !messages.is_empty() {
                write_frame(&mut out, FrameType::MESSAGE, |writer| writer.bytes(&messages.concat()));
            }
            rest = &rest[len..];
        }
        out
    }

    fn end_if(&mut self, id: LinkId, verdict: Verdict) {
        if verdict == Verdict::Close {
            self.end_by_server(id, CloseReason::ClosedByPeer);
        }
    }

    /// The server closes a connection; the client learns of it behind the bytes that are on their way.
    pub(super) fn end_by_server(&mut self, id: LinkId, reason: CloseReason) {
        let link = &mut self.links[id];
        if let Some(server) = link.server {
            self.server.close(server);
        }
        link.up.is_silent = true;
        link.inbox.clear();
        let time = link.end_time(self.now);
        if !link.down.is_silent {
            self.at(time, Happening::Ended(id, reason));
        }
    }
}

fn is_session_code(code: ResultCode) -> bool {
    [ResultCode::EXPIRED_SESSION, ResultCode::NOT_AUTHENTICATED].contains(&code)
}

/// In half of all cases one of those that only a batch is refused with.
fn refusal_of_merged(random: &mut Random, other: ResultCode) -> ResultCode {
    if random.chance(500) { random.pick(&REFUSALS_OF_MERGED) } else { other }
}

/// The rows of a reply: index, code, answer. A batch's last message has no row: `u32::MAX`.
fn answers(request: &Request, reply: &[u8]) -> Vec<(u32, ResultCode, Answered)> {
    let mut found = Vec::new();
    let mut rest = reply;
    while let Some(len) = frame_len(rest) {
        for bytes in split_messages(&rest[HEADER_SIZE..len]) {
            let Ok(message) = Message::read_only(bytes) else { continue };
            let index = match (request.is_stream(), message.is_last()) {
                (false, _) => 0,
                (true, false) => message.header.timeout,
                (true, true) => u32::MAX,
            };
            found.push((index, message.header.result_code, Answered::of_message(&message)));
        }
        rest = &rest[len..];
    }
    found
}

/// The policy of commands that must succeed: enough time, no retries.
pub(super) const fn patient() -> (Policy, u16) {
    (Policy { total_timeout_ms: 10_000, ..Policy::write() }, 0)
}
