//! The program: options, the line it prints when ready, sockets, and how it ends.

#![allow(clippy::unwrap_used, reason = "a test that meets what it does not expect ends")]

use core::time::Duration;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use aerospike_wasm::wire::frame::{FrameHeader, HEADER_SIZE};
use aerospike_wasm::wire::info::write_request;

const PROGRAM: &str = env!("CARGO_BIN_EXE_aerospike-testserver");

/// A running program that ends with this value, whatever the test does.
struct Running {
    child: Child,
    addresses: Vec<String>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["--port", "0", "--seconds", "30", "--stdin-guard"]).args(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let addresses =
            line.strip_prefix("listening ").unwrap().trim_end().split(',').map(Into::into).collect();
        Self { child, addresses }
    }

    fn connect(&self, node: usize) -> TcpStream {
        let socket = TcpStream::connect(&self.addresses[node]).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        socket
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn info(socket: &mut TcpStream, command: &str) -> String {
    let mut request = Vec::new();
    write_request(&mut request, &[command]);
    socket.write_all(&request).unwrap();
    let mut header = [0; HEADER_SIZE];
    socket.read_exact(&mut header).unwrap();
    let mut body = vec![0; FrameHeader::from_bytes(header).size as usize];
    socket.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap().split_once('\t').unwrap().1.trim_end().to_owned()
}

fn output(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn help() {
    let help = output(&["--help"]);
    let text = String::from_utf8(help.stdout).unwrap();
    assert!(help.status.success());
    for option in ["--port", "--nodes", "--seconds", "--stdin-guard", "--cluster-name"] {
        assert!(text.contains(option), "{option}");
    }
}

#[test]
fn bad_options() {
    for (arguments, says) in [
        (&["--bogus"][..], "unknown option --bogus"),
        (&["--port"], "--port needs a value"),
        (&["--port", "many"], "not a number"),
        (&["--port=70000"], "not a number in range"),
        (&["--nodes", "0"], "--nodes must be"),
        (&["--port", "65535", "--nodes", "2"], "no room"),
        (&["--cluster-name", ""], "--cluster-name"),
    ] {
        let output = output(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(says), "{arguments:?}: {text}");
    }
}

#[test]
fn nodes_tell_where_they_really_listen() {
    let running = Running::start(&["--nodes", "2", "--cluster-name", "mine"]);
    assert_eq!(running.addresses.len(), 2);
    let (mut first, mut second) = (running.connect(0), running.connect(1));
    assert_eq!(info(&mut first, "node"), "A1");
    assert_eq!(info(&mut second, "node"), "A2");
    assert_eq!(info(&mut first, "service-clear-std"), running.addresses[0]);
    assert_eq!(info(&mut first, "peers-clear-std"), format!("1,3000,[[A2,,[{}]]]", running.addresses[1]));
    assert_eq!(info(&mut second, "cluster-name"), "mine");
}

#[test]
fn a_node_that_goes_down_closes_its_connections_and_refuses_new_ones() {
    let running = Running::start(&["--nodes", "2"]);
    let (mut first, mut second) = (running.connect(0), running.connect(1));
    assert_eq!(info(&mut second, "node"), "A2");
    assert_eq!(info(&mut first, "test-node:name=A2;up=false"), "ok");
    assert_eq!(second.read(&mut [0; 8]).unwrap(), 0);
    assert!(matches!(running.connect(1).read(&mut [0; 8]), Ok(0) | Err(_)));
    assert_eq!(info(&mut first, "test-node:name=A2;up=true"), "ok");
    assert_eq!(info(&mut running.connect(1), "node"), "A2");
}

#[test]
fn it_ends_when_standard_input_does() {
    let mut running = Running::start(&[]);
    drop(running.child.stdin.take());
    assert!(running.child.wait().unwrap().success());
}

#[test]
fn it_ends_after_the_given_time() {
    assert!(output(&["--port", "0", "--seconds", "1"]).status.success());
}

#[test]
fn ipv6() {
    if let Err(error) = std::net::TcpListener::bind("[::1]:0") {
        println!("NOT CHECKED: IPv6, because this machine has no [::1] ({error})");
        return;
    }
    let server = Running::start(&["--ipv6", "--nodes", "2"]);
    assert!(server.addresses.iter().all(|address| address.starts_with("[::1]:")), "{:?}", server.addresses);
    assert_eq!(info(&mut server.connect(0), "service-clear-std"), server.addresses[0]);
    assert!(info(&mut server.connect(0), "peers-clear-std").contains(&server.addresses[1]));
}
