//! Per-command settings. Imports nothing.
//!
//! Field names and defaults follow the C client 7.5 where it differs from aerospike-py (`timeout_delay`).

/// Which replica of a partition a read goes to. Writes always go to the master first.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Replica {
    /// The master only.
    Master,
    /// The master first, then the next replica after each failed attempt.
    #[default]
    Sequence,
    /// A node of the client's racks first ([`crate::Config::rack_ids`]), on a retry another one there, then any. Without
    /// racks the same as `Sequence`.
    PreferRack,
    /// Each read begins with the next replica, which spreads reads over all of them.
    Any,
}

/// How many replicas an availability-mode (AP) read asks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ReadModeAp {
    /// One.
    #[default]
    One,
    /// All, when the record has duplicates during a migration.
    All,
}

/// Consistency of a read in a strong-consistency (SC) namespace.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ReadModeSc {
    /// Never goes back in time within this client.
    #[default]
    Session,
    /// Never goes back in time for anybody.
    Linearize,
    /// A replica may answer.
    AllowReplica,
    /// A partition that is unavailable may answer.
    AllowUnavailable,
}

/// What a write does depending on whether the record exists.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Exists {
    /// Create it, or merge the bins into it.
    #[default]
    Ignore,
    /// Merge the bins into it; fail (2) if it is absent.
    UpdateOnly,
    /// Create it, or replace all its bins.
    Replace,
    /// Replace all its bins; fail (2) if it is absent.
    ReplaceOnly,
    /// Create it; fail (5) if it exists.
    CreateOnly,
}

/// What a write does with the generation it carries.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum GenerationPolicy {
    /// Nothing.
    #[default]
    Ignore,
    /// Fail (3) unless the record's generation equals it.
    Equal,
    /// Fail (3) unless it is greater than the record's generation.
    Greater,
}

/// Whose acknowledgement a write waits for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum CommitLevel {
    /// The master's and its replicas'.
    #[default]
    All,
    /// The master's.
    Master,
}

/// How a write treats the record; in a batch every row may have its own.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct RowPolicy {
    /// What to do depending on whether the record exists.
    pub exists: Exists,
    /// What to do with `generation`.
    pub generation_policy: GenerationPolicy,
    /// The generation to compare with.
    pub generation: u32,
    /// TTL to set, in its wire form ([`crate::data::Ttl`]).
    pub ttl: u32,
    /// Whose acknowledgement to wait for.
    pub commit_level: CommitLevel,
    /// Send the user key: a write stores it with the record, a read compares it with the stored one.
    pub send_key: bool,
    /// A delete leaves a tombstone (Enterprise Edition).
    pub durable_delete: bool,
}

/// All settings of one command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Policy {
    /// Longest wait for one attempt, ms; 0 for none. Never longer than what is left of the total timeout.
    pub socket_timeout_ms: u32,
    /// Longest time for the command with all its attempts, ms; 0 for none. Also the server's deadline.
    pub total_timeout_ms: u32,
    /// How long a connection may stay silent after a command on it timed out, before it is closed, ms; 0: it is closed when
    /// the others on it have ended.
    pub timeout_delay_ms: u32,
    /// Pause before an attempt that follows a failed one, ms.
    pub sleep_between_retries_ms: u32,
    /// How many attempts may follow the first.
    pub max_retries: u16,
    /// Which replica a read goes to.
    pub replica: Replica,
    /// How many replicas an AP read asks.
    pub read_mode_ap: ReadModeAp,
    /// Consistency of an SC read.
    pub read_mode_sc: ReadModeSc,
    /// A read renews the TTL when less than this percentage of it is left; 0 server default, `u32::MAX` never.
    pub read_touch_ttl_percent: u32,
    /// Every operation of an operate gets an answer, a null where it has nothing to say.
    pub respond_all_ops: bool,
    /// Batch: rows of in-memory namespaces run in the server's service thread.
    pub allow_inline: bool,
    /// Batch: the same for namespaces on devices.
    pub allow_inline_ssd: bool,
    /// Batch: a failed row does not end the reply.
    pub respond_all_keys: bool,
    /// Batch: ask one node after another instead of all at once.
    pub sequential: bool,
    /// How a write treats the record.
    pub row: RowPolicy,
}

impl Policy {
    /// Defaults of a read: two retries.
    #[must_use]
    pub const fn read() -> Self {
        Self {
            socket_timeout_ms: 30_000,
            total_timeout_ms: 1_000,
            timeout_delay_ms: 3_000,
            sleep_between_retries_ms: 0,
            max_retries: 2,
            replica: Replica::Sequence,
            read_mode_ap: ReadModeAp::One,
            read_mode_sc: ReadModeSc::Session,
            read_touch_ttl_percent: 0,
            respond_all_ops: false,
            allow_inline: true,
            allow_inline_ssd: false,
            respond_all_keys: true,
            sequential: false,
            row: RowPolicy {
                exists: Exists::Ignore,
                generation_policy: GenerationPolicy::Ignore,
                generation: 0,
                ttl: 0,
                commit_level: CommitLevel::All,
                send_key: false,
                durable_delete: false,
            },
        }
    }

    /// Defaults of a write, or of a batch with a write: no retry, because an attempt without an answer may have
    /// happened.
    #[must_use]
    pub const fn write() -> Self {
        Self { max_retries: 0, ..Self::read() }
    }

    /// The server's deadline: the smaller of the two timeouts that are set.
    #[must_use]
    pub const fn server_timeout_ms(&self) -> u32 {
        match (self.socket_timeout_ms, self.total_timeout_ms) {
            (0, timeout) | (timeout, 0) => timeout,
            (socket, total) if socket < total => socket,
            (_, total) => total,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::read()
    }
}
