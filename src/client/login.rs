//! Logging in, authenticating connections, and sessions that end.
//!
//! Part of [`super::Client`]. With authentication in the config nothing is said on a connection before the server knows
//! who this is. A server that is not known yet and the tend of a node log in, which gives a token; the connections of a
//! node are authenticated with it. Invariants: a session that ends takes no command with it that was not sent; at most
//! one login per node is under way. Rules follow the C client's `as_admin.c` and `as_node.c`; what it does on the next
//! tend is done here at once.

use alloc::format;
use alloc::vec::Vec;

use super::Client;
use crate::auth::Auth;
use crate::cluster::{LoginReply, Node, Open, Session};
use crate::conn::{Exchange, Purpose, Ready, State};
use crate::error::{CloseReason, ErrorKind};
use crate::ids::{ConnId, NodeId};
use crate::time::Timestamp;
use crate::wire::{DecodeError, DecodeErrorKind, ResultCode};

use super::{Consumed, Phase};

/// When a node refuses to renew a session that it still accepts, the next try comes after this time, ms.
const RENEW_AGAIN_MS: u64 = 10_000;

/// What to say first on a connection.
enum Greeting {
    Nothing,
    Login,
    Authenticate,
    /// The session it was made for has ended meanwhile.
    TooLate,
}

impl Client {
    /// Says who this is on a connection that was made, or passes it on if there is nothing to say.
    pub(super) fn greet(&mut self, id: ConnId) {
        let Some(conn) = self.conns.get(id) else { return };
        let (exchange, millis) = match self.greeting(conn.purpose) {
            Greeting::Nothing => return self.handle_ready(id),
            Greeting::TooLate => return self.withdraw(id),
            Greeting::Login => (Exchange::Login, self.config.login_timeout_ms),
            Greeting::Authenticate => (Exchange::Authenticate, self.config.connect_timeout_ms),
        };
        let number = self.session_of(conn.purpose).map_or(0, |open| open.number);
        let until = self.now.plus_millis(u64::from(millis));
        let Some(conn) = self.conns.get_mut(id) else { return };
        conn.state = State::Authenticating { until };
        conn.session = number;
        self.conn_deadlines.set(id.slot(), until);
        self.enqueue(id, exchange, None);
    }

    fn greeting(&self, purpose: Purpose) -> Greeting {
        if self.config.auth == Auth::None {
            return Greeting::Nothing;
        }
        let (id, tends) = match purpose {
            Purpose::Candidate(_) => return Greeting::Login,
            Purpose::Tend(id) => (id, true),
            Purpose::Commands(id) => (id, false),
        };
        match self.nodes.get(usize::from(id.0)).map(|node| &node.session) {
            Some(Session::Open(open)) if !tends || open.renew_at > self.now => Greeting::Authenticate,
            // Asked again on every new tend connection: the server may have been started anew, with security.
            _ if tends => Greeting::Login,
            Some(Session::None) => Greeting::Nothing,
            _ => Greeting::TooLate,
        }
    }

    /// Appends what an exchange about the session says.
    pub(super) fn append_greeting(
        auth: &Auth,
        nodes: &[Node],
        purpose: Purpose,
        exchange: Exchange,
        tx: &mut Vec<u8>,
    ) {
        if exchange == Exchange::Login {
            return auth.write_login(tx);
        }
        let (Purpose::Tend(id) | Purpose::Commands(id)) = purpose else { return };
        let session = nodes.get(usize::from(id.0)).map(|node| &node.session);
        if let Some(open) = session.and_then(Session::open) {
            auth.write_authenticate(open.token.bytes(), tx);
        }
    }

    /// Takes in the reply to a login or an authentication.
    #[inline(never)]
    pub(super) fn take_admin(&mut self, id: ConnId, ready: Ready) {
        let Some(conn) = self.conns.get(id) else { return };
        let purpose = conn.purpose;
        let Some(reply) = conn.frame(ready.len).map(|frame| LoginReply::read(frame.body)) else { return };
        self.consumed = Some(Consumed { conn: id, len: ready.len, ends: true });
        self.finish_consumed();
        let is_login = ready.exchange == Exchange::Login;
        match reply {
            Err(error) => self.close_connection(id, CloseReason::BadBytes, Some(error), true),
            Ok(reply) if reply.code == ResultCode::SECURITY_NOT_ENABLED => {
                if let Some(conn) = self.conns.get_mut(id) {
                    conn.session = 0;
                }
                self.keep_session(purpose, Session::None);
                self.handle_ready(id);
            }
            Ok(reply) if !reply.code.is_ok() && is_login => self.login_refused(id, purpose, reply.code),
            Ok(reply) if !reply.code.is_ok() => self.authentication_refused(id, reply.code),
            Ok(reply) if is_login => self.logged_in(id, purpose, &reply),
            Ok(_) => {
                self.prove(purpose);
                self.handle_ready(id);
            }
        }
    }

    /// A server refused a command because it does not know this connection, or not any more: its session is over.
    /// `false` if the code says something else.
    pub(super) fn session_ended(&mut self, id: ConnId, code: ResultCode) -> bool {
        if !self.is_session_code(code) {
            return false;
        }
        let Some(conn) = self.conns.get(id) else { return true };
        let number = conn.session;
        if let Purpose::Commands(node) = conn.purpose
            && self.session_of(conn.purpose).is_some_and(|open| open.number == number)
        {
            self.lose_session(node);
        } else {
            self.retire(id);
        }
        true
    }

    /// A node answered its tend as one that does not know this client: the next tend logs in.
    pub(super) fn tend_refused(&mut self, id: NodeId, conn: ConnId) {
        if let Some(node) = self.nodes.get_mut(usize::from(id.0)) {
            node.session = Session::Lost;
        }
        self.leave_old_session(id);
        self.close_connection(conn, CloseReason::Dropped, None, true);
    }

    /// Whether a code says that the session is over, which a login may mend.
    pub(super) fn is_session_code(&self, code: ResultCode) -> bool {
        let codes = [ResultCode::EXPIRED_SESSION, ResultCode::NOT_AUTHENTICATED];
        self.config.auth != Auth::None && codes.contains(&code)
    }

    /// The code with which a node refused to log this client in.
    pub(super) fn refused_login(&self, node: NodeId) -> Option<ResultCode> {
        match self.nodes.get(usize::from(node.0))?.session {
            Session::Refused(code) => Some(code),
            _ => None,
        }
    }

    /// Logs in to a node whose session is lost or comes to its end, on a new tend connection; `false` if there is
    /// nothing to renew.
    pub(super) fn renew_session(&mut self, id: NodeId) -> bool {
        let Some(node) = self.nodes.get(usize::from(id.0)) else { return false };
        if !node.session.wants_login(self.now) {
            return false;
        }
        let is_new = |conn: &ConnId| self.conns.get(*conn).is_some_and(|conn| !conn.is_open());
        if !node.tend.as_ref().is_some_and(is_new) {
            self.replace_tend(id);
        }
        true
    }

    /// Takes a session over for a node whose server was introduced.
    pub(super) fn set_session(&mut self, id: NodeId, session: Session) {
        let Some(node) = self.nodes.get_mut(usize::from(id.0)) else { return };
        node.session = session;
        self.leave_old_session(id);
        self.open_for_waiting(id);
    }

    fn session_of(&self, purpose: Purpose) -> Option<&Open> {
        let (Purpose::Tend(id) | Purpose::Commands(id)) = purpose else { return None };
        self.nodes.get(usize::from(id.0))?.session.open()
    }

    fn keep_session(&mut self, purpose: Purpose, session: Session) {
        match purpose {
            Purpose::Candidate(candidate) => {
                if let Some(entry) = self.candidates.get_mut(candidate as usize).and_then(Option::as_mut) {
                    entry.session = session;
                }
            }
            Purpose::Tend(node) | Purpose::Commands(node) => self.set_session(node, session),
        }
    }

    fn prove(&mut self, purpose: Purpose) {
        let (Purpose::Tend(id) | Purpose::Commands(id)) = purpose else { return };
        if let Some(Session::Open(open)) = self.nodes.get_mut(usize::from(id.0)).map(|node| &mut node.session)
        {
            open.proven_at = Timestamp::ZERO;
        }
    }

    fn logged_in(&mut self, id: ConnId, purpose: Purpose, reply: &LoginReply) {
        let Some(token) = reply.token.clone() else {
            let error =
                DecodeError { what: "login reply without token", at: 0, kind: DecodeErrorKind::Invalid };
            return self.close_connection(id, CloseReason::BadBytes, Some(error), true);
        };
        self.sessions = self.sessions.wrapping_add(1);
        let renew_at = reply.renew_at(self.now);
        let proven_at = self.now.plus_millis(u64::from(self.config.tend_interval_ms));
        let open = Open { number: self.sessions, token, renew_at, proven_at };
        if let Some(conn) = self.conns.get_mut(id) {
            conn.session = self.sessions;
        }
        self.keep_session(purpose, Session::Open(open));
        self.handle_ready(id);
    }

    fn login_refused(&mut self, id: ConnId, purpose: Purpose, code: ResultCode) {
        match purpose {
            Purpose::Candidate(candidate) => {
                self.drop_candidate_connection(id);
                let reason = format!("login refused: {code}");
                self.give_up_address(candidate, &reason, ErrorKind::Server(code));
            }
            Purpose::Tend(node) | Purpose::Commands(node) => {
                self.withdraw(id);
                let again = self.now.plus_millis(RENEW_AGAIN_MS);
                let Some(entry) = self.nodes.get_mut(usize::from(node.0)) else { return };
                match &mut entry.session {
                    // The node still takes the old token; as long as it does, nobody need notice.
                    Session::Open(open) => open.renew_at = again,
                    _ => self.refuse(node, code),
                }
            }
        }
    }

    /// A node does not take a token. If it never did, logging in again will not help.
    fn authentication_refused(&mut self, id: ConnId, code: ResultCode) {
        let Some(conn) = self.conns.get(id) else { return };
        let (purpose, number) = (conn.purpose, conn.session);
        let (Purpose::Tend(node) | Purpose::Commands(node)) = purpose else { return };
        self.withdraw(id);
        match self.session_of(purpose) {
            Some(open) if open.number != number => self.open_for_waiting(node),
            Some(open) if open.proven_at <= self.now => self.lose_session(node),
            Some(_) => self.refuse(node, code),
            None => {}
        }
    }

    fn refuse(&mut self, id: NodeId, code: ResultCode) {
        let Some(node) = self.nodes.get_mut(usize::from(id.0)) else { return };
        node.session = Session::Refused(code);
        let mut waiting = core::mem::take(&mut node.waiting);
        waiting.append(&mut node.waiting_whole);
        self.leave_old_session(id);
        for entry in waiting {
            if self.is_waiting(entry) {
                self.waiting_failed(entry, ErrorKind::Server(code));
            }
        }
    }

    fn lose_session(&mut self, id: NodeId) {
        let Some(node) = self.nodes.get_mut(usize::from(id.0)).filter(|node| node.active) else { return };
        node.session = Session::Lost;
        self.leave_old_session(id);
        self.replace_tend(id);
    }

    /// Ends what belongs to another session than the one a node has now: connections in the making at once, others when
    /// their commands have ended.
    fn leave_old_session(&mut self, id: NodeId) {
        let of_node = Purpose::Commands(id);
        let number = self.session_of(of_node).map_or(0, |open| open.number);
        let is_old = |conn: &ConnId| {
            let conn = self.conns.get(*conn);
            conn.is_some_and(|conn| conn.purpose == of_node && conn.is_connected() && conn.session != number)
        };
        for conn in self.conns.ids().filter(is_old).collect::<Vec<_>>() {
            if self.conns.get(conn).is_some_and(|conn| conn.is_open()) {
                self.retire(conn);
            } else {
                self.withdraw(conn);
            }
        }
    }

    /// No more commands for this connection.
    fn retire(&mut self, id: ConnId) {
        let Some(conn) = self.conns.get_mut(id) else { return };
        conn.retired = true;
        if let Purpose::Commands(node) = conn.purpose {
            self.forget_available(node, id);
            self.close_if_done(id);
        }
    }

    fn replace_tend(&mut self, id: NodeId) {
        if self.phase == Phase::Closed {
            return;
        }
        let Some(node) = self.nodes.get_mut(usize::from(id.0)) else { return };
        let endpoint = node.endpoint.clone();
        if let Some(conn) = node.tend.take() {
            self.drop_candidate_connection(conn);
        }
        let conn = self.open_connection(Purpose::Tend(id), endpoint);
        if let Some(node) = self.nodes.get_mut(usize::from(id.0)) {
            node.tend = conn;
        }
    }

    /// Closes a connection in the making for which nobody is to blame: no command fails with it.
    fn withdraw(&mut self, id: ConnId) {
        match self.conns.get(id).map(|conn| conn.purpose) {
            Some(Purpose::Commands(node)) => {
                if let Some(entry) = self.nodes.get_mut(usize::from(node.0)) {
                    entry.connecting -= 1;
                }
            }
            Some(Purpose::Tend(node)) => {
                if let Some(entry) = self.nodes.get_mut(usize::from(node.0)) {
                    entry.tend = None;
                }
            }
            Some(Purpose::Candidate(_)) | None => {}
        }
        self.drop_candidate_connection(id);
    }
}
