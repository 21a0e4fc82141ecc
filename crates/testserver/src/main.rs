//! The server as a program: sockets, threads and the clock around the machine.
//!
//! Imports the library and `std`. One thread accepts per node, one reads per connection; all share the machine
//! behind a lock, which a thread holds while it answers what one read gave it. Listens on loopback only.

extern crate alloc;

mod options;

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::time::Duration;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::UNIX_EPOCH;

use aerospike_testserver::{Config, ConnectionId, SecurityConfig, SecurityMode, Server, Verdict};

use options::{Options, Wanted};

/// How much one read takes from a socket.
const READ_SIZE: usize = 256 << 10;

/// The machine and the sockets of its connections.
struct Shared {
    server: Server,
    sockets: BTreeMap<ConnectionId, TcpStream>,
}

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(Wanted::Run(options)) => options,
        Ok(Wanted::Help) => {
            print!("{}", options::HELP);
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("aerospike-testserver: {problem}\nTry --help.");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("aerospike-testserver: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> std::io::Result<()> {
    let listeners = listen(options)?;
    let mut config = Config::with_nodes(options.nodes);
    config.cluster_name.clone_from(&options.cluster_name);
    config.test_commands = true;
    if !options.users.is_empty() {
        let users = options.users.clone();
        let session_ttl_seconds = options.session_ttl;
        config.security =
            SecurityMode::On(SecurityConfig { users, session_ttl_seconds, certificate_user: None });
    }
    config.unix_millis = unix_millis();
    let mut server = Server::new(config);
    let mut addresses = Vec::new();
    for (node, listener) in listeners.iter().enumerate() {
        let address = listener.local_addr()?;
        server.set_node_address(node, &address.ip().to_string(), address.port());
        addresses.push(address.to_string());
    }
    let shared = Arc::new(Mutex::new(Shared { server, sockets: BTreeMap::new() }));
    for (node, listener) in listeners.into_iter().enumerate() {
        let shared = Arc::clone(&shared);
        thread::spawn(move || accept(node, &listener, &shared));
    }
    println!("listening {}", addresses.join(","));
    std::io::stdout().flush()?;
    wait(options);
    Ok(())
}

/// The sockets: on ports in a row, or on free ones.
fn listen(options: &Options) -> std::io::Result<Vec<TcpListener>> {
    let port = |node: usize| match options.port {
        0 => Some(0),
        first => u16::try_from(usize::from(first) + node).ok(),
    };
    let ports =
        (0..options.nodes).map(|node| port(node).ok_or_else(|| std::io::Error::other("no such port")));
    let address: IpAddr = if options.ipv6 { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() };
    ports.map(|port| TcpListener::bind((address, port?))).collect()
}

/// Returns when the program is to end.
fn wait(options: &Options) {
    if options.stdin_guard {
        let seconds = options.seconds;
        if let Some(seconds) = seconds {
            thread::spawn(move || {
                thread::sleep(Duration::from_secs(seconds));
                std::process::exit(0);
            });
        }
        let mut nothing = [0; 256];
        while matches!(std::io::stdin().read(&mut nothing), Ok(1..)) {}
    } else if let Some(seconds) = options.seconds {
        thread::sleep(Duration::from_secs(seconds));
    } else {
        loop {
            thread::park();
        }
    }
}

fn accept(node: usize, listener: &TcpListener, shared: &Arc<Mutex<Shared>>) {
    for socket in listener.incoming().flatten() {
        let shared = Arc::clone(shared);
        thread::spawn(move || serve(node, socket, &shared));
    }
}

/// Serves one connection until either side closes it.
fn serve(node: usize, mut socket: TcpStream, shared: &Mutex<Shared>) {
    let Some(id) = register(node, &socket, shared) else { return };
    let mut input = vec![0; READ_SIZE];
    let mut output = Vec::new();
    while let Ok(count @ 1..) = socket.read(&mut input) {
        output.clear();
        let verdict = receive(shared, id, &input[..count], &mut output);
        if socket.write_all(&output).is_err() || verdict == Verdict::Close {
            break;
        }
    }
    let mut all = lock(shared);
    all.server.close(id);
    all.sockets.remove(&id);
    let _ = socket.shutdown(Shutdown::Both);
}

fn register(node: usize, socket: &TcpStream, shared: &Mutex<Shared>) -> Option<ConnectionId> {
    socket.set_nodelay(true).ok()?;
    let copy = socket.try_clone().ok()?;
    let mut all = lock(shared);
    let id = all.server.open(node)?;
    all.sockets.insert(id, copy);
    Some(id)
}

fn receive(shared: &Mutex<Shared>, id: ConnectionId, bytes: &[u8], output: &mut Vec<u8>) -> Verdict {
    let mut all = lock(shared);
    all.server.set_unix_millis(unix_millis());
    let verdict = all.server.receive(id, bytes, output);
    for dead in all.server.close_dead() {
        if let Some(socket) = all.sockets.remove(&dead) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
    verdict
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(clippy::disallowed_types, reason = "the program, not the machine, reads the system clock")]
fn unix_millis() -> u64 {
    let now = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}
