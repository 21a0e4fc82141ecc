//! A session: what a server gave for a login, and what it says to messages about it.
//!
//! Imports `auth`, `wire::admin`, `time`. Source: C client `as_admin.c`, `as_node.c`.

use crate::auth::Secret;
use crate::time::Timestamp;
use crate::wire::admin::{AdminField, Entry};
use crate::wire::{DecodeError, DecodeErrorKind, ResultCode};

/// Seconds before its end at which a session is renewed, as in the C client; of a short one, a quarter of its time.
const MARGIN_SECONDS: u64 = 60;

/// What a node and its client have agreed on.
#[derive(Clone, Debug, Default)]
pub(crate) enum Session {
    /// Nothing: security is off, there or here.
    #[default]
    None,
    /// The node knows the client by a token.
    Open(Open),
    /// The node does not accept the token any more; commands wait for the next one.
    Lost,
    /// The node refused to log the client in.
    Refused(ResultCode),
}

/// A session that the node accepted when last asked.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    /// Tells it from the sessions before.
    pub(crate) number: u32,
    pub(crate) token: Secret,
    pub(crate) renew_at: Timestamp,
    /// From when on a refusal means that it has ended, not that it was never any good.
    pub(crate) proven_at: Timestamp,
}

impl Session {
    pub(crate) const fn open(&self) -> Option<&Open> {
        if let Self::Open(open) = self { Some(open) } else { None }
    }

    /// Whether connections for commands can be made now.
    pub(crate) const fn is_usable(&self) -> bool {
        matches!(self, Self::None | Self::Open(_))
    }

    /// Whether to log in at the next chance.
    pub(crate) fn wants_login(&self, now: Timestamp) -> bool {
        match self {
            Self::None => false,
            Self::Open(open) => open.renew_at <= now,
            Self::Lost | Self::Refused(_) => true,
        }
    }
}

/// What a server answered to a login or to an authentication.
#[derive(Clone, Debug)]
pub(crate) struct LoginReply {
    pub(crate) code: ResultCode,
    pub(crate) token: Option<Secret>,
    /// How long the session lasts; `None` for ever.
    ttl_seconds: Option<u32>,
}

impl LoginReply {
    pub(crate) fn read(body: &[u8]) -> Result<Self, DecodeError> {
        let entry = Entry::read_only(body)?;
        let seconds = |data: &[u8]| {
            let wrong = DecodeError { what: "session TTL", at: 0, kind: DecodeErrorKind::Invalid };
            data.try_into().map(u32::from_be_bytes).map_err(|_| wrong)
        };
        let ttl_seconds = entry.field(AdminField::SESSION_TTL).map(seconds).transpose()?;
        Ok(Self {
            code: entry.code,
            token: entry.field(AdminField::SESSION_TOKEN).map(Secret::new),
            ttl_seconds: ttl_seconds.filter(|seconds| *seconds > 0),
        })
    }

    /// When to log in again.
    pub(crate) fn renew_at(&self, now: Timestamp) -> Timestamp {
        let Some(seconds) = self.ttl_seconds.map(u64::from) else { return Timestamp::NEVER };
        let margin = (MARGIN_SECONDS * 1_000).min(seconds * 250);
        now.plus_millis(seconds * 1_000 - margin)
    }
}
