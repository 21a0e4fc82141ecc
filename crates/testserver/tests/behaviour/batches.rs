//! Batches: rows of every kind, repeats, indexes.

use crate::batch_support::{ALL_KEYS, Batch, Row, codes, run};
use crate::support::{Command, GEN_EQUAL, INCR, Peer, RESPOND_ALL, int};

fn peer() -> Peer {
    let mut peer = Peer::new();
    for (at, key) in ["a", "b", "c"].into_iter().enumerate() {
        peer.expect("setup", &Command::write(key).bin("n", int(at as i64)), 0, 1);
    }
    peer
}

#[test]
fn reads_of_every_kind() {
    let rows = [
        Command::get("a"),
        Command::exists("b"),
        Command::read("c").select("n").select("zz"),
        Command::read("c").select("zz").info2(RESPOND_ALL),
        Command::get("none"),
    ];
    let (rows, code) = run(&mut peer(), &Batch::new(ALL_KEYS, rows));
    assert_eq!(code, 0);
    assert_eq!(codes(&rows), [(0, 0), (1, 0), (2, 0), (3, 0), (4, 2)]);
    assert_eq!(rows[0].value("n"), int(0));
    assert!(rows[1].ops.is_empty());
    assert_eq!(rows[2].names(), ["n"]);
    assert_eq!(rows[3].ops, [(1, "zz".into(), 0, vec![])]);
    assert!(rows[..4].iter().all(|row| row.generation == 1));
}

#[test]
fn writes_of_every_kind() {
    let mut peer = peer();
    let rows = [
        Command::put("a"),
        Command::operate("b").op(INCR, "n", int(5)).select("n").info2(RESPOND_ALL),
        Command::delete("c"),
        Command::touch("a").ttl(100),
        Command::put("new").ttl(100),
        Command::delete("none"),
        Command::put("a").info2(GEN_EQUAL).generation(9),
    ];
    let (rows, code) = run(&mut peer, &Batch::new(ALL_KEYS, rows));
    assert_eq!(code, 0);
    assert_eq!(codes(&rows), [(0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 2), (6, 3)]);
    assert_eq!(rows.iter().map(|row| row.generation).collect::<Vec<_>>(), [2, 2, 0, 3, 1, 0, 3]);
    assert_eq!(rows[1].ops, [(INCR, "n".into(), 0, vec![]), (1, "n".into(), 1, int(6).1)]);
    assert!(rows[3].void_time > 0 && rows[4].void_time > 0);
}

#[test]
fn repeats() {
    let rows =
        [Row::Full(Command::read("a").select("n")), Row::Repeat("b"), Row::Repeat("none"), Row::Repeat("c")];
    let (rows, _) = run(&mut peer(), &Batch::new(0, rows));
    assert_eq!(codes(&rows), [(0, 0), (1, 0), (2, 2), (3, 0)]);
    assert_eq!([rows[0].value("n"), rows[1].value("n"), rows[3].value("n")], [int(0), int(1), int(2)]);
}

#[test]
fn a_repeated_write() {
    let mut peer = peer();
    let rows = [Row::Full(Command::write("a").op(INCR, "n", int(10))), Row::Repeat("b"), Row::Repeat("b")];
    let (rows, _) = run(&mut peer, &Batch::new(0, rows));
    assert_eq!(rows.iter().map(|row| row.generation).collect::<Vec<_>>(), [2, 2, 3]);
    assert_eq!(peer.run(&Command::get("b")).value("n"), int(21));
}

#[test]
fn rows_of_two_namespaces() {
    let mut peer = peer();
    let rows = [Command::put("a").namespace(Some(b"bar")), Command::get("a")];
    let (rows, _) = run(&mut peer, &Batch::new(0, rows));
    assert_eq!(rows.iter().map(|row| row.generation).collect::<Vec<_>>(), [1, 1]);
    peer.expect("only there", &Command::get("a").namespace(Some(b"bar")), 0, 1);
}

#[test]
fn a_row_without_its_flags_is_a_read() {
    let mut row = vec![0, 0, 0, 7];
    row.extend(Command::get("a").digest.unwrap());
    row.extend([0x00, 0x03, 0, 1, 0, 0, 0, 0, 0, 5, 0]);
    row.extend(b"test");
    let (rows, code) = run(&mut peer(), &Batch::new(0, [Row::Raw(row)]));
    assert_eq!((code, codes(&rows)), (0, vec![(7, 0)]));
    assert_eq!(rows[0].names(), ["n"]);
}

#[test]
fn more_bytes_than_rows_are_ignored() {
    let rows = [Row::Full(Command::get("a")), Row::Raw(vec![1, 2, 3])];
    let mut batch = Batch::new(0, rows);
    batch.count = Some(1);
    let (rows, code) = run(&mut peer(), &batch);
    assert_eq!((code, rows.len()), (0, 1));
}

#[test]
fn the_reply_is_rows_and_a_last_message_of_its_own() {
    let mut peer = peer();
    let (out, _) = peer.send(&Batch::new(0, [Command::exists("a"), Command::exists("b")]).bytes());
    let frames = crate::support::frames(&out);
    assert_eq!(frames.len(), 2);
    assert_eq!((frames[0].1.len(), frames[1].1.len()), (44, 22));
}
