//! The grammar of info requests: exact echoes, names, parameters.

use crate::support::{Peer, frames, info};

fn reply(body: &str) -> String {
    let (out, _) = Peer::new().send(&info(body));
    let frames = frames(&out);
    assert_eq!((frames.len(), frames[0].0), (1, 1));
    String::from_utf8(frames[0].1.clone()).unwrap()
}

#[test]
fn commands_are_echoed_and_answered_in_order() {
    assert_eq!(reply("node\nbuild\n"), "node\tA2\nbuild\t8.1.2.0\n");
    assert_eq!(reply("node\nnode\n"), "node\tA2\nnode\tA2\n");
}

#[test]
fn an_unterminated_last_command_is_ignored() {
    assert_eq!(reply("node\nbuild"), "node\tA2\n");
    assert_eq!(reply("node"), "");
}

#[test]
fn unknown_and_empty_names() {
    assert_eq!(reply("nope\n"), "nope\tERROR:4:unrecognized command\n");
    assert_eq!(reply("\n"), "\tERROR:4:unrecognized command\n");
    assert_eq!(reply(" node\nnode \nnode\r\n").matches("unrecognized").count(), 3);
    let long = "n".repeat(40);
    assert_eq!(reply(&format!("{long}\n")), format!("{long}\tERROR:4:unrecognized command\n"));
}

#[test]
fn a_nul_ends_the_request() {
    assert_eq!(reply("node\nbuild\0\nnode\n"), "node\tA2\n");
}

#[test]
fn parameters_of_a_command_that_takes_none_are_ignored() {
    assert_eq!(reply("node:x=1\nnode/\nnode;\n"), "node:x=1\tA2\nnode/\tA2\nnode;\tA2\n");
}

#[test]
fn enterprise_commands() {
    for name in ["rack-ids", "service-tls-std", "peers-tls-std", "peers-tls-alt", "quiesce"] {
        assert_eq!(Peer::new().info(name), "ERROR:25:enterprise only");
    }
}

#[test]
fn commands_for_tests_are_off_unless_configured() {
    for name in ["test-fault:kind=drop", "test-node:name=A2;up=false", "test-clock:advance=1"] {
        assert_eq!(Peer::new().info(name), "ERROR:4:unrecognized command");
    }
}
