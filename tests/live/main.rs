//! The core against a real server, over TCP. Runs when `AEROSPIKE_HOSTS` names one, e.g. `127.0.0.1:3000`; says so
//! and does nothing when it does not. Namespaces `test` and `bar` must exist; keys are in the sets `live` and `live2`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use aerospike_testkit::Answered;
use aerospike_testkit::tcp::Driver;
use aerospike_wasm::data::{Key, List, Map, Value, ValueRef};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::{
    Action, BatchRow, Bins, Command, Config, Endpoint, Error, ErrorKind, Exists, GenerationPolicy, Operation,
    Policy, RowAction, RowPolicy,
};

/// A real server on a busy machine may take its time; what is tested here is not how much.
const PATIENCE_MS: u32 = 10_000;

/// A connected driver, or `None` when there is no server to test against.
fn driver() -> Option<Driver> {
    let Ok(hosts) = std::env::var("AEROSPIKE_HOSTS") else {
        println!("not run: AEROSPIKE_HOSTS is not set");
        return None;
    };
    let seed = |host: &str| {
        let (host, port) = host.rsplit_once(':').expect("host:port");
        Endpoint { host: host.into(), port: port.parse().expect("port"), tls_name: String::new() }
    };
    let config = Config { seeds: hosts.split(',').map(seed).collect(), ..Config::default() };
    Some(Driver::connect(config, 7).expect("connect"))
}

fn key(name: &str) -> Key {
    Key::new("test", "live", name)
}

fn operate(driver: &mut Driver, key: &Key, ops: &[Operation<'_>], row: RowPolicy) -> Result<Answered, Error> {
    let policy = Policy { row, total_timeout_ms: PATIENCE_MS, ..Policy::write() };
    driver.call(&Command {
        action: Action::Operate { key: key.as_ref(), ops },
        policy: &policy,
        filter: None,
    })
}

fn put(driver: &mut Driver, key: &Key, value: ValueRef<'_>) -> Result<Answered, Error> {
    operate(driver, key, &[Operation::write("v", value)], RowPolicy::default())
}

fn get(driver: &mut Driver, key: &Key) -> Result<Answered, Error> {
    driver.call(&Command {
        action: Action::Read { key: key.as_ref(), bins: Bins::All },
        policy: &Policy { total_timeout_ms: PATIENCE_MS, ..Policy::read() },
        filter: None,
    })
}

fn remove(driver: &mut Driver, key: &Key) {
    let policy = Policy::write();
    let _ =
        driver.call(&Command { action: Action::Remove { key: key.as_ref() }, policy: &policy, filter: None });
}

fn code(result: Result<Answered, Error>) -> ResultCode {
    match result {
        Ok(_) => ResultCode::OK,
        Err(Error { kind: ErrorKind::Server(code), .. }) => code,
        Err(error) => panic!("not the server's: {error:?}"),
    }
}

#[test]
fn values_of_every_type() {
    let Some(mut driver) = driver() else { return };
    let map = Map {
        entries: vec![(Value::Integer(-1), Value::Bool(true)), (Value::String("k".into()), Value::Nil)],
        order: 0,
    };
    let values = [
        Value::Integer(i64::MAX),
        Value::Integer(-1),
        Value::Float(-0.5),
        Value::String(String::new()),
        Value::String("naïve 日本 😀".into()),
        Value::Blob((0..=255).collect()),
        Value::Bool(true),
        Value::GeoJson(r#"{"type":"Point","coordinates":[1.5,2.5]}"#.into()),
        Value::GeoJson(r#"{"type":"AeroCircle","coordinates":[[1.5,2.5],1000]}"#.into()),
        Value::List(List { items: vec![Value::Nil, Value::Float(2.0), Value::Map(map.clone())], order: 0 }),
        Value::Map(map),
        Value::Unknown(ParticleType(7), vec![1, 2, 3]),
    ];
    for (index, value) in values.iter().enumerate() {
        let key = key(&format!("type-{index}"));
        put(&mut driver, &key, value.as_ref()).unwrap();
        assert_eq!(get(&mut driver, &key).unwrap().bin("v"), Some(value));
        remove(&mut driver, &key);
    }
}

#[test]
fn exists_and_generation_policies() {
    let Some(mut driver) = driver() else { return };
    let key = key("policies");
    remove(&mut driver, &key);
    let mut write =
        |row| code(operate(&mut driver, &key, &[Operation::write("v", ValueRef::Integer(1))], row));
    let exists = |exists| RowPolicy { exists, ..RowPolicy::default() };
    let generation =
        |generation_policy, generation| RowPolicy { generation_policy, generation, ..RowPolicy::default() };
    assert_eq!(write(exists(Exists::UpdateOnly)), ResultCode::RECORD_NOT_FOUND);
    assert_eq!(write(exists(Exists::ReplaceOnly)), ResultCode::RECORD_NOT_FOUND);
    assert_eq!(write(exists(Exists::CreateOnly)), ResultCode::OK);
    assert_eq!(write(exists(Exists::CreateOnly)), ResultCode::RECORD_EXISTS);
    assert_eq!(write(exists(Exists::Replace)), ResultCode::OK);
    assert_eq!(write(generation(GenerationPolicy::Equal, 1)), ResultCode::GENERATION);
    assert_eq!(write(generation(GenerationPolicy::Equal, 2)), ResultCode::OK);
    assert_eq!(write(generation(GenerationPolicy::Greater, 3)), ResultCode::GENERATION);
    assert_eq!(write(generation(GenerationPolicy::Greater, 4)), ResultCode::OK);
    assert_eq!(write(RowPolicy { durable_delete: true, ..RowPolicy::default() }), ResultCode::OK);
    remove(&mut driver, &key);
}

#[test]
fn ttl_and_touch() {
    let Some(mut driver) = driver() else { return };
    let key = key("ttl");
    let row = |ttl| RowPolicy { ttl, ..RowPolicy::default() };
    operate(&mut driver, &key, &[Operation::write("v", ValueRef::Integer(1))], row(300)).unwrap();
    let first = get(&mut driver, &key).unwrap().void_time;
    operate(&mut driver, &key, &[Operation::touch()], row(600)).unwrap();
    let second = get(&mut driver, &key).unwrap().void_time;
    assert!((299..=302).contains(&(second - first)), "{first} {second}");
    operate(&mut driver, &key, &[Operation::touch()], row(u32::MAX)).unwrap();
    assert_eq!(get(&mut driver, &key).unwrap().void_time, 0);
    remove(&mut driver, &key);
    assert_eq!(code(operate(&mut driver, &key, &[Operation::touch()], row(5))), ResultCode::RECORD_NOT_FOUND);
}

#[test]
fn operations_and_their_answers() {
    let Some(mut driver) = driver() else { return };
    let key = key("operate");
    remove(&mut driver, &key);
    // TOUCH among operations needs a record that exists.
    put(&mut driver, &key, ValueRef::Integer(0)).unwrap();
    let ops = [
        Operation::write("name", ValueRef::String("Bob")),
        Operation::increment("n", ValueRef::Integer(2)),
        Operation::read("n"),
        Operation::increment("f", ValueRef::Float(0.5)),
        Operation::append("name", ValueRef::String("!")),
        Operation::prepend("name", ValueRef::String("<")),
        Operation::touch(),
        Operation::read("name"),
        Operation::read("absent"),
    ];
    let plain = operate(&mut driver, &key, &ops, RowPolicy::default()).unwrap();
    let values: Vec<&Value> = plain.answers.iter().map(|(_, _, value)| value).collect();
    assert_eq!(values, [&Value::Integer(2), &Value::String("<Bob!".into())]);
    let policy = Policy { respond_all_ops: true, ..Policy::write() };
    let action = Action::Operate { key: key.as_ref(), ops: &ops };
    let all = driver.call(&Command { action, policy: &policy, filter: None }).unwrap();
    assert_eq!(all.answers.len(), 8, "all but TOUCH answer");
    assert_eq!(
        code(operate(
            &mut driver,
            &key,
            &[Operation::increment("name", ValueRef::Integer(1))],
            RowPolicy::default()
        )),
        ResultCode::BIN_TYPE
    );
    operate(&mut driver, &key, &[Operation::delete()], RowPolicy::default()).unwrap();
    assert_eq!(code(get(&mut driver, &key)), ResultCode::RECORD_NOT_FOUND);
}

#[test]
fn errors_of_the_server() {
    let Some(mut driver) = driver() else { return };
    assert_eq!(code(get(&mut driver, &Key::new("nowhere", "live", 1))), ResultCode::INVALID_NAMESPACE);
    assert_eq!(
        code(put(&mut driver, &key("big"), ValueRef::Blob(&vec![0; 2 << 20]))),
        ResultCode::RECORD_TOO_BIG
    );
    assert_eq!(code(put(&mut driver, &key("geo"), ValueRef::GeoJson("{}"))), ResultCode::INVALID_GEOJSON);
    let stored = key("stored");
    let row = RowPolicy { send_key: true, ..RowPolicy::default() };
    operate(&mut driver, &stored, &[Operation::write("v", ValueRef::Integer(1))], row).unwrap();
    let liar = Key { user_key: Some("other".into()), ..stored.clone() };
    assert_eq!(
        code(operate(&mut driver, &liar, &[Operation::write("v", ValueRef::Integer(1))], row)),
        ResultCode::KEY_MISMATCH
    );
    // int bin `v` > 5
    let filter = [0x93, 0x03, 0x93, 0x51, 0x02, 0xa1, 0x76, 0x05];
    let action = Action::Read { key: stored.as_ref(), bins: Bins::All };
    let result = driver.call(&Command { action, policy: &Policy::read(), filter: Some(&filter) });
    assert_eq!(code(result), ResultCode::FILTERED_OUT);
    remove(&mut driver, &stored);
}

#[test]
fn batches() {
    let Some(mut driver) = driver() else { return };
    let keys: Vec<Key> =
        (0..3_000).map(|n| Key::new(if n % 2 == 0 { "test" } else { "bar" }, "live2", n)).collect();
    let ops = [Operation::increment("n", ValueRef::Integer(1)), Operation::read("n")];
    let remove: Vec<BatchRow<'_>> = keys
        .iter()
        .map(|key| BatchRow { key: key.as_ref(), action: RowAction::Remove(RowPolicy::default()) })
        .collect();
    let policy = Policy { total_timeout_ms: 10_000, ..Policy::write() };
    driver
        .call_batch(&Command { action: Action::Batch { rows: &remove }, policy: &policy, filter: None })
        .unwrap();
    let write: Vec<BatchRow<'_>> = keys
        .iter()
        .map(|key| BatchRow { key: key.as_ref(), action: RowAction::Operate(&ops, RowPolicy::default()) })
        .collect();
    let rows = driver
        .call_batch(&Command { action: Action::Batch { rows: &write }, policy: &policy, filter: None })
        .unwrap();
    assert_eq!(rows.len(), 3_000);
    assert!(rows.values().all(|row| row.as_ref().is_ok_and(|row| row.bin("n") == Some(&Value::Integer(1)))));
    let read: Vec<BatchRow<'_>> =
        keys.iter().map(|key| BatchRow { key: key.as_ref(), action: RowAction::Read(Bins::All) }).collect();
    let rows = driver
        .call_batch(&Command { action: Action::Batch { rows: &read }, policy: &policy, filter: None })
        .unwrap();
    assert!(rows.values().all(Result::is_ok) && rows.len() == 3_000);
    let rows = driver
        .call_batch(&Command { action: Action::Batch { rows: &remove }, policy: &policy, filter: None })
        .unwrap();
    assert!(rows.values().all(Result::is_ok));
    let rows = driver
        .call_batch(&Command { action: Action::Batch { rows: &remove }, policy: &policy, filter: None })
        .unwrap();
    assert!(rows.into_values().all(|row| code(row) == ResultCode::RECORD_NOT_FOUND));
}
