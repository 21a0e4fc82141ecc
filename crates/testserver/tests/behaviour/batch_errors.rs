//! Batches in which something goes wrong: a row, or the batch itself.

use aerospike_testserver::Config;

use crate::batch_support::{ALL_KEYS, Batch, Row, STOPPING_ERROR, codes, run};
use crate::support::{CREATE_ONLY, Command, INCR, Peer, STR, int};

fn failing_in_the_middle() -> Vec<Command> {
    vec![
        Command::put("a"),
        Command::put("present").info2(CREATE_ONLY),
        Command::put("b"),
        Command::get("none"),
    ]
}

fn peer() -> Peer {
    let mut peer = Peer::new();
    peer.store("present", 1);
    peer
}

#[test]
fn with_all_keys_every_row_answers() {
    let (rows, code) = run(&mut peer(), &Batch::new(ALL_KEYS, failing_in_the_middle()));
    assert_eq!((code, codes(&rows)), (0, vec![(0, 0), (1, 5), (2, 0), (3, 2)]));
    assert_eq!(rows[1].generation, 1);
}

#[test]
fn without_it_the_reply_stops_but_not_the_work() {
    let mut peer = peer();
    let (rows, code) = run(&mut peer, &Batch::new(0, failing_in_the_middle()));
    assert_eq!((code, rows.len()), (5, 0));
    peer.expect("before", &Command::get("a"), 0, 1);
    peer.expect("after", &Command::get("b"), 0, 1);
}

#[test]
fn the_buffer_with_the_error_can_be_asked_for() {
    let (rows, code) = run(&mut peer(), &Batch::new(STOPPING_ERROR, failing_in_the_middle()));
    assert_eq!((code, codes(&rows)), (5, vec![(0, 0), (1, 5), (2, 0), (3, 2)]));
}

#[test]
fn not_found_never_stops_it() {
    let rows =
        [Command::get("none"), Command::delete("none"), Command::touch("none"), Command::get("present")];
    let (rows, code) = run(&mut peer(), &Batch::new(0, rows));
    assert_eq!((code, codes(&rows)), (0, vec![(0, 2), (1, 2), (2, 2), (3, 0)]));
}

#[test]
fn an_unknown_namespace_ends_the_batch() {
    for flags in [0, ALL_KEYS, STOPPING_ERROR] {
        let mut peer = peer();
        let rows = [Command::put("a"), Command::put("b").namespace(Some(b"nope")), Command::put("c")];
        let (rows, code) = run(&mut peer, &Batch::new(flags, rows));
        assert_eq!((code, rows.len()), (4, 0));
        peer.expect("rows before were executed", &Command::get("a"), 0, 1);
        peer.expect("rows behind were not", &Command::get("c"), 2, 0);
    }
}

#[test]
fn malformed_rows() {
    let repeat_first = vec![Row::Repeat("a"), Row::Full(Command::get("a"))];
    let after_a_key = vec![Row::Full(Command::put("a").user_key(STR, b"a")), Row::Repeat("b")];
    let no_namespace = vec![Row::Full(Command::get("a").namespace(None))];
    let cut = vec![Row::Full(Command::put("a")), Row::Raw(vec![0, 0, 0, 1, 9])];
    let namespace_second = {
        let mut command = Command::get("a").namespace(None);
        command.fields.push((0, b"test".to_vec()));
        vec![Row::Full(command)]
    };
    for rows in [repeat_first, after_a_key, no_namespace, cut, namespace_second] {
        let mut batch = Batch::new(ALL_KEYS, Vec::<Row>::new());
        batch.rows = rows;
        let (rows, code) = run(&mut peer(), &batch);
        assert_eq!((code, rows.len()), (4, 0));
    }
}

#[test]
fn counts() {
    let mut batch = Batch::new(0, [Command::put("a")]);
    batch.count = Some(0);
    assert_eq!(run(&mut peer(), &batch).1, 4);
    batch.count = Some(2);
    let mut peer = peer();
    assert_eq!(run(&mut peer, &batch).1, 4);
    peer.expect("the row that is there was executed", &Command::get("a"), 0, 1);
    batch.count = Some(u32::MAX);
    assert_eq!(run(&mut peer, &batch).1, 4);
}

#[test]
fn too_many_rows() {
    let mut peer = Peer::with(Config { batch_max_requests: 2, ..Config::default() });
    let rows = || ["a", "b", "c"].map(Command::put);
    let (answers, code) = run(&mut peer, &Batch::new(ALL_KEYS, rows()));
    assert_eq!((code, answers.len()), (151, 0));
    peer.expect("nothing was executed", &Command::get("a"), 2, 0);
    assert_eq!(run(&mut peer, &Batch::new(ALL_KEYS, rows().into_iter().take(2))).1, 0);
}

#[test]
fn errors_of_one_row() {
    let rows = [
        Command::put("a").bin("sixteen bytes...", int(1)),
        Command::put("present").field(43, &[0xc1]),
        Command::put("present").field(5, &[0; 8]),
        Command::write("a"),
        Command::write("present").op(INCR, "a", (STR, b"x".to_vec())),
    ];
    let (rows, code) = run(&mut peer(), &Batch::new(ALL_KEYS, rows));
    assert_eq!((code, codes(&rows)), (0, vec![(0, 21), (1, 4), (2, 25), (3, 4), (4, 12)]));
}

#[test]
fn a_broken_filter_of_the_whole_batch() {
    let mut peer = peer();
    let mut batch = Batch::new(ALL_KEYS, [Command::put("a")]);
    batch.filter = Some(vec![0xc1]);
    let (rows, code) = run(&mut peer, &batch);
    assert_eq!((code, rows.len()), (4, 0));
    peer.expect("nothing was executed", &Command::get("a"), 2, 0);
}

#[test]
fn a_failed_function_says_why() {
    let call = Command::write("present").field(30, b"p").field(31, b"f").field(32, &[0x90]);
    let (rows, _) = run(&mut peer(), &Batch::new(ALL_KEYS, [call]));
    assert_eq!((rows[0].code, rows[0].names()), (100, vec!["FAILURE"]));
}

#[test]
fn batches_switched_off() {
    let mut peer = peer();
    assert_eq!(peer.info("set-config:context=service;batch-index-threads=0"), "ok");
    let (rows, code) = run(&mut peer, &Batch::new(ALL_KEYS, [Command::put("a")]));
    assert_eq!((code, rows.len()), (150, 0));
}
