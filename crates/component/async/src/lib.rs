//! The component `aerospike-async.wasm`: the interface `aerospike:client` 0.3 over WASI 0.3.
//!
//! Imports the shared conversion and the asynchronous driver. Calls in flight at the same time share one engine and its
//! connections. Invariant: no argument and no byte of a server traps.
#![no_std]
#![cfg_attr(not(target_family = "wasm"), allow(dead_code, reason = "nothing is exported elsewhere"))]

extern crate alloc;
// The allocator, and what becomes of a panic.
extern crate aerospike_component_runtime as _;

use alloc::string::String;
use alloc::vec::Vec;
use core::pin::Pin;
use core::task::{Context, Poll};

use aerospike_component::types::{
    AdminPolicy, BatchPolicy, BatchReadPolicy, BatchRecord, BatchRemoveRow, BatchWriteRow, Bin, Config,
    Error, InfoNodeResult, Key, Number, OperatePolicy, Operation, ReadPolicy, Record, RecordMeta, Statistics,
    TextOrBlob, Ttl, WriteMeta, WritePolicy,
};
use aerospike_component::{
    Answer, Asked, Calls, Pending, Policies, Submitted, connect_failed, core_config, nodes, statistics,
};
use aerospike_wasi::Failed;
use aerospike_wasi::p3::{Driver, Listen, Running, unix_seconds};
use aerospike_wasm::Reply;

mod bindings {
    #![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]
    wit_bindgen::generate!({
        path: "../../../wit/0.3",
        world: "provider",
        runtime_path: "crate::task::runtime",
        with: { "aerospike:client/types@0.3.0": aerospike_component::types },
    });
}

mod parameters;
mod task;

use bindings::exports::aerospike::client::client::{Client, Guest, GuestClient};

struct Component;

/// The resource `client`.
struct Connection {
    policies: Policies,
    driver: Driver<Listener>,
}

impl Guest for Component {
    type Client = Connection;
}

/// Makes the answer of a command the result of a call.
struct Listener(Pending);

impl Listen for Listener {
    type Output = Result<Answer, Error>;

    fn row(&mut self, index: u32, result: &Result<Reply<'_>, Failed<'_>>) {
        self.0.row(unix_seconds, index, result);
    }

    fn finish(self, result: &Result<Reply<'_>, Failed<'_>>) -> Self::Output {
        self.0.finish(unix_seconds, result)
    }
}

impl Connection {
    /// Makes a call and waits until it is done. Dropping the future cancels the command.
    fn call(&self, make: impl FnOnce(&mut Calls<'_>) -> Result<Submitted, Error>) -> Calling<'_> {
        match make(&mut Calls::new(&self.policies, &mut |command| self.driver.submit(command))) {
            Ok(Submitted::Command(id, pending)) => Calling::Running(self.driver.run(id, Listener(pending))),
            Ok(Submitted::Done(answer)) => Calling::Ended(Some(Ok(answer))),
            Err(error) => Calling::Ended(Some(Err(error))),
        }
    }
}

/// A call under way. One function polls all of them, which are not to have it inlined each.
enum Calling<'a> {
    Running(Running<'a, Listener>),
    /// Ended before anything was sent.
    Ended(Option<Result<Answer, Error>>),
}

impl Future for Calling<'_> {
    type Output = Result<Answer, Error>;

    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Running(running) => Pin::new(running).poll(context),
            // A future that has given its output is not polled again.
            Self::Ended(ended) => ended.take().map_or(Poll::Pending, Poll::Ready),
        }
    }
}

impl GuestClient for Connection {
    async fn connect(config: Config) -> Result<Client, Error> {
        let (config, policies) = core_config(config)?;
        let driver = Driver::connect(config).await.map_err(|failure| connect_failed(&failure))?;
        Ok(Client::new(Self { policies, driver }))
    }

    fn close(&self) {
        self.driver.close();
    }

    fn is_connected(&self) -> bool {
        self.driver.look(aerospike_wasm::Client::is_connected)
    }

    fn node_names(&self) -> Vec<String> {
        self.driver.look(|client| client.node_names().map(String::from).collect())
    }

    fn statistics(&self) -> Statistics {
        statistics(self.driver.look(aerospike_wasm::Client::statistics))
    }

    async fn put(
        &self,
        key: Key,
        bins: Vec<Bin>,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Result<(), Error> {
        self.call(|calls| calls.put(key, bins, meta, policy)).await.map(Answer::nothing)
    }

    async fn get(&self, key: Key, policy: Option<ReadPolicy>) -> Result<Record, Error> {
        self.call(|calls| calls.get(key, policy)).await.map(Answer::record)
    }

    async fn select(&self, key: Key, bins: Vec<String>, policy: Option<ReadPolicy>) -> Result<Record, Error> {
        self.call(|calls| calls.select(key, bins, policy)).await.map(Answer::record)
    }

    async fn exists(&self, key: Key, policy: Option<ReadPolicy>) -> Result<Option<RecordMeta>, Error> {
        self.call(|calls| calls.exists(key, policy)).await.map(Answer::meta)
    }

    async fn touch(
        &self,
        key: Key,
        ttl: Option<Ttl>,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Result<(), Error> {
        self.call(|calls| calls.touch(key, ttl, meta, policy)).await.map(Answer::nothing)
    }

    async fn increment(
        &self,
        key: Key,
        bin: String,
        offset: Number,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Result<(), Error> {
        self.call(|calls| calls.increment(key, bin, offset, meta, policy)).await.map(Answer::nothing)
    }

    async fn append(
        &self,
        key: Key,
        bin: String,
        val: TextOrBlob,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Result<(), Error> {
        self.call(|calls| calls.append(key, bin, val, meta, policy)).await.map(Answer::nothing)
    }

    async fn prepend(
        &self,
        key: Key,
        bin: String,
        val: TextOrBlob,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Result<(), Error> {
        self.call(|calls| calls.prepend(key, bin, val, meta, policy)).await.map(Answer::nothing)
    }

    async fn remove(
        &self,
        key: Key,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Result<(), Error> {
        self.call(|calls| calls.remove(key, meta, policy)).await.map(Answer::nothing)
    }

    async fn remove_bin(
        &self,
        key: Key,
        bins: Vec<String>,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Result<(), Error> {
        self.call(|calls| calls.remove_bin(key, bins, meta, policy)).await.map(Answer::nothing)
    }

    async fn operate(
        &self,
        key: Key,
        ops: Vec<Operation>,
        meta: Option<WriteMeta>,
        policy: Option<OperatePolicy>,
    ) -> Result<Record, Error> {
        self.call(|calls| calls.operate(key, ops, meta, policy)).await.map(Answer::record)
    }

    async fn operate_ordered(
        &self,
        key: Key,
        ops: Vec<Operation>,
        meta: Option<WriteMeta>,
        policy: Option<OperatePolicy>,
    ) -> Result<Record, Error> {
        self.call(|calls| calls.operate_ordered(key, ops, meta, policy)).await.map(Answer::record)
    }

    async fn batch_read(
        &self,
        keys: Vec<Key>,
        bins: Option<Vec<String>>,
        policy: Option<BatchReadPolicy>,
    ) -> Result<Vec<BatchRecord>, Error> {
        self.call(|calls| calls.batch_read(keys, bins, policy)).await.map(Answer::rows)
    }

    async fn batch_write(
        &self,
        rows: Vec<BatchWriteRow>,
        meta: Option<WriteMeta>,
        policy: Option<BatchPolicy>,
    ) -> Result<Vec<BatchRecord>, Error> {
        self.call(|calls| calls.batch_write(rows, meta, policy)).await.map(Answer::rows)
    }

    async fn batch_operate(
        &self,
        keys: Vec<Key>,
        ops: Vec<Operation>,
        meta: Option<WriteMeta>,
        policy: Option<BatchPolicy>,
    ) -> Result<Vec<BatchRecord>, Error> {
        self.call(|calls| calls.batch_operate(keys, ops, meta, policy)).await.map(Answer::rows)
    }

    async fn batch_remove(
        &self,
        rows: Vec<BatchRemoveRow>,
        meta: Option<WriteMeta>,
        policy: Option<BatchPolicy>,
    ) -> Result<Vec<BatchRecord>, Error> {
        self.call(|calls| calls.batch_remove(rows, meta, policy)).await.map(Answer::rows)
    }

    async fn info_all(
        &self,
        command: String,
        policy: Option<AdminPolicy>,
    ) -> Result<Vec<InfoNodeResult>, Error> {
        let nodes = self.driver.look(nodes);
        let all = Calls::new(&self.policies, &mut |asked| self.driver.submit(asked))
            .info_all(nodes, &command, policy)?;
        // All are listened to before the first is waited for.
        let running: Vec<_> = all
            .into_iter()
            .map(|Asked { name, submitted }| {
                (name, submitted.map(|(id, pending)| self.driver.run(id, Listener(pending))))
            })
            .collect();
        let mut results = Vec::with_capacity(running.len());
        for (node_name, running) in running {
            let response = match running {
                Ok(running) => running.await.and_then(|answer| answer.info(|_| node_name.clone())),
                Err(error) => Err(error),
            };
            results.push(InfoNodeResult { node_name, response });
        }
        Ok(results)
    }

    async fn info_random_node(&self, command: String, policy: Option<AdminPolicy>) -> Result<String, Error> {
        let answer = self.call(|calls| calls.info_random_node(&command, policy)).await?;
        answer.info(|node| self.driver.look(|client| client.node_name(node).into()))
    }
}

#[cfg(target_family = "wasm")]
bindings::export!(Component with_types_in parameters);
