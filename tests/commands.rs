//! Every command, through the core against the test server: what it sends and what comes back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use aerospike_testkit::{Answered, Lab, key};
use aerospike_wasm::data::{Key, List, Map, Value, ValueRef};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::message::OpCode;
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::{
    Action, BatchRow, Bins, Command, Error, ErrorKind, Exists, GenerationPolicy, Operation, Policy,
    RowAction, RowPolicy,
};

const NO_FILTER: Option<&[u8]> = None;

fn get(lab: &mut Lab, key: &Key) -> Result<Answered, Error> {
    let action = Action::Read { key: key.as_ref(), bins: Bins::All };
    lab.call(&Command { action, policy: &Policy::read(), filter: NO_FILTER })
}

fn operate(lab: &mut Lab, key: &Key, ops: &[Operation<'_>], row: RowPolicy) -> Result<Answered, Error> {
    let policy = Policy { row, ..Policy::write() };
    lab.call(&Command {
        action: Action::Operate { key: key.as_ref(), ops },
        policy: &policy,
        filter: NO_FILTER,
    })
}

fn put(lab: &mut Lab, key: &Key, bin: &str, value: ValueRef<'_>) -> Result<Answered, Error> {
    operate(lab, key, &[Operation::write(bin, value)], RowPolicy::default())
}

fn remove(lab: &mut Lab, key: &Key, row: RowPolicy) -> Result<Answered, Error> {
    let policy = Policy { row, ..Policy::write() };
    lab.call(&Command { action: Action::Remove { key: key.as_ref() }, policy: &policy, filter: NO_FILTER })
}

fn code(result: Result<Answered, Error>) -> ResultCode {
    match result {
        Ok(_) => ResultCode::OK,
        Err(Error { kind: ErrorKind::Server(code), .. }) => code,
        Err(error) => panic!("not the server's: {error:?}"),
    }
}

#[test]
fn put_then_get_gives_every_type_back() {
    let mut lab = Lab::new(1);
    let nested = Value::Map(Map {
        entries: vec![(
            Value::String("k".into()),
            Value::List(List { items: vec![Value::Nil, Value::Bool(true)], order: 0 }),
        )],
        order: 0,
    });
    let values = [
        Value::Integer(i64::MIN),
        Value::Float(1.5),
        Value::String("naïve 日本".into()),
        Value::Blob(vec![0, 255]),
        Value::Bool(false),
        Value::List(List { items: vec![Value::Integer(1), nested.clone(), Value::Float(2.0)], order: 0 }),
        nested,
        Value::Unknown(ParticleType(7), vec![1, 2, 3]),
    ];
    for (index, value) in values.iter().enumerate() {
        let key = key(index as i64);
        put(&mut lab, &key, "v", value.as_ref()).unwrap();
        assert_eq!(get(&mut lab, &key).unwrap().bin("v"), Some(value));
    }
}

#[test]
fn geojson_comes_back_as_its_text() {
    let mut lab = Lab::new(1);
    let text = r#"{"type":"Point","coordinates":[1.5,2.5]}"#;
    put(&mut lab, &key("g"), "loc", ValueRef::GeoJson(text)).unwrap();
    assert_eq!(get(&mut lab, &key("g")).unwrap().bin("loc"), Some(&Value::GeoJson(text.into())));
}

#[test]
fn put_of_nil_deletes_the_bin_and_the_last_bin_the_record() {
    let mut lab = Lab::new(1);
    let ops = [Operation::write("a", ValueRef::Integer(1)), Operation::write("b", ValueRef::Integer(2))];
    operate(&mut lab, &key("n"), &ops, RowPolicy::default()).unwrap();
    put(&mut lab, &key("n"), "a", ValueRef::Nil).unwrap();
    let record = get(&mut lab, &key("n")).unwrap();
    assert_eq!((record.bin("a"), record.bin("b")), (None, Some(&Value::Integer(2))));
    put(&mut lab, &key("n"), "b", ValueRef::Nil).unwrap();
    assert_eq!(code(get(&mut lab, &key("n"))), ResultCode::RECORD_NOT_FOUND);
}

#[test]
fn select_and_exists_read_what_they_are_asked_for() {
    let mut lab = Lab::new(1);
    let ops = [Operation::write("a", ValueRef::Integer(1)), Operation::write("b", ValueRef::Integer(2))];
    operate(&mut lab, &key("s"), &ops, RowPolicy::default()).unwrap();
    let policy = Policy::read();
    let key = key("s");
    let mut read = |bins| {
        lab.call(&Command { action: Action::Read { key: key.as_ref(), bins }, policy: &policy, filter: None })
    };
    let selected = read(Bins::Named(&["b", "zz"])).unwrap();
    assert_eq!(
        (selected.bin("a"), selected.bin("b"), selected.answers.len()),
        (None, Some(&Value::Integer(2)), 1)
    );
    let header = read(Bins::None).unwrap();
    assert_eq!((header.generation, header.answers.len()), (1, 0));
}

#[test]
fn exists_policies() {
    let mut lab = Lab::new(1);
    let row = |exists| RowPolicy { exists, ..RowPolicy::default() };
    let mut write = |user_key: &str, exists| {
        code(operate(&mut lab, &key(user_key), &[Operation::write("a", ValueRef::Integer(1))], row(exists)))
    };
    assert_eq!(write("x", Exists::UpdateOnly), ResultCode::RECORD_NOT_FOUND);
    assert_eq!(write("x", Exists::ReplaceOnly), ResultCode::RECORD_NOT_FOUND);
    assert_eq!(write("x", Exists::CreateOnly), ResultCode::OK);
    assert_eq!(write("x", Exists::CreateOnly), ResultCode::RECORD_EXISTS);
    assert_eq!(write("x", Exists::UpdateOnly), ResultCode::OK);
    assert_eq!(write("x", Exists::ReplaceOnly), ResultCode::OK);
    assert_eq!(write("y", Exists::Replace), ResultCode::OK);
}

#[test]
fn replace_drops_the_other_bins() {
    let mut lab = Lab::new(1);
    put(&mut lab, &key("r"), "old", ValueRef::Integer(1)).unwrap();
    let row = RowPolicy { exists: Exists::Replace, ..RowPolicy::default() };
    operate(&mut lab, &key("r"), &[Operation::write("new", ValueRef::Integer(2))], row).unwrap();
    let record = get(&mut lab, &key("r")).unwrap();
    assert_eq!((record.bin("old"), record.bin("new")), (None, Some(&Value::Integer(2))));
}

#[test]
fn generation_policies() {
    let mut lab = Lab::new(1);
    put(&mut lab, &key("g"), "a", ValueRef::Integer(1)).unwrap();
    let mut write = |generation_policy, generation| {
        let row = RowPolicy { generation_policy, generation, ..RowPolicy::default() };
        code(operate(&mut lab, &key("g"), &[Operation::write("a", ValueRef::Integer(2))], row))
    };
    assert_eq!(write(GenerationPolicy::Equal, 7), ResultCode::GENERATION);
    assert_eq!(write(GenerationPolicy::Equal, 1), ResultCode::OK);
    assert_eq!(write(GenerationPolicy::Greater, 2), ResultCode::GENERATION);
    assert_eq!(write(GenerationPolicy::Greater, 9), ResultCode::OK);
    assert_eq!(write(GenerationPolicy::Ignore, 77), ResultCode::OK);
}

#[test]
fn ttl_expires_and_touch_renews_it() {
    let mut lab = Lab::new(1);
    let row = RowPolicy { ttl: 100, ..RowPolicy::default() };
    operate(&mut lab, &key("t"), &[Operation::write("a", ValueRef::Integer(1))], row).unwrap();
    let first = get(&mut lab, &key("t")).unwrap().void_time;
    assert!(first > 0);
    lab.server.advance(60);
    operate(&mut lab, &key("t"), &[Operation::touch()], row).unwrap();
    assert_eq!(get(&mut lab, &key("t")).unwrap().void_time, first + 60);
    lab.server.advance(101);
    assert_eq!(code(get(&mut lab, &key("t"))), ResultCode::RECORD_NOT_FOUND);
    assert_eq!(code(operate(&mut lab, &key("t"), &[Operation::touch()], row)), ResultCode::RECORD_NOT_FOUND);
}

#[test]
fn increment_append_prepend() {
    let mut lab = Lab::new(1);
    let ops = [
        Operation::increment("count", ValueRef::Integer(5)),
        Operation::increment("score", ValueRef::Float(0.5)),
        Operation::append("text", ValueRef::String("b")),
        Operation::prepend("text", ValueRef::String("a")),
        Operation::append("blob", ValueRef::Blob(&[2])),
    ];
    operate(&mut lab, &key("i"), &ops, RowPolicy::default()).unwrap();
    operate(&mut lab, &key("i"), &ops[..2], RowPolicy::default()).unwrap();
    let record = get(&mut lab, &key("i")).unwrap();
    assert_eq!(record.bin("count"), Some(&Value::Integer(10)));
    assert_eq!(record.bin("score"), Some(&Value::Float(1.0)));
    assert_eq!(record.bin("text"), Some(&Value::String("ab".into())));
    assert_eq!(record.bin("blob"), Some(&Value::Blob(vec![2])));
    let wrong = operate(
        &mut lab,
        &key("i"),
        &[Operation::increment("text", ValueRef::Integer(1))],
        RowPolicy::default(),
    );
    assert_eq!(code(wrong), ResultCode::BIN_TYPE);
}

#[test]
fn remove_checks_existence_and_generation() {
    let mut lab = Lab::new(1);
    assert_eq!(code(remove(&mut lab, &key("d"), RowPolicy::default())), ResultCode::RECORD_NOT_FOUND);
    put(&mut lab, &key("d"), "a", ValueRef::Integer(1)).unwrap();
    let row = RowPolicy { generation_policy: GenerationPolicy::Equal, generation: 9, ..RowPolicy::default() };
    assert_eq!(code(remove(&mut lab, &key("d"), row)), ResultCode::GENERATION);
    assert_eq!(code(remove(&mut lab, &key("d"), RowPolicy { generation: 1, ..row })), ResultCode::OK);
    assert_eq!(code(get(&mut lab, &key("d"))), ResultCode::RECORD_NOT_FOUND);
}

#[test]
fn operate_answers_reads_in_order_and_everything_when_asked() {
    let mut lab = Lab::new(1);
    let ops = [
        Operation::write("name", ValueRef::String("Bob")),
        Operation::increment("counter", ValueRef::Integer(1)),
        Operation::read("counter"),
        Operation::read("absent"),
    ];
    let plain = operate(&mut lab, &key("o"), &ops, RowPolicy::default()).unwrap();
    assert_eq!(plain.answers, [(OpCode::READ, "counter".into(), Value::Integer(1))]);
    let policy = Policy { respond_all_ops: true, ..Policy::write() };
    let key = key("o");
    let action = Action::Operate { key: key.as_ref(), ops: &ops };
    let all = lab.call(&Command { action, policy: &policy, filter: None }).unwrap();
    let values: Vec<&Value> = all.answers.iter().map(|(_, _, value)| value).collect();
    assert_eq!(values, [&Value::Nil, &Value::Nil, &Value::Integer(2), &Value::Nil]);
}

#[test]
fn a_stored_key_is_checked() {
    let mut lab = Lab::new(1);
    let row = RowPolicy { send_key: true, ..RowPolicy::default() };
    operate(&mut lab, &key("k"), &[Operation::write("a", ValueRef::Integer(1))], row).unwrap();
    let liar = Key { user_key: Some("other".into()), ..key("k") };
    assert_eq!(
        code(operate(&mut lab, &liar, &[Operation::write("a", ValueRef::Integer(1))], row)),
        ResultCode::KEY_MISMATCH
    );
}

#[test]
fn a_filter_leaves_other_records_alone() {
    let mut lab = Lab::new(1);
    put(&mut lab, &key("f"), "a", ValueRef::Integer(1)).unwrap();
    // int bin `a` > 5
    let filter = [0x93, 0x03, 0x93, 0x51, 0x02, 0xa1, 0x61, 0x05];
    let key = key("f");
    let action = Action::Read { key: key.as_ref(), bins: Bins::All };
    let result = lab.call(&Command { action, policy: &Policy::read(), filter: Some(&filter) });
    assert_eq!(code(result), ResultCode::FILTERED_OUT);
}

#[test]
fn an_unknown_namespace_is_the_servers_error() {
    let mut lab = Lab::new(1);
    assert_eq!(code(get(&mut lab, &Key::new("nowhere", "demo", 1))), ResultCode::INVALID_NAMESPACE);
}

#[test]
fn a_batch_mixes_reads_writes_and_removes_over_three_nodes() {
    let mut lab = Lab::new(3);
    let keys: Vec<Key> = (0..300).map(key).collect();
    let write = [
        Operation::write("n", ValueRef::Integer(7)),
        Operation::increment("c", ValueRef::Integer(1)),
        Operation::read("c"),
    ];
    let writes: Vec<BatchRow<'_>> = keys
        .iter()
        .map(|key| BatchRow { key: key.as_ref(), action: RowAction::Operate(&write, RowPolicy::default()) })
        .collect();
    let answered = lab
        .call_batch(&Command {
            action: Action::Batch { rows: &writes },
            policy: &Policy::write(),
            filter: None,
        })
        .unwrap();
    assert_eq!(answered.len(), 300);
    assert!(
        answered.values().all(|row| row.as_ref().is_ok_and(|row| row.bin("c") == Some(&Value::Integer(1))))
    );
    let mixed: Vec<BatchRow<'_>> = keys
        .iter()
        .enumerate()
        .map(|(index, key)| {
            let action = match index % 3 {
                0 => RowAction::Remove(RowPolicy::default()),
                1 => RowAction::Read(Bins::Named(&["n"])),
                _ => RowAction::Read(Bins::None),
            };
            BatchRow { key: key.as_ref(), action }
        })
        .collect();
    let answered = lab
        .call_batch(&Command {
            action: Action::Batch { rows: &mixed },
            policy: &Policy::write(),
            filter: None,
        })
        .unwrap();
    assert!(answered.values().all(Result::is_ok));
    assert_eq!(answered[&1].as_ref().unwrap().bin("n"), Some(&Value::Integer(7)));
    let reads: Vec<BatchRow<'_>> =
        keys.iter().map(|key| BatchRow { key: key.as_ref(), action: RowAction::Read(Bins::All) }).collect();
    let answered = lab
        .call_batch(&Command {
            action: Action::Batch { rows: &reads },
            policy: &Policy::read(),
            filter: None,
        })
        .unwrap();
    for (index, row) in answered {
        let expected = if index % 3 == 0 { ResultCode::RECORD_NOT_FOUND } else { ResultCode::OK };
        assert_eq!(code(row), expected, "row {index}");
    }
}

#[test]
fn one_bad_row_fails_alone() {
    let mut lab = Lab::new(1);
    put(&mut lab, &key("text"), "n", ValueRef::String("x")).unwrap();
    let ops = [Operation::increment("n", ValueRef::Integer(1))];
    let (text, fresh, lost) = (key("text"), key("fresh"), Key::new("nowhere", "demo", 1));
    let rows = [&text, &fresh, &lost]
        .map(|key| BatchRow { key: key.as_ref(), action: RowAction::Operate(&ops, RowPolicy::default()) });
    let answered = lab
        .call_batch(&Command {
            action: Action::Batch { rows: &rows },
            policy: &Policy::write(),
            filter: None,
        })
        .unwrap();
    let codes: Vec<ResultCode> = answered.into_values().map(code).collect();
    assert_eq!(codes, [ResultCode::BIN_TYPE, ResultCode::OK, ResultCode::INVALID_NAMESPACE]);
}
