//! The test server as a child process.
//!
//! Imports `std`. The server listens on loopback, on free ports, and ends with its guard, with this process, or after
//! some minutes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

/// A running server; dropping it ends it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Addresses of its nodes, `host:port`.
    pub hosts: Vec<String>,
}

impl Server {
    /// Starts a server of `nodes` nodes on free ports.
    ///
    /// # Errors
    /// Its program is not there (`AEROSPIKE_TESTSERVER`, or `target/tool/aerospike-testserver`), or does not start.
    pub fn start(nodes: u32) -> Result<Self> {
        Self::start_at(0, nodes)
    }

    /// Starts a server whose first node has that port.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start_at(port: u16, nodes: u32) -> Result<Self> {
        Self::start_with(port, nodes, &[])
    }

    /// Starts a server on free ports that wants a login; users are `NAME:PASSWORD:ROLES`.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start_secured(nodes: u32, users: &[&str]) -> Result<Self> {
        let options: Vec<&str> = users.iter().flat_map(|user| ["--user", user]).collect();
        Self::start_with(0, nodes, &options)
    }

    /// Starts a server with more options of the program.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start_with(port: u16, nodes: u32, options: &[&str]) -> Result<Self> {
        let program = std::env::var_os("AEROSPIKE_TESTSERVER").map_or_else(
            || {
                PathBuf::from(concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/../../../target/tool/aerospike-testserver"
                ))
            },
            PathBuf::from,
        );
        let (port, nodes) = (port.to_string(), nodes.to_string());
        let mut child = Command::new(&program)
            .args(["--port", &port, "--nodes", &nodes, "--seconds", "300", "--stdin-guard"])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let Some(hosts) = line.trim().strip_prefix("listening ") else {
            child.kill().ok();
            bail!("the test server did not start: '{}'", line.trim());
        };
        let hosts = hosts.split(',').map(String::from).collect();
        Ok(Self { child, hosts })
    }

    /// Gives a node a test command, such as `test-fault`, which must answer `ok`.
    ///
    /// # Errors
    /// It answered something else.
    pub fn command(&self, node: usize, command: &str) -> Result<()> {
        let answer = info(&self.hosts[node], command)?;
        match answer.split_once('\t') {
            Some((_, "ok\n")) => Ok(()),
            _ => bail!("{command}: {answer}"),
        }
    }
}

impl Server {
    /// One of a node's statistics.
    ///
    /// # Errors
    /// It has none of that name.
    pub fn statistic(&self, node: usize, name: &str) -> Result<String> {
        let answer = info(&self.hosts[node], "statistics")?;
        let all = answer.trim_end().split(['\t', ';']);
        let found = all.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
        found.map(|(_, value)| value.into()).with_context(|| format!("there is no {name}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Asks a node for an info value and gives its answer, the name included.
fn info(address: &str, command: &str) -> Result<String> {
    let body = format!("{command}\n");
    let mut request = vec![2, 1];
    request.extend_from_slice(&(body.len() as u64).to_be_bytes()[2..]);
    request.extend_from_slice(body.as_bytes());
    let mut socket = TcpStream::connect(address)?;
    socket.write_all(&request)?;
    let mut header = [0; 8];
    socket.read_exact(&mut header)?;
    let length = u64::from_be_bytes(header) & 0xffff_ffff_ffff;
    let mut answer = vec![0; usize::try_from(length)?.min(1 << 20)];
    socket.read_exact(&mut answer)?;
    Ok(String::from_utf8(answer)?)
}
