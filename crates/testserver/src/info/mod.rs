//! The info protocol: its grammar, and the table of commands.
//!
//! Imports this folder. Source: server `thr_info.c`. Each command ends with a newline and is echoed exactly,
//! followed by a tab, its value and a newline; an unterminated last command is ignored; a NUL ends the request.

mod data;
mod member;
mod test;

use aerospike_wasm::wire::ResultCode;

use crate::security::{Action, Token};
use crate::server::Core;

/// The longest name of a command.
const MAX_NAME: usize = 31;
const ENTERPRISE: &str = "ERROR:25:enterprise only";
const UNKNOWN: &str = "ERROR:4:unrecognized command";

/// What a request with an empty body asks for.
const DEFAULTS: [&str; 12] = [
    "features",
    "node",
    "edition",
    "build",
    "version",
    "release",
    "statistics",
    "services-alumni",
    "services",
    "partition-generation",
    "namespaces",
    "status",
];

/// One connection's part in the protocol.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Session {
    /// The node that the connection reaches.
    pub(crate) node: usize,
    /// Whether it has told its user agent.
    pub(crate) has_agent: bool,
    /// The session that it was authenticated with.
    pub(crate) token: Option<Token>,
}

/// Appends the lines that answer the body of an info request.
pub(crate) fn answer(core: &mut Core, session: &mut Session, body: &[u8], out: &mut Vec<u8>) {
    if !is_allowed(core, session, body) {
        // As a server does, without naming the command.
        out.extend_from_slice(b"ERROR:80:not authenticated\n");
        return;
    }
    if body.is_empty() {
        for name in DEFAULTS {
            answer_line(core, session, name.as_bytes(), out);
        }
        return;
    }
    let body = body.split(|byte| *byte == 0).next().unwrap_or_default();
    let mut lines = body.split(|byte| *byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        if lines.peek().is_some() {
            answer_line(core, session, line, out);
        }
    }
}

/// Whether the connection may ask: it is logged in, or asks for nothing that a real server has.
fn is_allowed(core: &Core, session: &Session, body: &[u8]) -> bool {
    let Some(security) = core.security() else { return true };
    let mut lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let is_for_tests = core.config.test_commands && lines.all(|line| line.starts_with(b"test-"));
    (is_for_tests && !body.is_empty()) || security.user(session.token, core.store.clock.0).is_ok()
}

fn answer_line(core: &mut Core, session: &mut Session, line: &[u8], out: &mut Vec<u8>) {
    let command = Command::parse(line);
    out.extend_from_slice(line);
    out.push(b'\t');
    out.extend_from_slice(&command.answer(core, session));
    out.push(b'\n');
}

/// A command, cut into its name and what follows.
#[derive(Clone, Copy, Debug)]
struct Command<'a> {
    name: &'a [u8],
    params: &'a [u8],
}

impl<'a> Command<'a> {
    fn parse(line: &'a [u8]) -> Self {
        let end = line.iter().position(|byte| matches!(byte, b'/' | b':' | b';')).unwrap_or(line.len());
        Self { name: &line[..end], params: line.get(end + 1..).unwrap_or_default() }
    }

    /// The value of a parameter `key=value` among those separated by `;`.
    fn param(&self, key: &str) -> Option<&'a [u8]> {
        self.params.split(|byte| *byte == b';').find_map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=')?;
            (pair[..at] == *key.as_bytes()).then(|| &pair[at + 1..])
        })
    }

    /// The parameter as a number; `None` also if it is none.
    fn number(&self, key: &str) -> Option<u64> {
        core::str::from_utf8(self.param(key)?).ok()?.parse().ok()
    }

    /// The parameter as `true` or `false`; `None` also if it is neither.
    fn flag(&self, key: &str) -> Option<bool> {
        match self.param(key)? {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        }
    }

    fn answer(&self, core: &mut Core, session: &mut Session) -> Vec<u8> {
        let name = core::str::from_utf8(self.name).unwrap_or_default();
        if name.len() > MAX_NAME {
            return UNKNOWN.into();
        }
        if name.starts_with("truncate")
            && core.check(session, Action::Truncate) == Err(ResultCode::ROLE_VIOLATION)
        {
            return "ERROR:81:role violation".into();
        }
        let value = member::answer(name, self, core, session)
            .or_else(|| data::answer(name, self, core))
            .or_else(|| test::answer(name, self, core));
        value.unwrap_or_else(|| UNKNOWN.into()).into_bytes()
    }
}
