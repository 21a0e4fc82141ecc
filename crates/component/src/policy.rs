//! Policies: from the records of the interface to the core's settings.
//!
//! Imports the core's public API and the interface's types. Order of precedence: the call's meta, the call's policy,
//! the client's default policies, the defaults of the core.

use alloc::format;
use alloc::vec::Vec;

use aerospike_wasm::data::Ttl as CoreTtl;
use aerospike_wasm::{
    CommitLevel, Exists, GenerationPolicy, Policy, ReadModeAp, ReadModeSc, Replica, RowPolicy,
};

use crate::fault::{Checked, Fault};
use crate::types::{
    AdminPolicy, BatchConcurrency, BatchPolicy, BatchReadPolicy, DefaultPolicies, OperatePolicy,
    PolicyCommitLevel, PolicyExists, PolicyGen, PolicyKey, PolicyReadModeAp, PolicyReadModeSc, PolicyReplica,
    ReadPolicy, ReadTouch, Ttl, WriteMeta, WritePolicy,
};

/// The settings of one command.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) policy: Policy,
    /// A packed filter expression.
    pub(crate) filter: Option<Vec<u8>>,
    /// What `client-default` stands for, as on the wire.
    client_ttl: u32,
    /// Whether the retries were asked for, rather than the core's default.
    retries_given: bool,
    /// Whether a TTL was given by the call itself.
    ttl_given: bool,
}

/// The default policies of a client.
#[derive(Debug)]
pub struct Policies {
    pub(crate) read: Settings,
    pub(crate) write: Settings,
    pub(crate) operate: Settings,
    pub(crate) remove: Settings,
    pub(crate) batch_read: Settings,
    pub(crate) batch_write: Settings,
}

impl Policies {
    pub(crate) fn new(given: Option<DefaultPolicies>) -> Checked<Self> {
        let mut all = Self {
            read: Settings::new(Policy::read()),
            write: Settings::new(Policy::write()),
            operate: Settings::new(Policy::write()),
            remove: Settings::new(Policy::write()),
            batch_read: Settings::new(Policy::read()),
            batch_write: Settings::new(Policy::write()),
        };
        let Some(given) = given else { return Ok(all) };
        let within = |group: &'static str| move |fault: Fault| fault.within(group);
        if let Some(policy) = given.read {
            policy.apply(&mut all.read).map_err(within("read"))?;
        }
        if let Some(policy) = given.write {
            policy.apply(&mut all.write).map_err(within("write"))?;
        }
        if let Some(policy) = given.operate {
            policy.apply(&mut all.operate).map_err(within("operate"))?;
        }
        if let Some(policy) = given.remove {
            policy.apply(&mut all.remove).map_err(within("remove"))?;
        }
        if let Some(policy) = given.batch {
            policy.clone().apply(&mut all.batch_read).map_err(within("batch"))?;
            policy.apply(&mut all.batch_write).map_err(within("batch"))?;
        }
        for settings in [&mut all.write, &mut all.operate, &mut all.remove, &mut all.batch_write] {
            settings.client_ttl = settings.policy.row.ttl;
            settings.ttl_given = false;
        }
        Ok(all)
    }
}

impl Settings {
    /// Those of an info command, which is not sent again: it may change the server's state.
    pub(crate) fn info(policy: Option<AdminPolicy>) -> Self {
        let timeout = policy.and_then(|policy| policy.timeout);
        let mut settings = Self::new(Policy { max_retries: 0, socket_timeout_ms: 0, ..Policy::read() });
        if let Some(milliseconds) = timeout {
            settings.policy.total_timeout_ms = milliseconds;
        }
        settings
    }

    const fn new(policy: Policy) -> Self {
        // The interface promises that a connection is given up with the first command that times out on it.
        let policy = Policy { timeout_delay_ms: 0, ..policy };
        Self { policy, filter: None, client_ttl: 0, retries_given: false, ttl_given: false }
    }

    /// These settings with those of one call over them.
    pub(crate) fn with<P: Apply>(&self, meta: Option<&WriteMeta>, policy: Option<P>) -> Checked<Self> {
        let mut settings = self.clone();
        if let Some(generation) = meta.and_then(|meta| meta.generation) {
            settings.policy.row.generation = generation;
            settings.policy.row.generation_policy = GenerationPolicy::Equal;
        }
        if let Some(policy) = policy {
            policy.apply(&mut settings).map_err(|fault| fault.within("policy"))?;
        }
        if let Some(meta) = meta {
            settings.ttl_given |= meta.ttl.is_some();
            apply_meta(&mut settings.policy.row, meta, settings.client_ttl)
                .map_err(|fault| fault.within("meta"))?;
        }
        Ok(settings)
    }

    /// The row policy of a batch row with a meta of its own.
    pub(crate) fn row(&self, meta: Option<&WriteMeta>) -> Checked<RowPolicy> {
        let mut row = self.policy.row;
        let Some(meta) = meta else { return Ok(row) };
        if let Some(generation) = meta.generation {
            row.generation = generation;
            if row.generation_policy == GenerationPolicy::Ignore {
                row.generation_policy = GenerationPolicy::Equal;
            }
        }
        apply_meta(&mut row, meta, self.client_ttl).map_err(|fault| fault.within("meta"))?;
        Ok(row)
    }

    /// Sets the TTL that a touch brings.
    pub(crate) fn touch(&mut self, ttl: Ttl, field: &str) -> Checked<()> {
        let ttl = wire_ttl(ttl, field, self.client_ttl)?;
        if self.ttl_given && self.policy.row.ttl != ttl {
            return Err(Fault::new(
                field,
                "a touch has another ttl than meta or policy; a command has one ttl",
            ));
        }
        self.policy.row.ttl = ttl;
        self.ttl_given = true;
        Ok(())
    }

    /// Takes the retries of reads, unless others were asked for.
    pub(crate) const fn use_read_retries(&mut self, read: &Self) {
        if !self.retries_given {
            self.policy.max_retries = read.policy.max_retries;
        }
    }
}

/// A record of the interface that changes settings.
pub(crate) trait Apply {
    fn apply(self, settings: &mut Settings) -> Checked<()>;
}

macro_rules! apply {
    ($record:ty: $($part:ident),*) => {
        impl Apply for $record {
            fn apply(self, settings: &mut Settings) -> Checked<()> {
                $($part!(self, settings);)*
                Ok(())
            }
        }
    };
}

macro_rules! set {
    ($from:expr => $to:expr) => {
        if let Some(value) = $from {
            $to = value.into();
        }
    };
}

macro_rules! common {
    ($given:ident, $settings:ident) => {
        let policy = &mut $settings.policy;
        set!($given.total_timeout => policy.total_timeout_ms);
        set!($given.socket_timeout => policy.socket_timeout_ms);
        set!($given.timeout_delay => policy.timeout_delay_ms);
        set!($given.sleep_between_retries => policy.sleep_between_retries_ms);
        set!($given.max_retries => policy.max_retries);
        $settings.retries_given |= $given.max_retries.is_some();
        if let Some(filter) = $given.filter_expression {
            if filter.is_empty() {
                return Err(Fault::new("filter-expression", "the expression is empty"));
            }
            $settings.filter = Some(filter);
        }
    };
}

macro_rules! reads {
    ($given:ident, $settings:ident) => {
        let policy = &mut $settings.policy;
        set!($given.replica => policy.replica);
        set!($given.read_mode_ap => policy.read_mode_ap);
        set!($given.read_mode_sc => policy.read_mode_sc);
        if let Some(touch) = $given.read_touch_ttl_percent {
            policy.read_touch_ttl_percent = read_touch(touch)?;
        }
    };
}

macro_rules! writes {
    ($given:ident, $settings:ident) => {
        let row = &mut $settings.policy.row;
        set!($given.exists => row.exists);
        set!($given.generation => row.generation_policy);
        set!($given.commit_level => row.commit_level);
        set!($given.durable_delete => row.durable_delete);
        if let Some(key) = $given.key {
            row.send_key = key == PolicyKey::Send;
        }
        if let Some(ttl) = $given.ttl {
            row.ttl = wire_ttl(ttl, "ttl", $settings.client_ttl)?;
            $settings.ttl_given = true;
        }
    };
}

macro_rules! batches {
    ($given:ident, $settings:ident) => {
        let policy = &mut $settings.policy;
        set!($given.allow_inline => policy.allow_inline);
        set!($given.allow_inline_ssd => policy.allow_inline_ssd);
        set!($given.respond_all_keys => policy.respond_all_keys);
        if let Some(concurrency) = $given.concurrency {
            policy.sequential = concurrency == BatchConcurrency::Sequential;
        }
    };
}

apply!(ReadPolicy: common, reads);
apply!(WritePolicy: common, writes);
apply!(OperatePolicy: common, reads, writes);
apply!(BatchReadPolicy: common, reads, batches);
apply!(BatchPolicy: common, reads, writes, batches);

fn apply_meta(row: &mut RowPolicy, meta: &WriteMeta, client_ttl: u32) -> Checked<()> {
    set!(meta.exists => row.exists);
    set!(meta.commit_level => row.commit_level);
    set!(meta.durable_delete => row.durable_delete);
    if let Some(key) = meta.key {
        row.send_key = key == PolicyKey::Send;
    }
    if let Some(ttl) = meta.ttl {
        row.ttl = wire_ttl(ttl, "ttl", client_ttl)?;
    }
    Ok(())
}

fn wire_ttl(ttl: Ttl, field: &str, client_ttl: u32) -> Checked<u32> {
    match ttl {
        Ttl::NamespaceDefault => Ok(CoreTtl::NAMESPACE_DEFAULT.0),
        Ttl::NeverExpire => Ok(CoreTtl::NEVER_EXPIRE.0),
        Ttl::DontUpdate => Ok(CoreTtl::DONT_UPDATE.0),
        Ttl::ClientDefault => Ok(client_ttl),
        Ttl::Seconds(seconds @ 1..=CoreTtl::MAX_SECONDS) => Ok(seconds),
        Ttl::Seconds(seconds) => {
            let most = CoreTtl::MAX_SECONDS;
            Err(Fault::new(field, format!("{seconds} seconds, 1 to {most} (ten years) are allowed")))
        }
    }
}

fn read_touch(touch: ReadTouch) -> Checked<u32> {
    match touch {
        ReadTouch::ServerDefault => Ok(0),
        ReadTouch::DontReset => Ok(u32::MAX),
        ReadTouch::Percent(percent @ 1..=100) => Ok(u32::from(percent)),
        ReadTouch::Percent(percent) => {
            Err(Fault::new("read-touch-ttl-percent", format!("{percent} per cent, 1 to 100 are allowed")))
        }
    }
}

macro_rules! same {
    ($from:ident => $to:ident: $($case:ident => $other:ident),*) => {
        impl From<$from> for $to {
            fn from(value: $from) -> Self {
                match value {
                    $($from::$case => Self::$other,)*
                }
            }
        }
    };
}

same!(PolicyExists => Exists: Ignore => Ignore, UpdateOnly => UpdateOnly, Replace => Replace,
    ReplaceOnly => ReplaceOnly, CreateOnly => CreateOnly);
same!(PolicyGen => GenerationPolicy: Ignore => Ignore, Eq => Equal, Gt => Greater);
same!(PolicyReplica => Replica: Master => Master, Sequence => Sequence, PreferRack => PreferRack);
same!(PolicyCommitLevel => CommitLevel: All => All, Master => Master);
same!(PolicyReadModeAp => ReadModeAp: One => One, All => All);
same!(PolicyReadModeSc => ReadModeSc: Session => Session, Linearize => Linearize,
    AllowReplica => AllowReplica, AllowUnavailable => AllowUnavailable);
