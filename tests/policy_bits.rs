//! Every policy field on the wire: one row per field and value, saying which bytes of the message header it sets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use aerospike_testkit::{Lab, key};
use aerospike_wasm::data::ValueRef;
use aerospike_wasm::wire::batch::Rows;
use aerospike_wasm::wire::message::{FieldType, Header, Message};
use aerospike_wasm::{
    Action, BatchRow, Bins, Command, CommitLevel, Exists, GenerationPolicy, Operation, Policy, ReadModeAp,
    ReadModeSc, RowAction, RowPolicy,
};

const PUT: [Operation<'static>; 1] = [Operation::write("a", ValueRef::Integer(1))];

fn sent(lab: &mut Lab, action: Action<'_>, policy: &Policy) -> Vec<u8> {
    lab.writes.clear();
    lab.submit(&Command { action, policy, filter: None });
    lab.settle();
    lab.writes.first().unwrap().1[8..].to_vec()
}

fn put(row: RowPolicy) -> Header {
    let key = key("p");
    let action = Action::Operate { key: key.as_ref(), ops: &PUT };
    let body = sent(&mut Lab::new(1), action, &Policy { row, ..Policy::write() });
    Message::read_only(&body).unwrap().header
}

fn get(policy: Policy) -> Header {
    let key = key("p");
    let action = Action::Read { key: key.as_ref(), bins: Bins::All };
    Message::read_only(&sent(&mut Lab::new(1), action, &policy)).unwrap().header
}

#[test]
fn exists() {
    let bits = |exists| {
        let header = put(RowPolicy { exists, ..RowPolicy::default() });
        (header.info2, header.info3)
    };
    assert_eq!(bits(Exists::Ignore), (0x01, 0x00));
    assert_eq!(bits(Exists::UpdateOnly), (0x01, 0x08));
    assert_eq!(bits(Exists::Replace), (0x01, 0x10));
    assert_eq!(bits(Exists::ReplaceOnly), (0x01, 0x20));
    assert_eq!(bits(Exists::CreateOnly), (0x21, 0x00));
}

#[test]
fn generation() {
    let bits = |generation_policy| {
        let header = put(RowPolicy { generation_policy, generation: 0x1_0203, ..RowPolicy::default() });
        (header.info2, header.generation)
    };
    assert_eq!(bits(GenerationPolicy::Ignore), (0x01, 0));
    assert_eq!(bits(GenerationPolicy::Equal), (0x05, 0x1_0203));
    assert_eq!(bits(GenerationPolicy::Greater), (0x09, 0x1_0203));
}

#[test]
fn commit_level_and_durable_delete() {
    assert_eq!(put(RowPolicy { commit_level: CommitLevel::Master, ..RowPolicy::default() }).info3, 0x02);
    assert_eq!(put(RowPolicy { durable_delete: true, ..RowPolicy::default() }).info2, 0x11);
}

#[test]
fn ttl() {
    for ttl in [0, 1, 315_360_000, u32::MAX, u32::MAX - 1] {
        assert_eq!(put(RowPolicy { ttl, ..RowPolicy::default() }).ttl, ttl);
    }
}

#[test]
fn send_key_is_a_field() {
    let key = key("p");
    let action = Action::Operate { key: key.as_ref(), ops: &PUT };
    let row = RowPolicy { send_key: true, ..RowPolicy::default() };
    let body = sent(&mut Lab::new(1), action, &Policy { row, ..Policy::write() });
    assert_eq!(Message::read_only(&body).unwrap().field(FieldType::KEY), Some(&b"\x03p"[..]));
    let body = sent(&mut Lab::new(1), action, &Policy::write());
    assert_eq!(Message::read_only(&body).unwrap().field(FieldType::KEY), None);
}

#[test]
fn read_modes() {
    assert_eq!(get(Policy::read()).info1, 0x03);
    assert_eq!(get(Policy { read_mode_ap: ReadModeAp::All, ..Policy::read() }).info1, 0x43);
    let sc = |read_mode_sc| get(Policy { read_mode_sc, ..Policy::read() }).info3;
    assert_eq!(sc(ReadModeSc::Session), 0x00);
    assert_eq!(sc(ReadModeSc::Linearize), 0x40);
    assert_eq!(sc(ReadModeSc::AllowReplica), 0x80);
    assert_eq!(sc(ReadModeSc::AllowUnavailable), 0xc0);
}

#[test]
fn read_touch_ttl_percent_travels_in_the_ttl() {
    for percent in [0, 80, u32::MAX] {
        assert_eq!(get(Policy { read_touch_ttl_percent: percent, ..Policy::read() }).ttl, percent);
    }
}

#[test]
fn the_servers_deadline_is_the_smaller_timeout_that_is_set() {
    let timeout = |socket_timeout_ms, total_timeout_ms| {
        get(Policy { socket_timeout_ms, total_timeout_ms, ..Policy::read() }).timeout
    };
    assert_eq!(timeout(30_000, 1_000), 1_000);
    assert_eq!(timeout(450, 1_000), 450);
    assert_eq!(timeout(450, 0), 450);
    assert_eq!(timeout(0, 5_000), 5_000);
    assert_eq!(timeout(0, 0), 0);
}

#[test]
fn respond_all_ops_except_beside_read_all() {
    let key = key("p");
    let policy = Policy { respond_all_ops: true, ..Policy::write() };
    let bits = |ops: &[Operation<'_>]| {
        let body = sent(&mut Lab::new(1), Action::Operate { key: key.as_ref(), ops }, &policy);
        let header = Message::read_only(&body).unwrap().header;
        (header.info1, header.info2)
    };
    assert_eq!(bits(&[PUT[0], Operation::read("a")]), (0x01, 0x81));
    assert_eq!(bits(&[PUT[0], Operation::read_all()]), (0x03, 0x01));
    assert_eq!(bits(&[Operation::read("a")]), (0x01, 0x80));
}

#[test]
fn a_remove_keeps_generation_commit_level_and_durable_delete_only() {
    let key = key("p");
    let row = RowPolicy {
        exists: Exists::CreateOnly,
        generation_policy: GenerationPolicy::Equal,
        generation: 3,
        ttl: 9,
        commit_level: CommitLevel::Master,
        send_key: false,
        durable_delete: true,
    };
    let body =
        sent(&mut Lab::new(1), Action::Remove { key: key.as_ref() }, &Policy { row, ..Policy::write() });
    let header = Message::read_only(&body).unwrap().header;
    assert_eq!(
        (header.info2, header.info3, header.generation, header.ttl, header.ops),
        (0x17, 0x02, 3, 0, 0)
    );
}

#[test]
fn batch_flags() {
    let key = key("p");
    let rows = [BatchRow { key: key.as_ref(), action: RowAction::Read(Bins::All) }];
    let flags = |policy: Policy| {
        let body = sent(&mut Lab::new(1), Action::Batch { rows: &rows }, &policy);
        Rows::new(Message::read_only(&body).unwrap().field(FieldType::BATCH).unwrap()).unwrap().flags
    };
    assert_eq!(flags(Policy::read()), 0x0d);
    assert_eq!(flags(Policy { allow_inline: false, ..Policy::read() }), 0x0c);
    assert_eq!(flags(Policy { allow_inline_ssd: true, ..Policy::read() }), 0x0f);
    assert_eq!(flags(Policy { respond_all_keys: false, ..Policy::read() }), 0x09);
}

#[test]
fn batch_rows_carry_their_own_policies() {
    let key = key("p");
    let policy = |exists, generation_policy, ttl| RowPolicy {
        exists,
        generation_policy,
        generation: 7,
        ttl,
        ..RowPolicy::default()
    };
    let rows = [
        RowAction::Operate(&PUT, policy(Exists::CreateOnly, GenerationPolicy::Ignore, 5)),
        RowAction::Operate(&PUT, policy(Exists::ReplaceOnly, GenerationPolicy::Greater, u32::MAX)),
        RowAction::Remove(policy(Exists::Ignore, GenerationPolicy::Equal, 0)),
        RowAction::Read(Bins::None),
    ]
    .map(|action| BatchRow { key: key.as_ref(), action });
    let body = sent(
        &mut Lab::new(1),
        Action::Batch { rows: &rows },
        &Policy { read_touch_ttl_percent: 80, ..Policy::write() },
    );
    let mut read = Rows::new(Message::read_only(&body).unwrap().field(FieldType::BATCH).unwrap()).unwrap();
    let mut found = Vec::new();
    while let Some(row) = read.next_row().unwrap() {
        let header = row.header;
        found.push((header.info1, header.info2, header.info3, header.generation, header.ttl));
    }
    assert_eq!(
        found,
        [
            (0x00, 0xa1, 0x00, Some(0), Some(5)),
            (0x00, 0x89, 0x20, Some(7), Some(u32::MAX)),
            (0x00, 0x87, 0x00, Some(7), Some(0)),
            (0x21, 0x00, 0x00, None, Some(80)),
        ]
    );
}
