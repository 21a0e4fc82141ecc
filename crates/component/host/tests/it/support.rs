//! What the tests build their arguments from, and the place where they run.

use std::cell::Cell;

use aerospike_component_host::client::{Client, Outcome, Provider, Version};
use aerospike_component_host::runtime::{self, Permissions};
use aerospike_component_host::server::Server;
use aerospike_component_host::types::{
    BatchPolicy, Bin, Config, DefaultPolicies, Error, Key, ListNode, MapNode, MapOrder, Node, ReadPolicy,
    Record, UserKey, Value, WritePolicy,
};

/// Runs a test on one thread, where the instances live.
pub(crate) fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test);
}

/// One scenario's world.
pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) version: Version,
    prefix: &'static str,
    count: Cell<u32>,
}

impl World {
    pub(crate) const fn new(client: Client, version: Version, prefix: &'static str) -> Self {
        Self { client, version, prefix, count: Cell::new(0) }
    }

    /// A key that no other scenario has.
    pub(crate) fn key(&self) -> Key {
        self.count.set(self.count.get() + 1);
        key(&format!("{} {:?} {}", self.prefix, self.version, self.count.get()))
    }

    pub(crate) fn keys(&self, count: usize) -> Vec<Key> {
        (0..count).map(|_| self.key()).collect()
    }
}

pub(crate) async fn provider(version: Version, permissions: &Permissions) -> Provider {
    let engine = runtime::engine().unwrap();
    Provider::instantiate(&engine, version, permissions).await.unwrap()
}

/// A client of a server, which waits long enough for a busy machine.
pub(crate) async fn connect(version: Version, server: &Server) -> Client {
    let provider = provider(version, &Permissions::default()).await;
    provider.connect(config(&server.hosts)).await.unwrap().unwrap()
}

pub(crate) fn config(hosts: &[String]) -> Config {
    let patient = WritePolicy { total_timeout: Some(10_000), ..write_policy() };
    let policies =
        DefaultPolicies { read: None, write: Some(patient), operate: None, remove: None, batch: None };
    Config { timeout: Some(5_000), policies: Some(policies), ..plain_config(hosts) }
}

pub(crate) fn plain_config(hosts: &[String]) -> Config {
    Config { hosts: hosts.to_vec(), ..aerospike_component_host::plain_config() }
}

pub(crate) fn key(name: &str) -> Key {
    Key {
        namespace: "test".into(),
        set_name: "wasi".into(),
        user_key: Some(UserKey::Text(name.into())),
        digest: None,
    }
}

/// A value of one node.
pub(crate) fn one(node: Node) -> Value {
    Value { nodes: vec![node] }
}

pub(crate) fn integer(value: i64) -> Value {
    one(Node::Integer(value))
}

pub(crate) fn text(value: &str) -> Value {
    one(Node::Text(value.into()))
}

pub(crate) fn bin(name: &str, value: Value) -> Bin {
    Bin { name: name.into(), value }
}

pub(crate) fn list(items: Vec<u32>) -> Node {
    Node::List(ListNode { items, ordered: false })
}

pub(crate) fn map(entries: Vec<(u32, u32)>) -> Node {
    Node::Map(MapNode { entries, order: MapOrder::Unordered })
}

// Policies of which nothing is set.

pub(crate) const fn read_policy() -> ReadPolicy {
    ReadPolicy {
        total_timeout: None,
        socket_timeout: None,
        timeout_delay: None,
        max_retries: None,
        sleep_between_retries: None,
        filter_expression: None,
        replica: None,
        read_mode_ap: None,
        read_mode_sc: None,
        read_touch_ttl_percent: None,
    }
}

pub(crate) const fn write_policy() -> WritePolicy {
    WritePolicy {
        total_timeout: None,
        socket_timeout: None,
        timeout_delay: None,
        max_retries: None,
        sleep_between_retries: None,
        filter_expression: None,
        key: None,
        exists: None,
        generation: None,
        commit_level: None,
        durable_delete: None,
        ttl: None,
    }
}

pub(crate) const fn batch_policy() -> BatchPolicy {
    BatchPolicy {
        total_timeout: None,
        socket_timeout: None,
        timeout_delay: None,
        max_retries: None,
        sleep_between_retries: None,
        filter_expression: None,
        replica: None,
        read_mode_ap: None,
        read_mode_sc: None,
        read_touch_ttl_percent: None,
        key: None,
        exists: None,
        generation: None,
        commit_level: None,
        durable_delete: None,
        ttl: None,
        allow_inline: None,
        allow_inline_ssd: None,
        respond_all_keys: None,
        concurrency: None,
    }
}

/// The bins of a record, sorted by name.
pub(crate) fn bins(record: &Record) -> Vec<(&str, &Value)> {
    let mut bins: Vec<_> = record.bins.iter().map(|bin| (bin.name.as_str(), &bin.value)).collect();
    bins.sort_by_key(|(name, _)| *name);
    bins
}

/// What a call gave, and no trap.
pub(crate) fn good<T>(outcome: wasmtime::Result<Outcome<T>>) -> T {
    match outcome {
        Ok(Ok(value)) => value,
        Ok(Err(error)) => panic!("{error:?}"),
        Err(trap) => panic!("{trap:?}"),
    }
}

/// The error a call gave, and no trap.
pub(crate) fn bad<T>(outcome: wasmtime::Result<Outcome<T>>) -> Error {
    match outcome {
        Ok(Ok(_)) => panic!("the call succeeded"),
        Ok(Err(error)) => error,
        Err(trap) => panic!("{trap:?}"),
    }
}
