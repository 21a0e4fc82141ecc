//! What goes wrong with the world from time to time, and how it becomes well again.
//!
//! Part of [`World`].

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::{CloseReason, Input};

use super::network::{Link, Side};
use super::plan::{MS, Mischief, USER};
use super::world::{Happening, LinkId, World};

/// The code of a login that is refused.
pub(super) const REFUSED_LOGIN: ResultCode = ResultCode::INVALID_CREDENTIAL;

impl World {
    /// One piece of mischief, and the time of the next.
    pub(super) fn mischief(&mut self) {
        if !self.is_storm {
            return;
        }
        let (low, high) = self.plan.mischief_pause;
        let pause = self.random.range(low, high);
        self.after(pause, Happening::Mischief);
        if let Some(mischief) = self.some_mischief() {
            self.trace.line(self.now, || format!("{mischief:?}"));
            self.make(mischief);
        }
    }

    fn some_mischief(&mut self) -> Option<Mischief> {
        let kinds = &self.plan.odds.mischief;
        let mut number = self.random.below(kinds.iter().map(|(_, weight)| u64::from(*weight)).sum());
        for (kind, weight) in kinds {
            if number < u64::from(*weight) {
                return Some(*kind);
            }
            number -= u64::from(*weight);
        }
        None
    }

    fn make(&mut self, mischief: Mischief) {
        let node = self.random.index(self.plan.nodes);
        let span = self.random.pick(&[20 * MS, 200 * MS, 1_000 * MS, 6_000 * MS]);
        match mischief {
            Mischief::Reset | Mischief::HalfOpen | Mischief::Stall | Mischief::Unasked => {
                if let Some(link) = self.some_link() {
                    self.hurt_link(mischief, link, span);
                }
            }
            Mischief::ResetNode => {
                self.totals.fault("all connections of a node reset");
                for link in self.links_of(node) {
                    self.reset(link);
                }
            }
            Mischief::NodeDown | Mischief::PowerOff => {
                self.take_down(node, mischief == Mischief::PowerOff, span)
            }
            Mischief::SlowNode => {
                self.totals.fault("node slow");
                self.nodes[node].slow = self.random.pick(&[5 * MS, 50 * MS, 1_000 * MS]);
                self.after(span, Happening::NodeWell(node));
            }
            Mischief::Unbalanced => {
                self.totals.fault("node without a partition map");
                self.nodes[node].is_unbalanced = true;
                self.server.set_node_balanced(node, false);
                self.forget_masters();
                self.after(span, Happening::NodeWell(node));
            }
            Mischief::ForgetSessions => {
                self.totals.fault("sessions of a node forgotten");
                self.server.forget_sessions(node);
            }
            Mischief::RefuseLogins => {
                self.totals.fault("logins refused");
                self.server.refuse_login(USER, REFUSED_LOGIN);
                self.after(span, Happening::Logins);
            }
            Mischief::HeldUp => {
                self.totals.fault("client held up");
                self.hold_up(span);
            }
            Mischief::NoProxy => {
                self.totals.fault("nodes do not proxy");
                self.is_without_proxy = true;
                self.after(span, Happening::Proxies);
            }
        }
    }

    fn hurt_link(&mut self, mischief: Mischief, link: LinkId, span: u64) {
        match mischief {
            Mischief::Reset => {
                self.totals.fault("connection reset");
                self.reset(link);
            }
            Mischief::HalfOpen => {
                self.totals.fault("connection half open");
                self.links[link].down.is_silent = true;
                self.links[link].up.is_silent |= self.random.chance(500);
            }
            Mischief::Stall => {
                self.totals.fault("connection stalled");
                self.stall(link, span);
            }
            // Between two requests only: in front of a reply it could not be told from that.
            _ if self.links[link].is_quiet(self.now) => {
                self.totals.fault("reply that nobody asked for");
                let reply = [
                    2, 3, 0, 0, 0, 0, 0, 22, 22, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                    0,
                ];
                let conn = self.links[link].conn;
                self.input(Input::Received(conn, &reply));
            }
            _ => {}
        }
    }

    fn links_of(&self, node: usize) -> Vec<LinkId> {
        self.open.values().copied().filter(|link| self.links[*link].node == Some(node)).collect()
    }

    fn some_link(&mut self) -> Option<LinkId> {
        let links: Vec<LinkId> =
            self.open.values().copied().filter(|link| self.links[*link].side == Side::Open).collect();
        (!links.is_empty()).then(|| links[self.random.index(links.len())])
    }

    /// A connection breaks: the client knows at once; the server may still execute what has arrived or is on its way.
    pub(super) fn reset(&mut self, link: LinkId) {
        let reason = self.random.pick(&[CloseReason::Reset, CloseReason::ClosedByPeer, CloseReason::Other]);
        self.end_for_client(link, reason);
        self.leave_server(link);
    }

    fn take_down(&mut self, node: usize, is_dark: bool, span: u64) {
        let up = self.nodes.iter().filter(|node| !node.is_down).count();
        if self.nodes[node].is_down || (up == 1 && !self.random.chance(300)) {
            return;
        }
        self.totals.fault(if is_dark { "node lost power" } else { "node down" });
        self.nodes[node].is_down = true;
        self.nodes[node].is_dark = is_dark;
        self.server.set_node_up(node, false);
        self.forget_masters();
        for link in self.links_of(node) {
            if is_dark {
                self.links[link].down.is_silent = true;
            } else if self.links[link].side == Side::Open {
                let time = self.links[link].end_time(self.now);
                self.at(time, Happening::Ended(link, CloseReason::Reset));
            }
        }
        self.after(span, Happening::NodeWell(node));
    }

    /// A node is up, fast, and has its partition map.
    pub(super) fn node_well(&mut self, node: usize) {
        let state = core::mem::take(&mut self.nodes[node]);
        if !state.is_down && !state.is_unbalanced && state.slow == 0 {
            return;
        }
        self.trace.line(self.now, || format!("node {node} is well"));
        self.server.set_node_up(node, true);
        self.server.set_node_balanced(node, true);
        self.forget_masters();
    }

    /// Nothing goes wrong any more. Connections that lost bytes break, as they would in the end.
    pub(super) fn calm(&mut self) {
        self.trace.line(self.now, || "calm from here on".into());
        self.is_storm = false;
        self.is_without_proxy = false;
        self.server.refuse_login(USER, ResultCode::OK);
        (0..self.plan.nodes).for_each(|node| self.node_well(node));
        for link in self.open.values().copied().collect::<Vec<_>>() {
            let hurt = &mut self.links[link];
            if hurt.side == Side::Opening {
                // It has lost nothing yet.
                (hurt.down.is_silent, hurt.up.is_silent) = (false, false);
                continue;
            }
            let is_broken = hurt.down.is_silent || hurt.up.is_silent || hurt.is_stuck;
            // One that nobody answers is for the client to give up.
            if hurt.side == Side::Open && (is_broken || !self.has_server(link)) {
                self.reset(link);
            }
        }
        self.poll();
    }

    fn has_server(&self, link: LinkId) -> bool {
        self.links[link].server.is_some_and(|server| self.server.is_open(server))
    }
}

impl Link {
    /// Whether nothing is on its way in either direction, and no reply is awaited.
    fn is_quiet(&self, now: u64) -> bool {
        self.sent == self.served && self.unanswered.is_empty() && self.down.last < now && !self.down.is_silent
    }
}
