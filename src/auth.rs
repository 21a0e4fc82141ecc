//! Who a client says it is, and what it keeps secret.
//!
//! Imports `wire`. Invariant: a [`Secret`] shows itself to nobody: its `Debug` is a word, and it has no `Display`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::wire::ResultCode;
use crate::wire::admin::{AdminCommand, AdminField, write_entry};
use crate::wire::password::{MAX_PASSWORD, hash_password};

/// The longest name of a user, bytes, as in the C client.
pub const MAX_USER: usize = 63;
/// The longest password that is sent in clear, bytes.
pub const MAX_CLEAR_PASSWORD: usize = 1_024;

/// Bytes that are never shown.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Keeps bytes to itself.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// How a client proves who it is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Auth {
    /// Not at all: for servers without security.
    #[default]
    None,
    /// By a password that the cluster itself knows; what travels is its hash.
    Internal {
        /// Name of the user.
        user: String,
        /// Hash of the password. The password itself is not kept.
        credential: Secret,
    },
    /// By a password that another service (LDAP) knows; it travels in clear, and so only inside TLS.
    External {
        /// Name of the user.
        user: String,
        /// Hash of the password, which travels beside it.
        credential: Secret,
        /// The password.
        password: Secret,
    },
    /// By the certificate that the host shows when it makes the TLS connection.
    Pki,
}

/// A mistake in the settings: found before anything was sent.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The name of the user is empty or over 63 bytes.
    UserLength {
        /// Its length in bytes.
        length: usize,
    },
    /// The password is empty or too long.
    PasswordLength {
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes: 72 for internal authentication, 1,024 for external.
        limit: usize,
    },
    /// The password has a byte 0, at which bcrypt would stop reading.
    PasswordZero,
    /// Authentication that needs TLS, and a seed without a TLS name.
    NeedsTls {
        /// `external` or `PKI`.
        mode: &'static str,
        /// The seed's host.
        host: String,
    },
}

impl ConfigError {
    /// The name of the setting at fault.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::UserLength { .. } => "user",
            Self::PasswordLength { .. } | Self::PasswordZero => "password",
            Self::NeedsTls { .. } => "auth",
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UserLength { length } => {
                write!(f, "user has {length} bytes, 1 to {MAX_USER} are allowed")
            }
            Self::PasswordLength { length, limit } => {
                write!(f, "password has {length} bytes, 1 to {limit} are allowed")
            }
            Self::PasswordZero => f.write_str("password has a byte of value 0"),
            Self::NeedsTls { mode, host } => {
                write!(f, "{mode} authentication needs TLS, and host {host} has no TLS name")
            }
        }
    }
}

impl core::error::Error for ConfigError {}

impl Auth {
    /// Internal authentication. Hashes the password, which takes some hundredths of a second.
    ///
    /// # Errors
    /// A user or password that no server can have.
    pub fn internal(user: &str, password: &[u8]) -> Result<Self, ConfigError> {
        check_user(user)?;
        check_password(password, MAX_PASSWORD)?;
        if password.contains(&0) {
            return Err(ConfigError::PasswordZero);
        }
        let credential = Secret::new(hash_password(password));
        Ok(Self::Internal { user: user.to_string(), credential })
    }

    /// External authentication. All seeds must have a TLS name. Takes as long as [`Auth::internal`].
    ///
    /// # Errors
    /// A user or password that no server can have.
    pub fn external(user: &str, password: &[u8]) -> Result<Self, ConfigError> {
        check_user(user)?;
        check_password(password, MAX_CLEAR_PASSWORD)?;
        let credential = Secret::new(hash_password(password));
        Ok(Self::External { user: user.to_string(), credential, password: Secret::new(password) })
    }

    /// The mode's name if it must not be used without TLS.
    pub(crate) const fn needs_tls(&self) -> Option<&'static str> {
        match self {
            Self::External { .. } => Some("external"),
            Self::Pki => Some("PKI"),
            Self::None | Self::Internal { .. } => None,
        }
    }

    /// Appends the message that opens a session.
    pub(crate) fn write_login(&self, out: &mut Vec<u8>) {
        write_entry(out, AdminCommand::LOGIN, ResultCode::OK, |fields| match self {
            Self::Internal { user, credential } => {
                fields.field(AdminField::USER, user.as_bytes());
                fields.field(AdminField::CREDENTIAL, credential.bytes());
            }
            Self::External { user, credential, password } => {
                fields.field(AdminField::USER, user.as_bytes());
                fields.field(AdminField::CREDENTIAL, credential.bytes());
                fields.field(AdminField::CLEAR_PASSWORD, password.bytes());
            }
            Self::Pki | Self::None => {}
        });
    }

    /// Appends the message that makes a connection one of a session.
    pub(crate) fn write_authenticate(&self, token: &[u8], out: &mut Vec<u8>) {
        write_entry(out, AdminCommand::AUTHENTICATE, ResultCode::OK, |fields| {
            if let Self::Internal { user, .. } | Self::External { user, .. } = self {
                fields.field(AdminField::USER, user.as_bytes());
            }
            fields.field(AdminField::SESSION_TOKEN, token);
        });
    }
}

const fn check_user(user: &str) -> Result<(), ConfigError> {
    let length = user.len();
    if length == 0 || length > MAX_USER { Err(ConfigError::UserLength { length }) } else { Ok(()) }
}

const fn check_password(password: &[u8], limit: usize) -> Result<(), ConfigError> {
    let length = password.len();
    if length == 0 || length > limit { Err(ConfigError::PasswordLength { length, limit }) } else { Ok(()) }
}
