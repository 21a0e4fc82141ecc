//! Result codes of the server.
//!
//! Imports `core`. Source: server `proto.h`. Open: a code without a name is kept as its number.

use core::fmt;

/// How the server ended a command. 0 is success.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct ResultCode(pub u8);

impl ResultCode {
    /// Ok.
    pub const OK: Self = Self(0);
    /// Unknown server error.
    pub const SERVER_ERROR: Self = Self(1);
    /// Record not found.
    pub const RECORD_NOT_FOUND: Self = Self(2);
    /// Generation mismatch.
    pub const GENERATION: Self = Self(3);
    /// Invalid request.
    pub const PARAMETER: Self = Self(4);
    /// Record exists.
    pub const RECORD_EXISTS: Self = Self(5);
    /// Bin exists.
    pub const BIN_EXISTS: Self = Self(6);
    /// Cluster changed.
    pub const CLUSTER_KEY_MISMATCH: Self = Self(7);
    /// Server is out of space.
    pub const OUT_OF_SPACE: Self = Self(8);
    /// Server timeout.
    pub const TIMEOUT: Self = Self(9);
    /// Operation always forbidden.
    pub const ALWAYS_FORBIDDEN: Self = Self(10);
    /// Partition unavailable.
    pub const PARTITION_UNAVAILABLE: Self = Self(11);
    /// Bin has an incompatible type.
    pub const BIN_TYPE: Self = Self(12);
    /// Record too big.
    pub const RECORD_TOO_BIG: Self = Self(13);
    /// Key busy.
    pub const KEY_BUSY: Self = Self(14);
    /// Scan or query aborted.
    pub const QUERY_ABORTED_BY_USER: Self = Self(15);
    /// Unsupported by the server.
    pub const UNSUPPORTED_FEATURE: Self = Self(16);
    /// Bin not found.
    pub const BIN_NOT_FOUND: Self = Self(17);
    /// Device overload.
    pub const DEVICE_OVERLOAD: Self = Self(18);
    /// Stored key differs.
    pub const KEY_MISMATCH: Self = Self(19);
    /// Unknown namespace.
    pub const INVALID_NAMESPACE: Self = Self(20);
    /// Invalid bin name.
    pub const BIN_NAME: Self = Self(21);
    /// Forbidden.
    pub const FORBIDDEN: Self = Self(22);
    /// Element not found.
    pub const ELEMENT_NOT_FOUND: Self = Self(23);
    /// Element exists.
    pub const ELEMENT_EXISTS: Self = Self(24);
    /// Needs Enterprise Edition.
    pub const ENTERPRISE_ONLY: Self = Self(25);
    /// Operation not applicable.
    pub const OP_NOT_APPLICABLE: Self = Self(26);
    /// Filtered out.
    pub const FILTERED_OUT: Self = Self(27);
    /// Lost conflict.
    pub const LOST_CONFLICT: Self = Self(28);
    /// Invalid encoding.
    pub const INVALID_ENCODING: Self = Self(29);
    /// XDR key busy.
    pub const XDR_KEY_BUSY: Self = Self(32);
    /// End of query.
    pub const QUERY_END: Self = Self(50);
    /// Security not supported.
    pub const SECURITY_NOT_SUPPORTED: Self = Self(51);
    /// Security not enabled.
    pub const SECURITY_NOT_ENABLED: Self = Self(52);
    /// Security scheme not supported.
    pub const SECURITY_SCHEME: Self = Self(53);
    /// Invalid admin command.
    pub const INVALID_COMMAND: Self = Self(54);
    /// Invalid admin field.
    pub const INVALID_FIELD: Self = Self(55);
    /// Illegal state.
    pub const ILLEGAL_STATE: Self = Self(56);
    /// Invalid user.
    pub const INVALID_USER: Self = Self(60);
    /// User exists.
    pub const USER_EXISTS: Self = Self(61);
    /// Invalid password.
    pub const INVALID_PASSWORD: Self = Self(62);
    /// Expired password.
    pub const EXPIRED_PASSWORD: Self = Self(63);
    /// Forbidden password.
    pub const FORBIDDEN_PASSWORD: Self = Self(64);
    /// Invalid credential.
    pub const INVALID_CREDENTIAL: Self = Self(65);
    /// Expired session.
    pub const EXPIRED_SESSION: Self = Self(66);
    /// Invalid role.
    pub const INVALID_ROLE: Self = Self(70);
    /// Role exists.
    pub const ROLE_EXISTS: Self = Self(71);
    /// Invalid privilege.
    pub const INVALID_PRIVILEGE: Self = Self(72);
    /// Invalid allow list.
    pub const INVALID_WHITELIST: Self = Self(73);
    /// Quotas not enabled.
    pub const QUOTAS_NOT_ENABLED: Self = Self(74);
    /// Invalid quota.
    pub const INVALID_QUOTA: Self = Self(75);
    /// Not authenticated.
    pub const NOT_AUTHENTICATED: Self = Self(80);
    /// Role violation.
    pub const ROLE_VIOLATION: Self = Self(81);
    /// Address not allowed.
    pub const NOT_WHITELISTED: Self = Self(82);
    /// Quota exceeded.
    pub const QUOTA_EXCEEDED: Self = Self(83);
    /// UDF error.
    pub const UDF: Self = Self(100);
    /// Transaction blocked.
    pub const MRT_BLOCKED: Self = Self(120);
    /// Transaction version mismatch.
    pub const MRT_VERSION_MISMATCH: Self = Self(121);
    /// Transaction expired.
    pub const MRT_EXPIRED: Self = Self(122);
    /// Too many writes in the transaction.
    pub const MRT_TOO_MANY_WRITES: Self = Self(123);
    /// Transaction committed.
    pub const MRT_COMMITTED: Self = Self(124);
    /// Transaction aborted.
    pub const MRT_ABORTED: Self = Self(125);
    /// Record already locked by this transaction.
    pub const MRT_ALREADY_LOCKED: Self = Self(126);
    /// Transaction monitor exists.
    pub const MRT_MONITOR_EXISTS: Self = Self(127);
    /// Batch disabled.
    pub const BATCH_DISABLED: Self = Self(150);
    /// Too many rows in the batch.
    pub const BATCH_MAX_REQUESTS: Self = Self(151);
    /// Batch queues full.
    pub const BATCH_QUEUES_FULL: Self = Self(152);
    /// Invalid GeoJSON.
    pub const INVALID_GEOJSON: Self = Self(160);
    /// Index exists.
    pub const INDEX_FOUND: Self = Self(200);
    /// Index not found.
    pub const INDEX_NOT_FOUND: Self = Self(201);
    /// Index out of memory.
    pub const INDEX_OUT_OF_MEMORY: Self = Self(202);
    /// Index not readable.
    pub const INDEX_NOT_READABLE: Self = Self(203);
    /// Index error.
    pub const INDEX_GENERIC: Self = Self(204);
    /// Index name too long.
    pub const INDEX_NAME_TOO_LONG: Self = Self(205);
    /// Too many indexes.
    pub const INDEX_TOO_MANY: Self = Self(206);
    /// Query aborted.
    pub const QUERY_ABORTED: Self = Self(210);
    /// Query queue full.
    pub const QUERY_QUEUE_FULL: Self = Self(211);
    /// Query timeout.
    pub const QUERY_TIMEOUT: Self = Self(212);
    /// Query error.
    pub const QUERY_GENERIC: Self = Self(213);

    /// What the code means, in a few words; "unknown result code" for one without a name.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::OK => "ok",
            Self::SERVER_ERROR => "unknown server error",
            Self::RECORD_NOT_FOUND => "record not found",
            Self::GENERATION => "generation mismatch",
            Self::PARAMETER => "invalid request",
            Self::RECORD_EXISTS => "record exists",
            Self::BIN_EXISTS => "bin exists",
            Self::CLUSTER_KEY_MISMATCH => "cluster changed",
            Self::OUT_OF_SPACE => "server is out of space",
            Self::TIMEOUT => "server timeout",
            Self::ALWAYS_FORBIDDEN => "operation always forbidden",
            Self::PARTITION_UNAVAILABLE => "partition unavailable",
            Self::BIN_TYPE => "bin has an incompatible type",
            Self::RECORD_TOO_BIG => "record too big",
            Self::KEY_BUSY => "key busy",
            Self::QUERY_ABORTED_BY_USER => "scan or query aborted",
            Self::UNSUPPORTED_FEATURE => "unsupported by the server",
            Self::BIN_NOT_FOUND => "bin not found",
            Self::DEVICE_OVERLOAD => "device overload",
            Self::KEY_MISMATCH => "stored key differs",
            Self::INVALID_NAMESPACE => "unknown namespace",
            Self::BIN_NAME => "invalid bin name",
            Self::FORBIDDEN => "forbidden",
            Self::ELEMENT_NOT_FOUND => "element not found",
            Self::ELEMENT_EXISTS => "element exists",
            Self::ENTERPRISE_ONLY => "needs Enterprise Edition",
            Self::OP_NOT_APPLICABLE => "operation not applicable",
            Self::FILTERED_OUT => "filtered out",
            Self::LOST_CONFLICT => "lost conflict",
            Self::INVALID_ENCODING => "invalid encoding",
            Self::XDR_KEY_BUSY => "XDR key busy",
            Self::QUERY_END => "end of query",
            Self::SECURITY_NOT_SUPPORTED => "security not supported",
            Self::SECURITY_NOT_ENABLED => "security not enabled",
            Self::SECURITY_SCHEME => "security scheme not supported",
            Self::INVALID_COMMAND => "invalid admin command",
            Self::INVALID_FIELD => "invalid admin field",
            Self::ILLEGAL_STATE => "illegal state",
            Self::INVALID_USER => "invalid user",
            Self::USER_EXISTS => "user exists",
            Self::INVALID_PASSWORD => "invalid password",
            Self::EXPIRED_PASSWORD => "expired password",
            Self::FORBIDDEN_PASSWORD => "forbidden password",
            Self::INVALID_CREDENTIAL => "invalid credential",
            Self::EXPIRED_SESSION => "expired session",
            Self::INVALID_ROLE => "invalid role",
            Self::ROLE_EXISTS => "role exists",
            Self::INVALID_PRIVILEGE => "invalid privilege",
            Self::INVALID_WHITELIST => "invalid allow list",
            Self::QUOTAS_NOT_ENABLED => "quotas not enabled",
            Self::INVALID_QUOTA => "invalid quota",
            Self::NOT_AUTHENTICATED => "not authenticated",
            Self::ROLE_VIOLATION => "role violation",
            Self::NOT_WHITELISTED => "address not allowed",
            Self::QUOTA_EXCEEDED => "quota exceeded",
            Self::UDF => "UDF error",
            Self::MRT_BLOCKED => "transaction blocked",
            Self::MRT_VERSION_MISMATCH => "transaction version mismatch",
            Self::MRT_EXPIRED => "transaction expired",
            Self::MRT_TOO_MANY_WRITES => "too many writes in the transaction",
            Self::MRT_COMMITTED => "transaction committed",
            Self::MRT_ABORTED => "transaction aborted",
            Self::MRT_ALREADY_LOCKED => "record already locked by this transaction",
            Self::MRT_MONITOR_EXISTS => "transaction monitor exists",
            Self::BATCH_DISABLED => "batch disabled",
            Self::BATCH_MAX_REQUESTS => "too many rows in the batch",
            Self::BATCH_QUEUES_FULL => "batch queues full",
            Self::INVALID_GEOJSON => "invalid GeoJSON",
            Self::INDEX_FOUND => "index exists",
            Self::INDEX_NOT_FOUND => "index not found",
            Self::INDEX_OUT_OF_MEMORY => "index out of memory",
            Self::INDEX_NOT_READABLE => "index not readable",
            Self::INDEX_GENERIC => "index error",
            Self::INDEX_NAME_TOO_LONG => "index name too long",
            Self::INDEX_TOO_MANY => "too many indexes",
            Self::QUERY_ABORTED => "query aborted",
            Self::QUERY_QUEUE_FULL => "query queue full",
            Self::QUERY_TIMEOUT => "query timeout",
            Self::QUERY_GENERIC => "query error",
            _ => "unknown result code",
        }
    }

    /// Whether the command succeeded.
    #[must_use]
    pub fn is_ok(self) -> bool {
        self == Self::OK
    }
}

impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.description(), self.0)
    }
}
