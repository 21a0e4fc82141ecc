//! Commands of one turn as the rows of one batch request: when they are merged, and that each stays a command of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use aerospike_testkit::{Answered, Lab, key};
use aerospike_testserver::Fault;
use aerospike_wasm::data::{Key, Value, ValueRef};
use aerospike_wasm::wire::batch::Rows;
use aerospike_wasm::wire::flags::info3;
use aerospike_wasm::wire::frame::{FrameType, write_frame};
use aerospike_wasm::wire::message::{FieldType, Header, Message};
use aerospike_wasm::wire::{ResultCode, Writer};
use aerospike_wasm::{
    Action, BatchRow, Bins, CloseReason, Command, CommandId, CommitLevel, Config, Error, ErrorKind, Exists,
    GenerationPolicy, Operation, Policy, RowAction, RowPolicy,
};

/// One connection for commands, which is open.
fn lab(config: Config) -> Lab {
    let mut lab = Lab::with_config(1, Config { pipeline_connections: 1, ..config });
    let id = put(&mut lab, &key("first"), 0, &Policy::write());
    lab.settle();
    lab.take_finished(id).unwrap().unwrap();
    lab.writes.clear();
    lab
}

fn put(lab: &mut Lab, key: &Key, value: i64, policy: &Policy) -> CommandId {
    let ops = [Operation::write("n", ValueRef::Integer(value))];
    let action = Action::Operate { key: key.as_ref(), ops: &ops };
    lab.submit(&Command { action, policy, filter: None })
}

fn get(lab: &mut Lab, key: &Key, policy: &Policy) -> CommandId {
    let action = Action::Read { key: key.as_ref(), bins: Bins::All };
    lab.submit(&Command { action, policy, filter: None })
}

fn keys(count: i64) -> Vec<Key> {
    (0..count).map(key).collect()
}

fn puts(lab: &mut Lab, count: i64) -> Vec<CommandId> {
    keys(count).iter().zip(0..).map(|(key, n)| put(lab, key, n, &Policy::write())).collect()
}

fn gets(lab: &mut Lab, count: i64) -> Vec<CommandId> {
    keys(count).iter().map(|key| get(lab, key, &Policy::read())).collect()
}

fn results(lab: &mut Lab, ids: Vec<CommandId>) -> Vec<Result<Answered, Error>> {
    ids.into_iter().map(|id| lab.take_finished(id).expect("an end")).collect()
}

/// How many commands each message held: 1, or as many as the batch has rows.
fn messages(lab: &Lab) -> Vec<usize> {
    let mut counts = Vec::new();
    for (_, bytes) in &lab.writes {
        let mut bytes = bytes.as_slice();
        while let [2, 3, size @ ..] = bytes {
            let len = size[..6].iter().fold(0, |len, byte| len << 8 | usize::from(*byte));
            let message = Message::read_only(&bytes[8..8 + len]).unwrap();
            let rows = message.field(FieldType::BATCH).map(|field| Rows::new(field).unwrap().left() as usize);
            counts.push(rows.unwrap_or(1));
            bytes = &bytes[8 + len..];
        }
    }
    counts
}

fn server_code(result: &Result<Answered, Error>) -> Option<ResultCode> {
    match result {
        Err(Error { kind: ErrorKind::Server(code), .. }) => Some(*code),
        _ => None,
    }
}

#[test]
fn commands_of_one_turn_share_a_request() {
    let mut lab = lab(Config::default());
    let ids = puts(&mut lab, 40);
    lab.settle();
    assert!(results(&mut lab, ids).iter().all(Result::is_ok));
    assert_eq!(messages(&lab), [40]);
    lab.writes.clear();
    let ids = gets(&mut lab, 40);
    lab.settle();
    for (result, n) in results(&mut lab, ids).into_iter().zip(0..) {
        let answered = result.unwrap();
        assert_eq!((answered.bin("n"), answered.generation), (Some(&Value::Integer(n)), 1));
    }
    assert_eq!(messages(&lab), [40]);
}

#[test]
fn reads_keep_apart_from_writes_that_wait_for_a_replica() {
    let mut lab = Lab::with_config(2, Config { pipeline_connections: 1, ..Config::default() });
    puts(&mut lab, 60);
    lab.settle();
    lab.writes.clear();
    let mut ids = Vec::new();
    for (key, n) in keys(60).iter().zip(0..) {
        ids.push(put(&mut lab, key, n + 1, &Policy::read()));
        ids.push(get(&mut lab, &self::key(n + 100), &Policy::read()));
    }
    lab.settle();
    let found = results(&mut lab, ids);
    assert_eq!(found.iter().filter(|result| result.is_ok()).count(), 60);
    assert_eq!(
        found.iter().filter(|result| server_code(result) == Some(ResultCode::RECORD_NOT_FOUND)).count(),
        60
    );
    // For each of the two nodes one request of reads and one of writes.
    let counts = messages(&lab);
    assert!(counts.len() == 4 && counts.iter().sum::<usize>() == 120, "{counts:?}");
}

#[test]
fn reads_and_writes_share_a_request_where_no_write_waits_for_a_replica() {
    let mut lab = lab(Config::default());
    for n in 0..6 {
        put(&mut lab, &key(n), n, &Policy { row: RowPolicy::default(), ..Policy::read() });
        get(&mut lab, &key(n + 100), &Policy::read());
    }
    lab.settle();
    assert_eq!(messages(&lab), [12]);
}

#[test]
fn few_commands_travel_alone() {
    let mut lab = lab(Config::default());
    puts(&mut lab, 7);
    lab.settle();
    assert_eq!(messages(&lab), [1; 7]);
}

#[test]
fn no_request_has_more_rows_than_64() {
    let mut lab = lab(Config { pipeline_depth: 200, ..Config::default() });
    let ids = puts(&mut lab, 130);
    lab.settle();
    assert!(results(&mut lab, ids).iter().all(Result::is_ok));
    assert_eq!(messages(&lab), [64, 64, 1, 1]);
}

#[test]
fn merging_can_be_switched_off() {
    for config in [
        Config { merge_commands: false, ..Config::default() },
        Config { pipeline_depth: 1, ..Config::default() },
    ] {
        let mut lab = lab(config);
        let ids = puts(&mut lab, 20);
        lab.settle();
        assert!(results(&mut lab, ids).iter().all(Result::is_ok));
        assert_eq!(messages(&lab), [1; 20]);
    }
}

#[test]
fn commands_on_one_record_do_not_share_a_request() {
    let mut lab = lab(Config::default());
    let shared = key("shared");
    for n in 0..20 {
        put(&mut lab, &shared, n, &Policy::write());
    }
    lab.settle();
    assert_eq!(messages(&lab), [1; 20]);
    lab.writes.clear();
    for _ in 0..2 {
        puts(&mut lab, 10);
    }
    lab.settle();
    assert_eq!(messages(&lab), [10, 10]);
}

#[test]
fn what_a_row_cannot_say_travels_alone() {
    let write = Policy::write();
    let row = RowPolicy::default();
    let wide = RowPolicy {
        generation_policy: GenerationPolicy::Greater,
        generation: 70_000,
        ..RowPolicy::default()
    };
    let policies = [
        Policy { row: RowPolicy { commit_level: CommitLevel::Master, ..row }, ..write },
        Policy { row: wide, ..write },
        Policy { total_timeout_ms: 0, socket_timeout_ms: 0, ..write },
    ];
    for policy in policies {
        let mut lab = lab(Config::default());
        let ids: Vec<_> = keys(10).iter().map(|key| put(&mut lab, key, 1, &policy)).collect();
        lab.settle();
        assert!(results(&mut lab, ids).iter().all(Result::is_ok));
        assert_eq!(messages(&lab), [1; 10], "{policy:?}");
    }
}

#[test]
fn large_values_and_filters_travel_alone() {
    let mut lab = lab(Config::default());
    let large = vec![1_u8; 5_000];
    let ops = [Operation::write("b", ValueRef::Blob(&large))];
    // The expression true.
    let filter: &[u8] = &[0xc3];
    for key in &keys(10) {
        let action = Action::Operate { key: key.as_ref(), ops: &ops };
        lab.submit(&Command { action, policy: &Policy::write(), filter: None });
    }
    lab.settle();
    for key in &keys(10) {
        let action = Action::Read { key: key.as_ref(), bins: Bins::All };
        lab.submit(&Command { action, policy: &Policy::read(), filter: Some(filter) });
    }
    lab.settle();
    assert_eq!(messages(&lab), [1; 20]);
}

#[test]
fn commands_with_different_deadlines_do_not_share_a_request() {
    let mut lab = lab(Config::default());
    let other = Policy { total_timeout_ms: 700, ..Policy::write() };
    for key in &keys(8) {
        put(&mut lab, key, 1, &Policy::write());
    }
    for key in &keys(8) {
        put(&mut lab, key, 2, &other);
    }
    lab.settle();
    assert_eq!(messages(&lab), [8, 8]);
}

#[test]
fn each_command_has_the_answer_it_would_have_alone() {
    let with = |row| Policy { row, ..Policy::write() };
    let create = with(RowPolicy { exists: Exists::CreateOnly, ..RowPolicy::default() });
    let update = with(RowPolicy { exists: Exists::UpdateOnly, ttl: 100, ..RowPolicy::default() });
    let equal = with(RowPolicy {
        generation_policy: GenerationPolicy::Equal,
        generation: 1,
        send_key: true,
        ..RowPolicy::default()
    });
    let respond = Policy { respond_all_ops: true, ..Policy::write() };
    let run = |merge_commands: bool| {
        let mut lab = lab(Config { merge_commands, ..Config::default() });
        puts(&mut lab, 4);
        lab.settle();
        lab.writes.clear();
        let keys = keys(20);
        let ops = [
            Operation::increment("n", ValueRef::Integer(5)),
            Operation::read("n"),
            Operation::write("s", ValueRef::String("text")),
            Operation::read("absent"),
        ];
        let names = ["n"];
        let touch = [Operation::touch()];
        let append = [Operation::append("s", ValueRef::String("more"))];
        let read = |key, bins| Action::Read { key, bins };
        let operate = |key, ops| Action::Operate { key, ops };
        let write = Policy::write();
        let commands = [
            (read(keys[0].as_ref(), Bins::All), &write),
            (read(keys[10].as_ref(), Bins::All), &write),
            (read(keys[1].as_ref(), Bins::None), &write),
            (read(keys[2].as_ref(), Bins::Named(&names)), &write),
            (operate(keys[3].as_ref(), &ops), &write),
            (operate(keys[4].as_ref(), &ops), &respond),
            (operate(keys[5].as_ref(), &ops[..1]), &create),
            (operate(keys[6].as_ref(), &ops[..1]), &update),
            (operate(keys[7].as_ref(), &ops[..1]), &equal),
            (Action::Remove { key: keys[8].as_ref() }, &write),
            (operate(keys[9].as_ref(), &ops[2..3]), &write),
        ];
        let ids = commands.map(|(action, policy)| lab.submit(&Command { action, policy, filter: None }));
        lab.settle();
        let first = (results(&mut lab, ids.into()), messages(&lab));
        lab.writes.clear();
        let again = [
            (operate(keys[5].as_ref(), &ops[..1]), &create),
            (operate(keys[0].as_ref(), &ops[..1]), &update),
            (operate(keys[1].as_ref(), &ops[..1]), &equal),
            (operate(keys[9].as_ref(), &ops[..2]), &equal),
            (Action::Remove { key: keys[2].as_ref() }, &write),
            (operate(keys[3].as_ref(), &touch), &update),
            (operate(keys[11].as_ref(), &touch), &write),
            (read(keys[4].as_ref(), Bins::All), &write),
            (operate(keys[6].as_ref(), &append), &write),
        ];
        let ids = again.map(|(action, policy)| lab.submit(&Command { action, policy, filter: None }));
        lab.settle();
        (first, (results(&mut lab, ids.into()), messages(&lab)))
    };
    let ((merged, count), (merged_again, count_again)) = run(true);
    let ((alone, _), (alone_again, _)) = run(false);
    assert_eq!((count, count_again), (vec![11], vec![9]));
    assert_eq!(merged, alone);
    assert_eq!(merged_again, alone_again);
    assert_eq!(server_code(&merged_again[0]), Some(ResultCode::RECORD_EXISTS));
    assert_eq!(server_code(&merged_again[6]), Some(ResultCode::RECORD_NOT_FOUND));
}

#[test]
fn merged_reads_are_what_a_batch_of_them_would_be() {
    let mut lab = lab(Config::default());
    gets(&mut lab, 20);
    lab.settle();
    let merged = lab.writes.remove(0);
    let keys = keys(20);
    let rows: Vec<BatchRow<'_>> =
        keys.iter().map(|key| BatchRow { key: key.as_ref(), action: RowAction::Read(Bins::All) }).collect();
    lab.writes.clear();
    lab.call_batch(&Command { action: Action::Batch { rows: &rows }, policy: &Policy::read(), filter: None })
        .unwrap();
    assert_eq!(lab.writes, [merged]);
}

#[test]
fn replies_are_understood_in_any_chunking() {
    for chunk in [1, 7, 64] {
        let mut lab = lab(Config::default());
        lab.chunk = chunk;
        puts(&mut lab, 30);
        lab.settle();
        let ids = gets(&mut lab, 30);
        lab.settle();
        for (result, n) in results(&mut lab, ids).into_iter().zip(0..) {
            assert_eq!(result.unwrap().bin("n"), Some(&Value::Integer(n)));
        }
    }
}

#[test]
fn a_timeout_leaves_the_others_and_the_connection_alone() {
    let mut lab = lab(Config::default());
    lab.hold = true;
    let hasty = Policy { total_timeout_ms: 1_000, socket_timeout_ms: 50, ..Policy::write() };
    let ids: Vec<_> = keys(10).iter().map(|key| put(&mut lab, key, 1, &hasty)).collect();
    lab.settle();
    lab.client.cancel(lab.now(), ids[3]);
    let error = lab.take_finished(ids[3]);
    lab.settle();
    let error = error.or_else(|| lab.take_finished(ids[3])).unwrap().unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Cancelled, true));
    let connects = lab.connects;
    lab.hold = false;
    lab.settle();
    for (at, id) in ids.into_iter().enumerate().filter(|(at, _)| *at != 3) {
        assert!(lab.take_finished(id).unwrap().is_ok(), "{at}");
    }
    let ids = puts(&mut lab, 10);
    lab.settle();
    assert!(results(&mut lab, ids).iter().all(Result::is_ok));
    assert_eq!((lab.connects, lab.client.in_flight()), (connects, 0), "the connection is used again");
}

#[test]
fn without_a_timeout_delay_the_connection_ends_after_the_others() {
    let mut lab = lab(Config::default());
    let open = lab.open_connections();
    lab.hold = true;
    let policy = Policy { timeout_delay_ms: 0, ..Policy::write() };
    let ids: Vec<_> = keys(10).iter().map(|key| put(&mut lab, key, 1, &policy)).collect();
    lab.settle();
    lab.client.cancel(lab.now(), ids[3]);
    lab.hold = false;
    lab.settle();
    let ended = results(&mut lab, ids);
    assert_eq!(ended.iter().filter(|result| result.is_ok()).count(), 9);
    assert_eq!(lab.open_connections(), open - 1);
}

#[test]
fn a_connection_that_breaks_leaves_merged_writes_in_doubt_and_has_reads_asked_again() {
    let mut lab = lab(Config::default());
    puts(&mut lab, 10);
    lab.settle();
    lab.hold = true;
    let writes: Vec<_> = (20..30).map(|n| put(&mut lab, &key(n), n, &Policy::write())).collect();
    let reads = gets(&mut lab, 10);
    lab.settle();
    lab.hold = false;
    lab.cut(CloseReason::Reset);
    lab.settle();
    for result in results(&mut lab, writes) {
        let error = result.unwrap_err();
        assert_eq!((error.kind, error.in_doubt), (ErrorKind::Connection(CloseReason::Reset), true));
    }
    assert!(results(&mut lab, reads).iter().all(Result::is_ok));
}

#[test]
fn a_reply_that_is_cut_short_ends_the_answered_ones_well() {
    for bytes in [1, 60, 100, 200] {
        let mut lab = lab(Config::default());
        lab.server.inject(None, Fault::Cut(bytes), 1);
        let ids = puts(&mut lab, 10);
        lab.settle();
        // The server sends one frame here, and of half a frame nothing is believed.
        for result in results(&mut lab, ids) {
            assert!(result.unwrap_err().in_doubt);
        }
    }
}

fn set_config(lab: &mut Lab, setting: &str) {
    let name = format!("set-config:context=service;{setting}");
    let action = Action::Info { node: None, names: &[&name] };
    lab.call(&Command { action, policy: &Policy::write(), filter: None }).unwrap();
}

#[test]
fn a_server_that_takes_no_batches_gets_single_commands() {
    for setting in ["batch-index-threads=0", "batch-max-requests=5"] {
        let mut lab = lab(Config::default());
        set_config(&mut lab, setting);
        lab.writes.clear();
        let ids = puts(&mut lab, 10);
        lab.settle();
        for result in results(&mut lab, ids) {
            assert_eq!(result.unwrap().generation, 1, "written once");
        }
        let mut expected = vec![10];
        expected.extend([1; 10]);
        assert_eq!(messages(&lab), expected);
        // It is asked again after a while, not at once.
        lab.writes.clear();
        puts(&mut lab, 10);
        lab.settle();
        assert_eq!(messages(&lab), [1; 10]);
        set_config(
            &mut lab,
            if setting.contains("threads") { "batch-index-threads=1" } else { "batch-max-requests=0" },
        );
        lab.advance_ms(11_000);
        lab.writes.clear();
        puts(&mut lab, 10);
        lab.settle();
        assert_eq!(messages(&lab), [10]);
    }
}

#[test]
fn a_server_that_takes_no_writes_in_batches_gets_single_commands() {
    for (build, expected) in
        [("5.7.0.31", vec![1; 10]), ("", vec![1; 10]), ("6.0.0.1", vec![10]), ("10.1", vec![10])]
    {
        let server = aerospike_testserver::Config { build: build.into(), ..Lab::servers(1) };
        let mut lab = Lab::with_server(server, Config { pipeline_connections: 1, ..Config::default() });
        puts(&mut lab, 1);
        lab.settle();
        lab.writes.clear();
        puts(&mut lab, 10);
        lab.settle();
        assert_eq!(messages(&lab), expected, "{build}");
    }
}

/// The reply to merged commands: codes of rows by index, then the code of the whole.
fn reply(rows: &[(u32, u8)], code: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_frame(&mut bytes, FrameType::MESSAGE, |writer: &mut Writer<'_>| {
        for (index, code) in rows {
            Header { result_code: ResultCode(*code), timeout: *index, generation: 1, ..Header::default() }
                .write(writer);
        }
        Header { info3: info3::LAST, result_code: ResultCode(code), ..Header::default() }.write(writer);
    });
    bytes
}

/// What becomes of eight writes that are answered so; the server itself is out of reach afterwards.
fn answered_by(rows: &[(u32, u8)], code: u8) -> Vec<Result<Answered, Error>> {
    let mut lab = lab(Config::default());
    lab.hold = true;
    let mut ids = Vec::new();
    for n in 0..8 {
        ids.push(put(&mut lab, &key(n), n, &Policy::write()));
    }
    lab.settle();
    lab.refuse = true;
    lab.inject(&reply(rows, code));
    lab.advance_ms(2_000);
    results(&mut lab, ids)
}

#[test]
fn a_row_without_an_answer_is_in_doubt() {
    let ended = answered_by(&[(0, 0), (1, 0), (3, 5), (4, 0), (5, 0), (6, 0), (7, 0)], 0);
    assert!(ended[0].is_ok() && ended[5].is_ok());
    let error = ended[2].clone().unwrap_err();
    assert!(matches!(error.kind, ErrorKind::BadReply(_)) && error.in_doubt, "{error:?}");
    assert_eq!(server_code(&ended[3]), Some(ResultCode::RECORD_EXISTS));
    assert!(!ended[3].clone().unwrap_err().in_doubt);
}

#[test]
fn a_batch_that_was_refused_in_its_middle_leaves_its_rows_in_doubt() {
    for code in [ResultCode::PARAMETER, ResultCode::TIMEOUT, ResultCode(99)] {
        for result in answered_by(&[], code.0) {
            assert!(result.unwrap_err().in_doubt);
        }
    }
    let ended = answered_by(&[(0, 0)], 152);
    assert!(ended[0].is_ok() && ended[1].clone().unwrap_err().in_doubt);
}

#[test]
fn rows_that_nobody_asked_for_end_the_connection() {
    for rows in [&[(8, 0)][..], &[(0, 0), (0, 0)], &[(u32::MAX, 0)], &[(64, 0)], &[(70, 0)]] {
        let ended = answered_by(rows, 0);
        let bad = |result: &Result<Answered, Error>| {
            matches!(result, Err(Error { kind: ErrorKind::BadReply(_), in_doubt: true, .. }))
        };
        assert_eq!(ended.iter().filter(|result| bad(result)).count(), if rows[0].0 == 0 { 7 } else { 8 });
    }
}
