//! The embedded test server as a child process: started on a free port, ended with its guard.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::shell::{cargo, run, step};

/// A running server; dropping it ends it.
pub(crate) struct Server {
    child: Child,
    /// Its addresses, `host:port` joined by commas.
    pub(crate) hosts: String,
}

/// Builds the server program and gives its path.
pub(crate) fn build() -> Result<std::path::PathBuf> {
    step("building the test server");
    run(cargo().args(["build", "--profile", "tool", "--package", "aerospike-testserver"]))?;
    Ok(crate::shell::root().join("target/tool").join(if cfg!(windows) {
        "aerospike-testserver.exe"
    } else {
        "aerospike-testserver"
    }))
}

/// Starts a server of `nodes` nodes on free ports. It ends by itself when this process does, or after `seconds`.
pub(crate) fn start(nodes: u32, seconds: u32) -> Result<Server> {
    let program = build()?;
    let mut child = Command::new(program)
        .args([
            "--port",
            "0",
            "--nodes",
            &nodes.to_string(),
            "--seconds",
            &seconds.to_string(),
            "--stdin-guard",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start the test server")?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    let Some(hosts) = line.trim().strip_prefix("listening ") else {
        child.kill().ok();
        bail!("the test server did not start: '{}'", line.trim());
    };
    Ok(Server { child, hosts: hosts.into() })
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
