//! How a command failed, and what the standard calls it.
//!
//! Imports the core's public API and the interface's types.

use aerospike_wasi::Failed;
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::{ArgError, ErrorKind};

use crate::bindings::exports::wasi::keyvalue::store::Error;

/// How a command, or a row of it, failed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What the server said, if it was the server.
    code: Option<ResultCode>,
    text: String,
}

impl Failure {
    /// A failure that is not the server's.
    pub(crate) const fn other(text: String) -> Self {
        Self { code: None, text }
    }

    /// What ended a command.
    pub(crate) fn ended(failed: &Failed<'_>, what: &str) -> Self {
        let code = match failed.error.kind {
            ErrorKind::Server(code) => Some(code),
            _ => None,
        };
        let place = if failed.node.is_empty() { String::new() } else { format!(" (node {})", failed.node) };
        let doubt = if failed.error.in_doubt { ", in doubt" } else { "" };
        Self { code, text: format!("{what}: {}{place}{doubt}", failed.error) }
    }

    /// The core refused a command.
    pub(crate) fn refused(error: &ArgError, what: &str) -> Self {
        Self::other(format!("{what}: {error}"))
    }

    /// Whether the server said one of these.
    pub(crate) fn is_any(&self, codes: &[ResultCode]) -> bool {
        self.code.is_some_and(|code| codes.contains(&code))
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure.code {
            Some(ResultCode::INVALID_NAMESPACE) => Self::NoSuchStore,
            Some(
                ResultCode::NOT_AUTHENTICATED | ResultCode::ROLE_VIOLATION | ResultCode::NOT_WHITELISTED,
            ) => Self::AccessDenied,
            _ => Self::Other(failure.text),
        }
    }
}
