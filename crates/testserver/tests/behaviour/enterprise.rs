//! What only the Enterprise Edition does answers 25, and every admin message 51.

use aerospike_testserver::Verdict;
use aerospike_wasm::wire::frame::{FrameType, write_frame};

use crate::support::{Command, Peer, answers};

#[test]
fn transactions_and_linearizable_reads() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    for command in [Command::get("k"), Command::put("k"), Command::delete("k")] {
        peer.expect("transaction", &command.clone().field(5, &[1; 8]), 25, 0);
        peer.expect("transaction id of any length", &command.clone().field(5, b""), 25, 0);
        for info4 in [1, 2, 4] {
            let mut command = command.clone();
            command.header.info4 = info4;
            peer.expect("info4", &command, 25, 0);
        }
    }
    peer.expect("linearize", &Command::get("k").info3(0x40), 25, 0);
    let mut locking = Command::put("k");
    locking.header.info4 = 0x70;
    peer.expect("other bits of info4", &locking, 0, 2);
}

#[test]
fn compressed_messages() {
    let mut peer = Peer::new();
    for body in [&b""[..], b"junk"] {
        let mut request = Vec::new();
        write_frame(&mut request, FrameType::COMPRESSED, |writer| writer.bytes(body));
        let (out, verdict) = peer.send(&request);
        assert_eq!(verdict, Verdict::Keep);
        assert_eq!((answers(&out)[0].code, out.len()), (25, 30));
    }
    peer.expect("asking for a compressed reply", &Command::get("k").info1(0x80), 2, 0);
}

#[test]
fn admin_messages() {
    let mut peer = Peer::new();
    let mut expected = vec![2, 2, 0, 0, 0, 0, 0, 16, 0, 51];
    expected.resize(8 + 16, 0);
    for (version, body) in [(2, &[0; 16][..]), (2, b""), (0, b"xx"), (2, &[0xff; 100])] {
        let mut request = Vec::new();
        write_frame(&mut request, FrameType::ADMIN, |writer| writer.bytes(body));
        request[0] = version;
        assert_eq!(peer.send(&request), (expected.clone(), Verdict::Keep));
    }
}
