//! Commands of this server only, for tests that drive it over TCP; off unless the configuration says otherwise.
//! [`crate::Config::test_commands`] describes them.
//!
//! Imports faults and the cluster.

use aerospike_wasm::wire::ResultCode;

use super::Command;
use crate::config::TlsAddress;
use crate::fault::Fault;
use crate::server::Core;

const REFUSED: &str = "ERROR:4:bad parameter";

pub(super) fn answer(name: &str, command: &Command<'_>, core: &mut Core) -> Option<String> {
    if !core.config.test_commands {
        return None;
    }
    let done = match name {
        "test-fault" => fault(command, core),
        "test-node" => node(command, core),
        "test-clock" => clock(command, core),
        "test-tls" => tls(command, core),
        "test-user" => user(command, core),
        "test-sessions" => sessions(command, core),
        _ => return None,
    };
    Some(done.map_or(REFUSED, |()| "ok").into())
}

fn fault(command: &Command<'_>, core: &mut Core) -> Option<()> {
    let small = |key| command.number(key).and_then(|number| u32::try_from(number).ok());
    let fault = match command.param("kind")? {
        b"clear" => {
            core.faults.clear();
            return Some(());
        }
        b"answer" => Fault::Answer(ResultCode(small("code").and_then(|code| u8::try_from(code).ok())?)),
        b"cut" => Fault::Cut(small("bytes")? as usize),
        b"swallow" => Fault::Swallow,
        b"garbage" => Fault::Garbage,
        b"drop" => Fault::Drop,
        _ => return None,
    };
    let node = match command.param("node") {
        Some(name) => Some(core.cluster.find(name)?),
        None => None,
    };
    core.faults.add(node, fault, small("count").unwrap_or(1));
    Some(())
}

fn node(command: &Command<'_>, core: &mut Core) -> Option<()> {
    let node = core.cluster.find(command.param("name")?)?;
    if command.param("rack").is_some() {
        core.cluster.set_rack(node, Some(u32::try_from(command.number("rack")?).ok()?));
        return Some(());
    }
    match command.flag("up") {
        Some(is_up) => core.set_node_up(node, is_up),
        None => core.cluster.set_balanced(node, command.flag("balanced")?),
    }
    Some(())
}

fn tls(command: &Command<'_>, core: &mut Core) -> Option<()> {
    let node = core.cluster.find(command.param("name")?)?;
    let text = |key| core::str::from_utf8(command.param(key)?).ok().map(String::from);
    let port = u16::try_from(command.number("port")?).ok()?;
    core.cluster.set_tls(node, TlsAddress { name: text("tls-name")?, host: text("host")?, port });
    Some(())
}

fn user(command: &Command<'_>, core: &mut Core) -> Option<()> {
    let code = u8::try_from(command.number("code")?).ok()?;
    let name = core::str::from_utf8(command.param("name")?).ok()?;
    core.refuse_login(name, ResultCode(code))
}

fn sessions(command: &Command<'_>, core: &mut Core) -> Option<()> {
    let node = core.cluster.find(command.param("forget")?)?;
    core.security_mut()?.forget_node(node);
    Some(())
}

fn clock(command: &Command<'_>, core: &mut Core) -> Option<()> {
    core.clock_ahead = core.clock_ahead.saturating_add(command.number("advance")?.saturating_mul(1000));
    Some(())
}
