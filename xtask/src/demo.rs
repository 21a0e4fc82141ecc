//! The write-operations tour, in Node.

use std::process::Command;

use anyhow::Result;

use crate::shell::step;
use crate::{build, server, shell};

/// Builds what the tour needs and runs it against `hosts`, or against an embedded server.
pub(crate) fn run(hosts: Option<&str>) -> Result<()> {
    build::package()?;
    if let Some(hosts) = hosts {
        step(&format!("the write-operations tour against {hosts}"));
        return tour(hosts);
    }
    let server = server::start(1, 600)?;
    step(&format!("the write-operations tour against an embedded server on {}", server.hosts));
    tour(&server.hosts)
}

/// Runs the tour itself.
pub(crate) fn tour(hosts: &str) -> Result<()> {
    shell::run(Command::new("node").arg("examples/node/write-operations.mjs").env("AEROSPIKE_HOSTS", hosts))
}
