//! What can go wrong, whose fault it is, and whether a write may have happened.
//!
//! Imports `wire` and `ids`. [`ArgError`] is the caller's fault and nothing was sent; [`Error`] ends a command.

use core::fmt;

use crate::ids::NodeId;
use crate::wire::{DecodeError, ResultCode};

/// A mistake in what the caller asked for: found before anything was sent.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ArgError {
    /// The namespace is empty or over 31 bytes.
    NamespaceLength {
        /// Its length in bytes.
        length: usize,
    },
    /// The set is over 63 bytes.
    SetLength {
        /// Its length in bytes.
        length: usize,
    },
    /// A bin name is empty or over 15 bytes.
    BinNameLength {
        /// Its length in bytes.
        length: usize,
    },
    /// A TTL over ten years that is none of the special values.
    TtlRange {
        /// The TTL in its wire form.
        ttl: u32,
    },
    /// No operation, no bin or no row was given.
    Nothing {
        /// What is missing.
        what: &'static str,
    },
    /// More operations than one message may hold.
    TooManyOperations {
        /// How many were given; the limit is 32,768.
        count: usize,
    },
    /// The message would be larger than the limit.
    MessageTooLarge {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// As many commands are in flight as the client has slots for.
    TooManyCommands {
        /// The limit.
        limit: usize,
    },
    /// A generation over 16 bits in a batch, whose rows have no more room for it.
    GenerationRange {
        /// The generation.
        generation: u32,
    },
    /// The client was closed.
    Closed,
    /// A command on a tape that does not follow the format.
    Malformed {
        /// What was being read.
        what: &'static str,
    },
}

impl ArgError {
    /// The name of the argument at fault.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::NamespaceLength { .. } => "namespace",
            Self::SetLength { .. } => "set",
            Self::BinNameLength { .. } => "bin",
            Self::TtlRange { .. } => "ttl",
            Self::Nothing { what } | Self::Malformed { what } => what,
            Self::TooManyOperations { .. } => "ops",
            Self::GenerationRange { .. } => "gen",
            Self::MessageTooLarge { .. } => "bins",
            Self::TooManyCommands { .. } | Self::Closed => "client",
        }
    }
}

impl fmt::Display for ArgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NamespaceLength { length } => {
                write!(f, "namespace has {length} bytes, 1 to 31 are allowed")
            }
            Self::SetLength { length } => write!(f, "set has {length} bytes, at most 63 are allowed"),
            Self::BinNameLength { length } => write!(f, "bin name has {length} bytes, 1 to 15 are allowed"),
            Self::TtlRange { ttl } => write!(f, "ttl {ttl} is over ten years (315360000 seconds)"),
            Self::Nothing { what } => write!(f, "{what} is empty"),
            Self::TooManyOperations { count } => write!(f, "{count} operations, at most 32768 are allowed"),
            Self::MessageTooLarge { size, limit } => {
                write!(f, "message of {size} bytes, at most {limit} are allowed")
            }
            Self::TooManyCommands { limit } => {
                write!(f, "{limit} commands are in flight, which is the most there can be")
            }
            Self::GenerationRange { generation } => {
                write!(f, "generation {generation}, at most 65535 is allowed in a batch")
            }
            Self::Closed => f.write_str("client is closed"),
            Self::Malformed { what } => write!(f, "{what} is malformed"),
        }
    }
}

impl core::error::Error for ArgError {}

/// Why a connection ended or could not be made, as the host saw it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CloseReason {
    /// The peer closed it.
    ClosedByPeer,
    /// The peer refused it.
    Refused,
    /// There is no way to the peer.
    Unreachable,
    /// It was reset.
    Reset,
    /// It could not be made in time, or stayed silent for too long.
    TimedOut,
    /// The host name is unknown.
    NameNotFound,
    /// The peer broke the protocol, so this client closed it.
    BadBytes,
    /// The host lets this client make no TCP connections.
    TcpDenied,
    /// The host lets this client make no connection to that address.
    AddressDenied,
    /// The host lets this client look up no names, or has no way to.
    LookupDenied,
    /// The server's certificate has expired, or is not valid yet.
    CertificateExpired,
    /// The server's certificate is for another name than the TLS name.
    CertificateName,
    /// The server's certificate is signed by itself and is not among those that are trusted.
    CertificateSelfSigned,
    /// The server's certificate comes from an authority that is not trusted.
    CertificateUntrusted,
    /// The server refused the certificate of this client, or that it has none.
    ClientCertificate,
    /// The TLS handshake failed in another way.
    Tls,
    /// This client closed it for want of use or because its node left.
    Dropped,
    /// Anything else.
    Other,
}

impl CloseReason {
    /// Whether it is about TLS: a certificate, or the handshake.
    #[must_use]
    pub const fn is_tls(self) -> bool {
        matches!(
            self,
            Self::CertificateExpired
                | Self::CertificateName
                | Self::CertificateSelfSigned
                | Self::CertificateUntrusted
                | Self::ClientCertificate
                | Self::Tls
        )
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClosedByPeer => "connection closed by the server",
            Self::Refused => "connection refused",
            Self::Unreachable => "host unreachable",
            Self::Reset => "connection reset",
            Self::TimedOut => "no answer in time",
            Self::NameNotFound => "host name not found",
            Self::BadBytes => "the peer does not speak the Aerospike protocol",
            Self::TcpDenied => "permission denied: this program may not make TCP connections",
            Self::AddressDenied => "permission denied: this program may not connect to that address",
            Self::LookupDenied => "permission denied, or no resolver: this program may not look up names",
            Self::CertificateExpired => "the server's certificate has expired or is not valid yet",
            Self::CertificateName => "the server's certificate is not for the TLS name",
            Self::CertificateSelfSigned => "the server's certificate is self-signed and not trusted",
            Self::CertificateUntrusted => {
                "the server's certificate comes from an authority that is not trusted"
            }
            Self::ClientCertificate => {
                "the server does not accept this client without a certificate it trusts"
            }
            Self::Tls => "the TLS handshake failed",
            Self::Dropped => "the node left the cluster",
            Self::Other => "connection failed",
        })
    }
}

/// What ended a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server answered with a code other than 0.
    Server(ResultCode),
    /// A timeout of the policy passed.
    Timeout,
    /// The connection ended.
    Connection(CloseReason),
    /// No node is known for the key's partition.
    NoNode,
    /// The node failed too often of late and is left alone for a while.
    TooManyErrors,
    /// It waited too long for its turn.
    Backpressure,
    /// The caller cancelled it.
    Cancelled,
    /// The client was closed.
    Closed,
    /// The reply could not be read.
    BadReply(DecodeError),
}

/// How a command failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Error {
    /// What ended it.
    pub kind: ErrorKind,
    /// Whether it wrote and may have taken effect.
    pub in_doubt: bool,
    /// How many attempts were made.
    pub attempts: u16,
    /// The node of the last attempt.
    pub node: Option<NodeId>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Server(code) => write!(f, "{code}"),
            ErrorKind::Timeout => f.write_str("timed out"),
            ErrorKind::Connection(reason) => write!(f, "{reason}"),
            ErrorKind::NoNode => f.write_str("no node is known for the key's partition"),
            ErrorKind::TooManyErrors => {
                f.write_str("the node failed too often of late and is left alone for a while")
            }
            ErrorKind::Backpressure => {
                f.write_str("waited too long for its turn among the concurrent operations")
            }
            ErrorKind::Cancelled => f.write_str("cancelled"),
            ErrorKind::Closed => f.write_str("client was closed"),
            ErrorKind::BadReply(error) => write!(f, "reply could not be read: {error}"),
        }
    }
}

impl core::error::Error for Error {}

/// Whether a write may have happened: it left this client, and its last answer does not rule it out.
///
/// More than one attempt sent: the first may have happened whatever the last answered. One sent: in doubt if no
/// answer came or the server says it ran out of time.
#[must_use]
pub fn in_doubt(writes: bool, sent: u16, kind: &ErrorKind) -> bool {
    let unanswered = match kind {
        ErrorKind::Server(code) => *code == ResultCode::TIMEOUT,
        _ => true,
    };
    writes && (sent > 1 || (sent == 1 && unanswered))
}
