//! The flag bits of a message header and of a batch row.
//!
//! Imports nothing. Source: server `proto.h`.

/// `info1`: read flags.
pub mod info1 {
    /// The message contains a read.
    pub const READ: u8 = 0x01;
    /// Read every bin.
    pub const GET_ALL: u8 = 0x02;
    /// A query expected to be quick.
    pub const SHORT_QUERY: u8 = 0x04;
    /// Batch protocol.
    pub const BATCH: u8 = 0x08;
    /// Metadata only.
    pub const GET_NO_BINS: u8 = 0x20;
    /// AP read mode "all": resolve duplicates before answering.
    pub const READ_MODE_AP_ALL: u8 = 0x40;
    /// The reply may be compressed.
    pub const COMPRESS_RESPONSE: u8 = 0x80;
}

/// `info2`: write flags.
pub mod info2 {
    /// A write, delete, touch or UDF.
    pub const WRITE: u8 = 0x01;
    /// A delete (with [`WRITE`]).
    pub const DELETE: u8 = 0x02;
    /// Fail unless the record's generation equals the header's.
    pub const GENERATION: u8 = 0x04;
    /// Fail unless the header's generation is greater than the record's.
    pub const GENERATION_GT: u8 = 0x08;
    /// A resulting delete leaves a tombstone (Enterprise Edition).
    pub const DURABLE_DELETE: u8 = 0x10;
    /// Fail if the record exists.
    pub const CREATE_ONLY: u8 = 0x20;
    /// One response operation per request operation, in request order.
    pub const RESPOND_ALL_OPS: u8 = 0x80;
}

/// `info3`: further flags.
pub mod info3 {
    /// Response: end of a multi-part reply.
    pub const LAST: u8 = 0x01;
    /// Do not wait for replicas to acknowledge.
    pub const COMMIT_LEVEL_MASTER: u8 = 0x02;
    /// Response: status of one partition of a query.
    pub const PARTITION_DONE: u8 = 0x04;
    /// Fail if the record is absent.
    pub const UPDATE_ONLY: u8 = 0x08;
    /// Create or replace: old bins are dropped.
    pub const CREATE_OR_REPLACE: u8 = 0x10;
    /// Replace; fail if absent.
    pub const REPLACE_ONLY: u8 = 0x20;
    /// Strong-consistency read mode, low bit.
    pub const SC_READ_TYPE: u8 = 0x40;
    /// Strong-consistency read mode, high bit.
    pub const SC_READ_RELAX: u8 = 0x80;
}

/// `info4`: transaction flags.
pub mod info4 {
    /// Verify a version read earlier in the transaction.
    pub const MRT_VERIFY_READ: u8 = 0x01;
    /// Roll the transaction forward.
    pub const MRT_ROLL_FORWARD: u8 = 0x02;
    /// Roll the transaction back.
    pub const MRT_ROLL_BACK: u8 = 0x04;
    /// Write only if this write locks the record.
    pub const MRT_ON_LOCKING_ONLY: u8 = 0x10;
}

/// Flags of a whole batch request (field 41).
pub mod batch_flags {
    /// Run rows of in-memory namespaces in the service thread.
    pub const ALLOW_INLINE: u8 = 0x01;
    /// The same for namespaces on devices.
    pub const ALLOW_INLINE_SSD: u8 = 0x02;
    /// An error in one row does not end the reply.
    pub const RESPOND_ALL_KEYS: u8 = 0x04;
    /// Deliver the record that caused the stopping error.
    pub const RETURN_STOPPING_ERROR: u8 = 0x08;
}

/// Flags of one row of a batch request.
pub mod row_flags {
    /// Same message as the previous full row; only index and digest differ.
    pub const REPEAT: u8 = 0x01;
    /// `info2` and `info3` are present.
    pub const INFO: u8 = 0x02;
    /// A 16-bit generation is present.
    pub const GENERATION: u8 = 0x04;
    /// A 32-bit TTL is present.
    pub const TTL: u8 = 0x08;
    /// `info4` is present, right after `info3`.
    pub const INFO4: u8 = 0x10;
}
