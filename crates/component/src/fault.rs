//! Errors: the caller's mistakes, what the core ended a command with, and their form in the interface.
//!
//! Imports the core's public API and the interface's types.

use alloc::format;
use alloc::string::{String, ToString};

use aerospike_wasi::{ConnectFailure, Failed};
use aerospike_wasm::wire::info::InfoError;
use aerospike_wasm::{ArgError, Error as CoreError, ErrorKind as CoreKind};

use crate::types::{Error, ErrorKind};

/// A mistake in an argument: which, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Fault {
    /// Path of the argument, such as `bins[2].value.nodes[7]`.
    field: String,
    problem: String,
}

pub(crate) type Checked<T> = Result<T, Fault>;

impl Fault {
    pub(crate) fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }

    /// The same fault as seen from further outside.
    pub(crate) fn within(mut self, outer: &str) -> Self {
        let separator = if self.field.is_empty() || self.field.starts_with('[') { "" } else { "." };
        self.field = format!("{outer}{separator}{}", self.field);
        self
    }

    /// The error of the call `operation`.
    pub(crate) fn into_error(self, operation: &str) -> Error {
        let message = format!("{operation}: {}: {}", self.field, self.problem);
        Error {
            kind: ErrorKind::InvalidArgument(self.field),
            message,
            result_code: -2,
            in_doubt: false,
            attempts: 0,
            node: None,
        }
    }
}

/// The error for a command that the core refused.
pub(crate) fn refused(operation: &str, error: &ArgError) -> Error {
    match error {
        ArgError::Closed => closed(operation),
        ArgError::TooManyCommands { .. } => Error {
            kind: ErrorKind::Backpressure,
            message: format!("{operation}: {error}"),
            result_code: -11,
            in_doubt: false,
            attempts: 0,
            node: None,
        },
        _ => Fault::new(error.field(), error.to_string()).into_error(operation),
    }
}

/// The error of a call on a client that was closed.
#[must_use]
pub fn closed(operation: &str) -> Error {
    Error {
        kind: ErrorKind::Closed,
        message: format!("{operation}: the client is closed"),
        result_code: -5,
        in_doubt: false,
        attempts: 0,
        node: None,
    }
}

/// The error of a connect that reached no server, or whose login was refused.
#[must_use]
pub fn connect_failed(failure: &ConnectFailure) -> Error {
    let (kind, result_code) = match failure.kind {
        CoreKind::Server(code) => (ErrorKind::Server, i32::from(code.0)),
        _ => (ErrorKind::Connection, -10),
    };
    Error {
        kind,
        message: format!("connect: {}", failure.reasons),
        result_code,
        in_doubt: false,
        attempts: 0,
        node: None,
    }
}

/// The server's result code, or a negative one of the client.
pub(crate) fn code(failed: &Failed<'_>) -> i32 {
    match failed.error.kind {
        CoreKind::Server(code) => i32::from(code.0),
        CoreKind::Timeout => -1,
        CoreKind::NoNode => -8,
        CoreKind::Cancelled | CoreKind::Closed => -5,
        CoreKind::Backpressure => -11,
        CoreKind::TooManyErrors => -14,
        CoreKind::BadReply(_) => -15,
        _ => -10,
    }
}

/// The node of the last attempt.
pub(crate) fn node(failed: &Failed<'_>) -> Option<String> {
    (!failed.node.is_empty()).then(|| failed.node.to_string())
}

/// The error of an info command that the server answered with one.
pub(crate) fn info_failure(error: &InfoError<'_>, subject: &str) -> Error {
    let InfoError { code, text } = error;
    Error {
        kind: ErrorKind::Server,
        message: format!("{subject}: {text} ({})", code.0),
        result_code: i32::from(code.0),
        in_doubt: false,
        attempts: 1,
        node: None,
    }
}

/// The error of a call that needs a node while none is known.
pub(crate) fn no_node(operation: &str) -> Error {
    Error {
        kind: ErrorKind::NodeUnavailable,
        message: format!("{operation}: no node of the cluster is known"),
        result_code: -8,
        in_doubt: false,
        attempts: 0,
        node: None,
    }
}

/// The error of the call that `subject` describes.
pub(crate) fn failure(failed: &Failed<'_>, subject: &str) -> Error {
    let CoreError { in_doubt, attempts, .. } = failed.error;
    let place = if failed.node.is_empty() { String::new() } else { format!(" (node {})", failed.node) };
    let doubt = if in_doubt { ", in doubt" } else { "" };
    Error {
        kind: kind(&failed.error.kind),
        message: format!("{subject}: {}{place}{doubt}", failed.error),
        result_code: code(failed),
        in_doubt,
        attempts,
        node: node(failed),
    }
}

fn kind(kind: &CoreKind) -> ErrorKind {
    match kind {
        CoreKind::Server(code) => match code.0 {
            2 => ErrorKind::RecordNotFound,
            3 => ErrorKind::RecordGeneration,
            5 => ErrorKind::RecordExists,
            9 => ErrorKind::Timeout,
            12 => ErrorKind::BinType,
            27 => ErrorKind::FilteredOut,
            _ => ErrorKind::Server,
        },
        CoreKind::Timeout => ErrorKind::Timeout,
        CoreKind::Connection(_) => ErrorKind::Connection,
        CoreKind::NoNode | CoreKind::TooManyErrors => ErrorKind::NodeUnavailable,
        CoreKind::Backpressure => ErrorKind::Backpressure,
        CoreKind::Cancelled => ErrorKind::Cancelled,
        CoreKind::Closed => ErrorKind::Closed,
        CoreKind::BadReply(_) => ErrorKind::BadReply,
        other => ErrorKind::Other(format!("{other:?}")),
    }
}
