//! Large batch replies: buffers of 128 KiB, and what an error does to them.

use crate::batch_support::{ALL_KEYS, Batch, STOPPING_ERROR, message_count, run};
use crate::support::{CREATE_ONLY, Command, Peer, blob, frames};

const BUFFER: usize = 128 << 10;

fn peer() -> Peer {
    let mut peer = Peer::new();
    peer.expect("setup", &Command::write("small").bin("b", blob(&[1; 1000])), 0, 1);
    peer.expect("setup", &Command::write("large").bin("b", blob(&vec![2; 200_000])), 0, 1);
    peer
}

fn sizes(peer: &mut Peer, batch: &Batch) -> Vec<usize> {
    let (out, _) = peer.send(&batch.bytes());
    frames(&out).iter().map(|(_, body)| body.len()).collect()
}

#[test]
fn buffers_hold_whole_messages() {
    let mut peer = peer();
    let batch = Batch::new(0, vec![Command::get("small"); 400]);
    let (out, _) = peer.send(&batch.bytes());
    let frames = frames(&out);
    assert!(frames.len() > 3);
    assert!(frames.iter().all(|(_, body)| body.len() <= BUFFER));
    let counts: usize = frames.iter().map(|(_, body)| message_count(body)).sum();
    assert_eq!(counts, 401);
}

#[test]
fn a_larger_record_overtakes_in_a_frame_of_its_own() {
    let mut peer = peer();
    let batch = Batch::new(0, ["small", "large", "small"].map(Command::get));
    let sizes = sizes(&mut peer, &batch);
    assert_eq!(sizes.len(), 3);
    assert!(sizes[0] > BUFFER && sizes[1] > 2000 && sizes[1] < BUFFER && sizes[2] == 22);
}

#[test]
fn an_error_drops_its_own_buffer_only() {
    let mut peer = peer();
    let mut rows = vec![Command::get("small"); 400];
    rows[200] = Command::put("small").info2(CREATE_ONLY);
    let all = run(&mut peer, &Batch::new(ALL_KEYS, rows.clone()));
    assert_eq!((all.0.len(), all.1), (400, 0));
    let (without, code) = run(&mut peer, &Batch::new(0, rows.clone()));
    assert_eq!(code, 5);
    let (with, code) = run(&mut peer, &Batch::new(STOPPING_ERROR, rows));
    assert_eq!(code, 5);
    assert!(!without.is_empty() && without.len() < 200, "{} rows", without.len());
    assert!(with.len() > 200 && with.len() < 400, "{} rows", with.len());
    assert!(with.iter().any(|row| row.row == 200) && without.iter().all(|row| row.row < 200));
}
