//! Users, roles and sessions: who may do what.
//!
//! Imports the configuration. Source: server `security.h`, C client `as_admin.c`. The
//! Enterprise Edition's own code is not public: what only it decides (which code for which refusal) follows what its
//! clients are told to expect.

use alloc::collections::{BTreeMap, BTreeSet};

use aerospike_wasm::wire::ResultCode;

use crate::config::SecurityConfig;

/// The roles that every server has.
const ROLES: [&str; 10] = [
    "user-admin",
    "sys-admin",
    "data-admin",
    "udf-admin",
    "sindex-admin",
    "read",
    "read-write",
    "read-write-udf",
    "write",
    "truncate",
];
/// Sessions that ended longer ago than this are forgotten, ms.
const REMEMBERED_MILLIS: u64 = 3_600_000;

/// What a user wants to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Action {
    Read,
    Write,
    Truncate,
    ManageUsers,
}

impl Action {
    const fn roles(self) -> &'static [&'static str] {
        match self {
            Self::Read => &["read", "read-write", "read-write-udf"],
            Self::Write => &["write", "read-write", "read-write-udf"],
            Self::Truncate => &["truncate", "data-admin"],
            Self::ManageUsers => &["user-admin"],
        }
    }
}

/// One user.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) credential: Vec<u8>,
    /// Its password, if another service knows it.
    pub(crate) external: Option<String>,
    pub(crate) roles: BTreeSet<String>,
    /// What every login of this user is answered, whatever the password.
    pub(crate) refusal: Option<ResultCode>,
}

#[derive(Clone, Debug)]
struct Session {
    node: usize,
    user: String,
    /// Unix milliseconds; `u64::MAX` for never.
    ends_at: u64,
}

/// Everything that a server with security knows of its users.
#[derive(Debug)]
pub(crate) struct Security {
    pub(crate) users: BTreeMap<String, User>,
    sessions: BTreeMap<u64, Session>,
    opened: u64,
    ttl_seconds: u32,
    certificate_user: Option<String>,
}

/// What the connection is allowed, looked up once per message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Permissions {
    pub(crate) reads: bool,
    pub(crate) writes: bool,
}

impl Permissions {
    pub(crate) const ALL: Self = Self { reads: true, writes: true };

    /// Checks one command on one record.
    pub(crate) const fn check(self, reads: bool, writes: bool) -> Result<(), ResultCode> {
        let is_allowed = (self.reads || !reads) && (self.writes || !writes);
        if is_allowed { Ok(()) } else { Err(ResultCode::ROLE_VIOLATION) }
    }
}

impl Security {
    pub(crate) fn new(config: &SecurityConfig) -> Self {
        let user = |user: &crate::config::UserConfig| {
            let credential = user.credential.clone().into_bytes();
            let external = Some(user.password.clone());
            let roles = user.roles.iter().cloned().collect();
            (user.name.clone(), User { credential, external, roles, refusal: None })
        };
        Self {
            users: config.users.iter().map(user).collect(),
            sessions: BTreeMap::new(),
            opened: 0,
            ttl_seconds: config.session_ttl_seconds,
            certificate_user: config.certificate_user.clone(),
        }
    }

    /// Opens a session; gives its token and how long it lasts.
    ///
    /// # Errors
    /// The code of the refusal.
    pub(crate) fn login(
        &mut self,
        node: usize,
        now: u64,
        user: Option<&[u8]>,
        credential: Option<&[u8]>,
        clear_password: Option<&[u8]>,
    ) -> Result<(Token, u32), ResultCode> {
        let name = match user {
            Some(name) => core::str::from_utf8(name).map_err(|_| ResultCode::INVALID_USER)?,
            None => self.certificate_user.as_deref().ok_or(ResultCode::INVALID_CREDENTIAL)?,
        };
        let known = self.users.get(name).ok_or(ResultCode::INVALID_USER)?;
        let is_right = match (user, clear_password) {
            (None, _) => true,
            (_, Some(password)) => known.external.as_ref().is_some_and(|own| own.as_bytes() == password),
            (_, None) => credential == Some(&known.credential),
        };
        if let Some(code) = known.refusal {
            return Err(code);
        }
        if !is_right {
            return Err(ResultCode::INVALID_CREDENTIAL);
        }
        let ends_at = match self.ttl_seconds {
            0 => u64::MAX,
            seconds => now.saturating_add(u64::from(seconds) * 1000),
        };
        let session = Session { node, user: name.into(), ends_at };
        self.sessions.retain(|_, other| other.ends_at.saturating_add(REMEMBERED_MILLIS) > now);
        self.opened += 1;
        self.sessions.insert(self.opened, session);
        Ok((Token(self.opened), self.ttl_seconds))
    }

    /// Checks the token of a session that was opened at the same node.
    ///
    /// # Errors
    /// The code of the refusal.
    pub(crate) fn authenticate(
        &self,
        node: usize,
        now: u64,
        user: Option<&[u8]>,
        token: &[u8],
    ) -> Result<Token, ResultCode> {
        let unknown = ResultCode::INVALID_CREDENTIAL;
        let token = Token::read(token).ok_or(unknown)?;
        let session = self.sessions.get(&token.0).filter(|session| session.node == node).ok_or(unknown)?;
        if user.is_some_and(|user| user != session.user.as_bytes()) {
            return Err(unknown);
        }
        if session.ends_at <= now { Err(ResultCode::EXPIRED_SESSION) } else { Ok(token) }
    }

    /// The user of a connection.
    ///
    /// # Errors
    /// 80 without a session, 66 with one that has ended.
    pub(crate) fn user(&self, token: Option<Token>, now: u64) -> Result<&str, ResultCode> {
        let session = token.and_then(|token| self.sessions.get(&token.0));
        let session = session.ok_or(ResultCode::NOT_AUTHENTICATED)?;
        if session.ends_at <= now {
            return Err(ResultCode::EXPIRED_SESSION);
        }
        Ok(&session.user)
    }

    /// Whether the connection may do something.
    ///
    /// # Errors
    /// As [`Security::user`], and 81 for what the roles do not allow.
    pub(crate) fn check(&self, token: Option<Token>, now: u64, action: Action) -> Result<(), ResultCode> {
        let user = self.user(token, now)?;
        if self.allows(user, action) { Ok(()) } else { Err(ResultCode::ROLE_VIOLATION) }
    }

    /// What the connection may do with records.
    ///
    /// # Errors
    /// As [`Security::user`].
    pub(crate) fn permissions(&self, token: Option<Token>, now: u64) -> Result<Permissions, ResultCode> {
        let user = self.user(token, now)?;
        let (reads, writes) = (self.allows(user, Action::Read), self.allows(user, Action::Write));
        Ok(Permissions { reads, writes })
    }

    /// Ends the sessions of a node, as when its process ends.
    pub(crate) fn forget_node(&mut self, node: usize) {
        self.sessions.retain(|_, session| session.node != node);
    }

    /// Ends the sessions of a user.
    pub(crate) fn forget_user(&mut self, user: &str) {
        self.sessions.retain(|_, session| session.user != user);
    }

    /// Whether there is a role of that name.
    pub(crate) fn is_role(role: &str) -> bool {
        ROLES.contains(&role)
    }

    fn allows(&self, user: &str, action: Action) -> bool {
        let roles = self.users.get(user).map(|user| &user.roles);
        roles.is_some_and(|roles| action.roles().iter().any(|role| roles.contains(*role)))
    }
}

/// What names a session to its client: its number, and bytes that are not guessed by counting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Token(u64);

impl Token {
    pub(crate) fn bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.0.to_be_bytes());
        bytes[8..].copy_from_slice(&crate::cluster::mix(self.0).to_be_bytes());
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let number = bytes.first_chunk::<8>()?;
        let token = Self(u64::from_be_bytes(*number));
        (token.bytes() == bytes).then_some(token)
    }
}
