//! The calls of the interface: each checks its arguments, submits one command, and gives what to wait for.
//!
//! Imports the core's public API and the interface's types.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use aerospike_wasm::data::KeyRef;
use aerospike_wasm::wire::message::OpCode;
use aerospike_wasm::{Action, ArgError, Bins, Command, CommandId};

use crate::answer::{Answer, Expect, Pending, Subject};
use crate::fault::{Checked, refused};
use crate::key::key_ref;
use crate::operations::{self, Order, Plan, Step};
use crate::policy::{Policies, Settings};
use crate::types::{
    Bin, Error, Key, Number, OperatePolicy, Operation, ReadPolicy, TextOrBlob, Ttl, WriteMeta, WritePolicy,
};

/// How a command gets into the core: its `submit` with the time now.
pub type Submit<'a> = dyn FnMut(&Command<'_>) -> Result<CommandId, ArgError> + 'a;

/// What came of a call that was not refused.
#[derive(Debug)]
pub enum Submitted {
    /// A command was submitted, and this waits for its answer.
    Command(CommandId, Pending),
    /// There is nothing to ask a server.
    Done(Answer),
}

/// The calls of one client.
#[expect(missing_debug_implementations, reason = "holds a closure, for the time of one call")]
pub struct Calls<'a> {
    pub(crate) policies: &'a Policies,
    pub(crate) submit: &'a mut Submit<'a>,
}

type Call = Result<Submitted, Error>;

#[expect(missing_docs, clippy::missing_errors_doc, reason = "documented in wit/0.2/client.wit")]
impl<'a> Calls<'a> {
    /// The calls of a client with these policies, submitted through `submit`.
    pub fn new(policies: &'a Policies, submit: &'a mut Submit<'a>) -> Self {
        Self { policies, submit }
    }

    pub fn put(
        &mut self,
        key: Key,
        bins: Vec<Bin>,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Call {
        self.write("put", key, meta, policy, |_| operations::writes(&bins))
    }

    pub fn get(&mut self, key: Key, policy: Option<ReadPolicy>) -> Call {
        self.read("get", key, Bins::All, policy, Expect::Record)
    }

    pub fn select(&mut self, key: Key, bins: Vec<String>, policy: Option<ReadPolicy>) -> Call {
        operations::check_names(&bins).map_err(|fault| fault.into_error("select"))?;
        let names: Vec<&str> = bins.iter().map(String::as_str).collect();
        self.read("select", key, Bins::Named(&names), policy, Expect::Record)
    }

    pub fn exists(&mut self, key: Key, policy: Option<ReadPolicy>) -> Call {
        self.read("exists", key, Bins::None, policy, Expect::Exists)
    }

    pub fn touch(
        &mut self,
        key: Key,
        ttl: Option<Ttl>,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Call {
        self.write("touch", key, meta, policy, |settings| {
            if let Some(ttl) = ttl {
                settings.touch(ttl, "ttl")?;
            }
            Ok(vec![operations::touch()])
        })
    }

    pub fn increment(
        &mut self,
        key: Key,
        bin: String,
        offset: Number,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Call {
        self.write("increment", key, meta, policy, |_| Ok(vec![operations::increment(&bin, &offset)?]))
    }

    pub fn append(
        &mut self,
        key: Key,
        bin: String,
        val: TextOrBlob,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Call {
        let step = |_: &mut Settings| Ok(vec![operations::attach(OpCode::APPEND, &bin, &val)?]);
        self.write("append", key, meta, policy, step)
    }

    pub fn prepend(
        &mut self,
        key: Key,
        bin: String,
        val: TextOrBlob,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Call {
        let step = |_: &mut Settings| Ok(vec![operations::attach(OpCode::PREPEND, &bin, &val)?]);
        self.write("prepend", key, meta, policy, step)
    }

    pub fn remove(&mut self, key: Key, meta: Option<WriteMeta>, policy: Option<WritePolicy>) -> Call {
        const NAME: &str = "remove";
        let settings =
            self.policies.remove.with(meta.as_ref(), policy).map_err(|fault| fault.into_error(NAME))?;
        let action = Action::Remove { key: checked_key(NAME, &key)? };
        let id = self.send(NAME, &settings, action)?;
        Ok(pending(NAME, key, Expect::Nothing, id))
    }

    pub fn remove_bin(
        &mut self,
        key: Key,
        bins: Vec<String>,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Call {
        self.write("remove-bin", key, meta, policy, |_| operations::removals(&bins))
    }

    pub fn operate(
        &mut self,
        key: Key,
        ops: Vec<Operation>,
        meta: Option<WriteMeta>,
        policy: Option<OperatePolicy>,
    ) -> Call {
        const NAME: &str = "operate";
        let prepare = || -> Checked<(Plan<'_>, Settings)> {
            let plan = Plan::new(&ops)?;
            let mut settings = self.policies.operate.with(meta.as_ref(), policy)?;
            plan.apply_touch(&mut settings)?;
            Ok((plan, settings))
        };
        let (plan, settings) = prepare().map_err(|fault| fault.into_error(NAME))?;
        let ops = operations::operations(&plan.steps);
        let action = Action::Operate { key: checked_key(NAME, &key)?, ops: &ops };
        let id = self.send(NAME, &settings, action)?;
        Ok(pending(NAME, key, Expect::Operated, id))
    }

    pub fn operate_ordered(
        &mut self,
        key: Key,
        ops: Vec<Operation>,
        meta: Option<WriteMeta>,
        policy: Option<OperatePolicy>,
    ) -> Call {
        const NAME: &str = "operate-ordered";
        let prepare = || -> Checked<(Plan<'_>, Settings)> {
            let plan = Plan::new(&ops)?;
            let mut settings = self.policies.operate.with(meta.as_ref(), policy)?;
            plan.apply_touch(&mut settings)?;
            plan.respond_all(&mut settings);
            Ok((plan, settings))
        };
        let (plan, settings) = prepare().map_err(|fault| fault.into_error(NAME))?;
        let wire = operations::operations(&plan.steps);
        let action = Action::Operate { key: checked_key(NAME, &key)?, ops: &wire };
        let id = self.send(NAME, &settings, action)?;
        Ok(pending(NAME, key, Expect::Ordered(Order::new(ops)), id))
    }

    fn read(
        &mut self,
        name: &'static str,
        key: Key,
        bins: Bins<'_>,
        policy: Option<ReadPolicy>,
        expect: Expect,
    ) -> Call {
        let read = &self.policies.read;
        let given;
        let settings = match policy {
            None => read,
            some => {
                given = read.with(None, some).map_err(|fault| fault.into_error(name))?;
                &given
            }
        };
        let id = self.send(name, settings, Action::Read { key: checked_key(name, &key)?, bins })?;
        Ok(pending(name, key, expect, id))
    }

    fn write<'b>(
        &mut self,
        name: &'static str,
        key: Key,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
        steps: impl FnOnce(&mut Settings) -> Checked<Vec<Step<'b>>>,
    ) -> Call {
        let prepare = || -> Checked<(Vec<Step<'b>>, Settings)> {
            let mut settings = self.policies.write.with(meta.as_ref(), policy)?;
            Ok((steps(&mut settings)?, settings))
        };
        let (steps, settings) = prepare().map_err(|fault| fault.into_error(name))?;
        let ops = operations::operations(&steps);
        let action = Action::Operate { key: checked_key(name, &key)?, ops: &ops };
        let id = self.send(name, &settings, action)?;
        Ok(pending(name, key, Expect::Nothing, id))
    }

    /// Submits a command.
    pub(crate) fn send(
        &mut self,
        name: &'static str,
        settings: &Settings,
        action: Action<'_>,
    ) -> Result<CommandId, Error> {
        let command = Command { action, policy: &settings.policy, filter: settings.filter.as_deref() };
        (self.submit)(&command).map_err(|error| refused(name, &error))
    }
}

fn checked_key<'k>(name: &str, key: &'k Key) -> Result<KeyRef<'k>, Error> {
    key_ref(key).map_err(|fault| fault.within("key").into_error(name))
}

const fn pending(name: &'static str, key: Key, expect: Expect, id: CommandId) -> Submitted {
    Submitted::Command(id, Pending::new(name, Subject::Key(key), expect))
}
