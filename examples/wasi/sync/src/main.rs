//! An application for WASI 0.2: a counter of visits, and the write operations one after the other.
//!
//! It knows the interface `aerospike:client` and no client. `cargo xtask demo --wasi` composes it with `aerospike.wasm`
//! and runs it under wasmtime. The cluster is where `AEROSPIKE_HOSTS` says, by default at 127.0.0.1:3000.

use bindings::aerospike::client::client::Client;
use bindings::aerospike::client::types::{
    BatchRemoveRow, BatchWriteRow, Bin, Config, Error, ErrorKind, IncrOperation, Key, Node, Number,
    Operation, PolicyExists, TextOrBlob, Ttl, UserKey, Value, WriteMeta, WritePolicy,
};

mod bindings {
    #![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]
    wit_bindgen::generate!({
        path: "../../../wit/0.2",
        world: "imports",
    });
}

fn main() {
    if let Err(error) = run() {
        eprintln!("error: {}", error.message);
        std::process::exit(1);
    }
}

/// The visits of one page: one record, one bin that counts.
fn visit(client: &Client, page: &str) -> Result<i64, Error> {
    let ops = vec![incr("visits", 1), Operation::Read("visits".into())];
    let record = client.operate(&key(page), &ops, None, None)?;
    Ok(record.bins.iter().find_map(|bin| as_integer(&bin.value)).unwrap_or(0))
}

fn run() -> Result<(), Error> {
    let hosts = std::env::var("AEROSPIKE_HOSTS").unwrap_or_else(|_| "127.0.0.1:3000".into());
    let client = Client::connect(&config(&hosts))?;
    println!("connected to {} node(s)", client.node_names().len());
    for page in ["home", "about", "home"] {
        println!("visits of {page}: {}", visit(&client, page)?);
    }
    tour(&client)?;
    client.close();
    Ok(())
}

/// The write operations, one after the other.
fn tour(client: &Client) -> Result<(), Error> {
    let user = key("user1");
    client.put(&user, &[bin("name", text("Alice")), bin("age", integer(30))], None, None)?;
    println!("put          {}", show(&client.get(&user, None)?.bins));

    let create_only = WritePolicy { exists: Some(PolicyExists::CreateOnly), ..write_policy() };
    let bins = vec![bin("name", text("Bob"))];
    match client.put(&user, &bins, None, Some(&create_only)) {
        Err(Error { kind: ErrorKind::RecordExists, .. }) => println!("put          a record exists already"),
        other => return other,
    }

    client.increment(&user, "age", Number::Integer(1), None, None)?;
    client.append(&user, "name", &TextOrBlob::Text(" Smith".into()), None, None)?;
    client.prepend(&user, "greeting", &TextOrBlob::Text("Hello, ".into()), None, None)?;
    client.remove_bin(&user, &["greeting".into()], None, None)?;
    client.touch(&user, Some(Ttl::Seconds(600)), None, None)?;
    let record = client.get(&user, None)?;
    println!("modified     {}, expires in {:?} s", show(&record.bins), record.meta.ttl);

    let same = WriteMeta { generation: Some(record.meta.generation), ..write_meta() };
    client.put(&user, &[bin("age", integer(32))], Some(same), None)?;
    println!("put          because the generation was still {}", record.meta.generation);

    let ops = vec![Operation::Write(bin("name", text("Bob"))), incr("age", 1), Operation::Read("age".into())];
    let ordered = client.operate_ordered(&user, &ops, None, None)?;
    println!("operate      {}", show(&ordered.bins));

    let keys: Vec<Key> = (0..5).map(|at| key(&format!("batch{at}"))).collect();
    let row = |(at, key): (i64, &Key)| BatchWriteRow {
        key: key.clone(),
        bins: vec![bin("n", integer(at))],
        meta: None,
    };
    client.batch_write(&(0..).zip(&keys).map(row).collect::<Vec<_>>(), None, None)?;
    let ops = vec![incr("n", 100), Operation::Read("n".into())];
    let rows = client.batch_operate(&keys, &ops, None, None)?;
    let numbers = rows.iter().filter_map(|row| row.record.as_ref()).map(|record| show(&record.bins));
    println!("batch        {}", numbers.collect::<Vec<_>>().join(", "));

    client.remove(&user, None, None)?;
    let rows: Vec<_> = keys.into_iter().map(|key| BatchRemoveRow { key, meta: None }).collect();
    let removed = client.batch_remove(&rows, None, None)?;
    println!("removed      {} records", 1 + removed.iter().filter(|row| row.result == 0).count());
    Ok(())
}

fn key(name: &str) -> Key {
    let user_key = Some(UserKey::Text(name.into()));
    Key { namespace: "test".into(), set_name: "tour".into(), user_key, digest: None }
}

fn bin(name: &str, value: Value) -> Bin {
    Bin { name: name.into(), value }
}

fn text(value: &str) -> Value {
    Value { nodes: vec![Node::Text(value.into())] }
}

fn integer(value: i64) -> Value {
    Value { nodes: vec![Node::Integer(value)] }
}

fn incr(bin: &str, offset: i64) -> Operation {
    Operation::Incr(IncrOperation { bin: bin.into(), offset: Number::Integer(offset) })
}

fn as_integer(value: &Value) -> Option<i64> {
    match value.nodes.first() {
        Some(Node::Integer(value)) => Some(*value),
        _ => None,
    }
}

fn show(bins: &[Bin]) -> String {
    let one = |bin: &Bin| match bin.value.nodes.as_slice() {
        [Node::Text(text)] => format!("{}: {text:?}", bin.name),
        [Node::Integer(value)] => format!("{}: {value}", bin.name),
        nodes => format!("{}: {nodes:?}", bin.name),
    };
    format!("{{ {} }}", bins.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn config(hosts: &str) -> Config {
    Config {
        hosts: hosts.split(',').map(String::from).collect(),
        application_id: Some("tour".into()),
        cluster_name: None,
        user: None,
        password: None,
        auth_mode: None,
        timeout: None,
        tend_interval: None,
        idle_timeout: None,
        max_conns_per_node: None,
        min_conns_per_node: None,
        use_services_alternate: None,
        pipeline_depth: None,
        pipeline_connections: None,
        merge_commands: None,
        max_error_rate: None,
        error_rate_window: None,
        max_concurrent_operations: None,
        operation_queue_timeout: None,
        max_message_bytes: None,
        policies: None,
    }
}

const fn write_meta() -> WriteMeta {
    WriteMeta {
        generation: None,
        ttl: None,
        key: None,
        exists: None,
        commit_level: None,
        durable_delete: None,
    }
}

const fn write_policy() -> WritePolicy {
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
