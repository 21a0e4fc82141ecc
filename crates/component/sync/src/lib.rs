//! The component `aerospike.wasm`: the interface `aerospike:client` 0.2 over WASI 0.2.
//!
//! Imports the shared conversion and the blocking driver. A call works until its command has ended; a batch works on
//! all its nodes at once. Invariant: no argument and no byte of a server traps.
#![no_std]
#![cfg_attr(not(target_family = "wasm"), allow(dead_code, reason = "nothing is exported elsewhere"))]

extern crate alloc;
// The allocator, and what becomes of a panic.
extern crate aerospike_component_runtime as _;

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use aerospike_component::types::{
    AdminPolicy, BatchPolicy, BatchReadPolicy, BatchRecord, BatchRemoveRow, BatchWriteRow, Bin, Config,
    Error, InfoNodeResult, Key, Number, OperatePolicy, Operation, ReadPolicy, Record, RecordMeta, Statistics,
    TextOrBlob, Ttl, WriteMeta, WritePolicy,
};
use aerospike_component::{
    Answer, Asked, Calls, Policies, Submitted, closed, connect_failed, core_config, nodes, statistics,
};
use aerospike_wasi::Told;
use aerospike_wasi::p2::{Driver, unix_seconds};

mod bindings {
    #![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]
    wit_bindgen::generate!({
        path: "../../../wit/0.2",
        world: "provider",
        with: { "aerospike:client/types@0.2.0": aerospike_component::types },
    });
}

use bindings::exports::aerospike::client::client::{Client, Guest, GuestClient};

struct Component;

/// The resource `client`.
struct Connection {
    policies: Policies,
    driver: RefCell<Driver>,
}

impl Guest for Component {
    type Client = Connection;
}

impl Connection {
    /// Makes a call and works until it is done.
    fn call(&self, make: impl FnOnce(&mut Calls<'_>) -> Result<Submitted, Error>) -> Result<Answer, Error> {
        let mut driver = self.driver.borrow_mut();
        let submitted = make(&mut Calls::new(&self.policies, &mut |command| driver.submit(command)))?;
        let (command, pending) = match submitted {
            Submitted::Done(answer) => return Ok(answer),
            Submitted::Command(id, pending) => (id, pending),
        };
        let mut pending = Some(pending);
        let mut outcome = None;
        driver.run(&mut |told| match told {
            Told::Row { id, index, result } if id == command => {
                if let Some(pending) = &mut pending {
                    pending.row(unix_seconds, index, &result);
                }
                false
            }
            Told::Finished { id, result } if id == command => {
                outcome = pending.take().map(|pending| pending.finish(unix_seconds, &result));
                true
            }
            _ => false,
        });
        outcome.unwrap_or_else(|| Err(closed("call")))
    }
}

/// Works until everything is answered; gives the results in order.
fn finish_all(driver: &mut Driver, all: Vec<Asked>) -> Vec<InfoNodeResult> {
    let mut results = Vec::with_capacity(all.len());
    let mut waiting = Vec::with_capacity(all.len());
    for (at, Asked { name, submitted }) in all.into_iter().enumerate() {
        let response = match submitted {
            Ok((id, pending)) => {
                waiting.push((id, at, pending));
                Err(closed("info-all"))
            }
            Err(error) => Err(error),
        };
        results.push(InfoNodeResult { node_name: name, response });
    }
    if !waiting.is_empty() {
        driver.run(&mut |told| {
            if let Told::Finished { id, result } = told
                && let Some(place) = waiting.iter().position(|(other, ..)| *other == id)
            {
                let (_, at, pending) = waiting.swap_remove(place);
                let InfoNodeResult { node_name, response } = &mut results[at];
                *response = pending
                    .finish(unix_seconds, &result)
                    .and_then(|answer| answer.info(|_| node_name.clone()));
            }
            waiting.is_empty()
        });
    }
    results
}

impl GuestClient for Connection {
    fn connect(config: Config) -> Result<Client, Error> {
        let (config, policies) = core_config(config)?;
        let driver = Driver::connect(config).map_err(|failure| connect_failed(&failure))?;
        Ok(Client::new(Self { policies, driver: RefCell::new(driver) }))
    }

    fn close(&self) {
        self.driver.borrow_mut().close();
    }

    fn is_connected(&self) -> bool {
        self.driver.borrow().client().is_connected()
    }

    fn node_names(&self) -> Vec<String> {
        self.driver.borrow().client().node_names().map(String::from).collect()
    }

    fn statistics(&self) -> Statistics {
        statistics(self.driver.borrow().client().statistics())
    }

    fn put(
        &self,
        key: Key,
        bins: Vec<Bin>,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Result<(), Error> {
        self.call(|calls| calls.put(key, bins, meta, policy)).map(Answer::nothing)
    }

    fn get(&self, key: Key, policy: Option<ReadPolicy>) -> Result<Record, Error> {
        self.call(|calls| calls.get(key, policy)).map(Answer::record)
    }

    fn select(&self, key: Key, bins: Vec<String>, policy: Option<ReadPolicy>) -> Result<Record, Error> {
        self.call(|calls| calls.select(key, bins, policy)).map(Answer::record)
    }

    fn exists(&self, key: Key, policy: Option<ReadPolicy>) -> Result<Option<RecordMeta>, Error> {
        self.call(|calls| calls.exists(key, policy)).map(Answer::meta)
    }

    fn touch(
        &self,
        key: Key,
        ttl: Option<Ttl>,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Result<(), Error> {
        self.call(|calls| calls.touch(key, ttl, meta, policy)).map(Answer::nothing)
    }

    fn increment(
        &self,
        key: Key,
        bin: String,
        offset: Number,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Result<(), Error> {
        self.call(|calls| calls.increment(key, bin, offset, meta, policy)).map(Answer::nothing)
    }

    fn append(
        &self,
        key: Key,
        bin: String,
        val: TextOrBlob,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Result<(), Error> {
        self.call(|calls| calls.append(key, bin, val, meta, policy)).map(Answer::nothing)
    }

    fn prepend(
        &self,
        key: Key,
        bin: String,
        val: TextOrBlob,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Result<(), Error> {
        self.call(|calls| calls.prepend(key, bin, val, meta, policy)).map(Answer::nothing)
    }

    fn remove(&self, key: Key, meta: Option<WriteMeta>, policy: Option<WritePolicy>) -> Result<(), Error> {
        self.call(|calls| calls.remove(key, meta, policy)).map(Answer::nothing)
    }

    fn remove_bin(
        &self,
        key: Key,
        bins: Vec<String>,
        meta: Option<WriteMeta>,
        policy: Option<WritePolicy>,
    ) -> Result<(), Error> {
        self.call(|calls| calls.remove_bin(key, bins, meta, policy)).map(Answer::nothing)
    }

    fn operate(
        &self,
        key: Key,
        ops: Vec<Operation>,
        meta: Option<WriteMeta>,
        policy: Option<OperatePolicy>,
    ) -> Result<Record, Error> {
        self.call(|calls| calls.operate(key, ops, meta, policy)).map(Answer::record)
    }

    fn operate_ordered(
        &self,
        key: Key,
        ops: Vec<Operation>,
        meta: Option<WriteMeta>,
        policy: Option<OperatePolicy>,
    ) -> Result<Record, Error> {
        self.call(|calls| calls.operate_ordered(key, ops, meta, policy)).map(Answer::record)
    }

    fn batch_read(
        &self,
        keys: Vec<Key>,
        bins: Option<Vec<String>>,
        policy: Option<BatchReadPolicy>,
    ) -> Result<Vec<BatchRecord>, Error> {
        self.call(|calls| calls.batch_read(keys, bins, policy)).map(Answer::rows)
    }

    fn batch_write(
        &self,
        rows: Vec<BatchWriteRow>,
        meta: Option<WriteMeta>,
        policy: Option<BatchPolicy>,
    ) -> Result<Vec<BatchRecord>, Error> {
        self.call(|calls| calls.batch_write(rows, meta, policy)).map(Answer::rows)
    }

    fn batch_operate(
        &self,
        keys: Vec<Key>,
        ops: Vec<Operation>,
        meta: Option<WriteMeta>,
        policy: Option<BatchPolicy>,
    ) -> Result<Vec<BatchRecord>, Error> {
        self.call(|calls| calls.batch_operate(keys, ops, meta, policy)).map(Answer::rows)
    }

    fn batch_remove(
        &self,
        rows: Vec<BatchRemoveRow>,
        meta: Option<WriteMeta>,
        policy: Option<BatchPolicy>,
    ) -> Result<Vec<BatchRecord>, Error> {
        self.call(|calls| calls.batch_remove(rows, meta, policy)).map(Answer::rows)
    }

    fn info_all(&self, command: String, policy: Option<AdminPolicy>) -> Result<Vec<InfoNodeResult>, Error> {
        let mut driver = self.driver.borrow_mut();
        let nodes = nodes(driver.client());
        let all = Calls::new(&self.policies, &mut |asked| driver.submit(asked))
            .info_all(nodes, &command, policy)?;
        Ok(finish_all(&mut driver, all))
    }

    fn info_random_node(&self, command: String, policy: Option<AdminPolicy>) -> Result<String, Error> {
        let answer = self.call(|calls| calls.info_random_node(&command, policy))?;
        answer.info(|node| self.driver.borrow().client().node_name(node).into())
    }
}

#[cfg(target_family = "wasm")]
bindings::export!(Component with_types_in bindings);
