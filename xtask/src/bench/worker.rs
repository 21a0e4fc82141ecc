//! One client under measurement, as a process that answers commands.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::peers::Client;

/// A running client; dropping it ends it.
pub(crate) struct Worker {
    pub(crate) name: String,
    /// What the names of its records begin with.
    pub(crate) prefix: String,
    pub(crate) is_floor: bool,
    prefixes: Vec<&'static str>,
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts a client and waits until it is connected.
    pub(crate) fn start(client: &Client, hosts: &str) -> Result<Self> {
        let mut child = command(client, hosts, &client.arguments)
            .stdin(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", client.name))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("{} has no pipes", client.name)
        };
        let mut worker = Self {
            name: client.name.clone(),
            prefix: client.prefix.into(),
            is_floor: client.is_floor,
            prefixes: super::peers::PREFIXES.to_vec(),
            child,
            stdin: Some(stdin),
            stdout: BufReader::new(stdout),
        };
        worker.answer()?;
        Ok(worker)
    }

    /// The prefixes of all clients' records.
    pub(crate) fn prefixes(&self) -> Vec<&'static str> {
        self.prefixes.clone()
    }

    /// Sends a command and waits for its answer.
    pub(crate) fn ask(&mut self, command: &str) -> Result<Value> {
        if let Some(stdin) = &mut self.stdin {
            writeln!(stdin, "{command}").with_context(|| format!("{} has ended", self.name))?;
        }
        self.answer().with_context(|| command.to_string())
    }

    fn answer(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        if line.is_empty() {
            bail!("{} failed; its error is above", self.name);
        }
        serde_json::from_str(&line).with_context(|| format!("{} answered '{}'", self.name, line.trim()))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stdin = None;
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// One cold start; what it took.
pub(crate) fn cold(client: &Client, hosts: &str) -> Result<Value> {
    let output = command(client, hosts, &["cold"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let Some(line) = text.lines().next() else { bail!("{} failed; its error is above", client.name) };
    Ok(serde_json::from_str(line)?)
}

fn command(client: &Client, hosts: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(&client.program);
    command.args(&client.before).arg(hosts).args(arguments).stdout(Stdio::piped()).stderr(Stdio::inherit());
    for (name, value) in &client.environment {
        command.env(name, value);
    }
    command
}

/// What the first of the servers says it is.
pub(crate) fn server_build(hosts: &str) -> String {
    ask_info(hosts).unwrap_or_else(|error| format!("unknown ({error:#})"))
}

/// Edition and build, by an info request.
fn ask_info(hosts: &str) -> Result<String> {
    let host = hosts.split(',').next().unwrap_or_default();
    let mut socket = std::net::TcpStream::connect(host)?;
    let request = b"edition\nbuild\n";
    socket.write_all(&[&[2, 1, 0, 0, 0, 0, 0, request.len() as u8], &request[..]].concat())?;
    let mut reader = BufReader::new(socket);
    let mut header = [0; 8];
    std::io::Read::read_exact(&mut reader, &mut header)?;
    let mut words = Vec::new();
    for _ in 0..2 {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        words.push(line.trim().split('\t').nth(1).unwrap_or_default().to_string());
    }
    Ok(format!("{}, {} nodes", words.join(" "), hosts.split(',').count()))
}
