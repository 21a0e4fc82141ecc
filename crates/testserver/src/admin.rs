//! Admin messages: logging in, and the management of users.
//!
//! Imports the core's admin messages and `security`. Source: C client `as_admin.c`, server `security_ce.c`. Roles cannot
//! be made: messages about them are refused as unknown commands.

use alloc::collections::BTreeSet;

use aerospike_wasm::wire::admin::{AdminCommand, AdminField, Entry, write_body, write_entry};
use aerospike_wasm::wire::frame::{FrameType, write_frame};
use aerospike_wasm::wire::{Reader, ResultCode};

use crate::config::SecurityMode;
use crate::info::Session;
use crate::security::{Action, Security, Token, User};
use crate::server::Core;

/// Answers one admin message.
pub(crate) fn answer(core: &mut Core, session: &mut Session, body: &[u8], out: &mut Vec<u8>) {
    let now = core.store.clock.0;
    let mode = match core.config.security {
        SecurityMode::Off => ResultCode::SECURITY_NOT_ENABLED,
        _ => ResultCode::SECURITY_NOT_SUPPORTED,
    };
    let Some(security) = core.security_mut() else { return write_code(mode, out) };
    let entry = match Entry::read_only(body) {
        Ok(entry) => entry,
        Err(_) => return write_code(ResultCode::INVALID_FIELD, out),
    };
    let done = match entry.command {
        AdminCommand::LOGIN => return login(security, session, now, &entry, out),
        AdminCommand::AUTHENTICATE => authenticate(security, session, now, &entry),
        _ => manage(security, session.token, now, &entry, out),
    };
    match done {
        // What is listed was written already.
        Ok(()) if entry.command == AdminCommand::QUERY_USERS => {}
        done => write_code(done.err().unwrap_or_default(), out),
    }
}

fn write_code(code: ResultCode, out: &mut Vec<u8>) {
    write_entry(out, AdminCommand(0), code, |_| ());
}

fn login(security: &mut Security, session: &mut Session, now: u64, entry: &Entry<'_>, out: &mut Vec<u8>) {
    let (user, credential) = (entry.field(AdminField::USER), entry.field(AdminField::CREDENTIAL));
    let clear = entry.field(AdminField::CLEAR_PASSWORD);
    match security.login(session.node, now, user, credential, clear) {
        Err(code) => write_code(code, out),
        Ok((token, ttl)) => {
            session.token = Some(token);
            write_entry(out, AdminCommand(0), ResultCode::OK, |fields| {
                fields.field(AdminField::SESSION_TOKEN, &token.bytes());
                fields.field(AdminField::SESSION_TTL, &ttl.to_be_bytes());
            });
        }
    }
}

fn authenticate(
    security: &Security,
    session: &mut Session,
    now: u64,
    entry: &Entry<'_>,
) -> Result<(), ResultCode> {
    let token = entry.field(AdminField::SESSION_TOKEN).ok_or(ResultCode::INVALID_FIELD)?;
    session.token = Some(security.authenticate(session.node, now, entry.field(AdminField::USER), token)?);
    Ok(())
}

/// Commands about users: those of others need the role `user-admin`.
fn manage(
    security: &mut Security,
    token: Option<Token>,
    now: u64,
    entry: &Entry<'_>,
    out: &mut Vec<u8>,
) -> Result<(), ResultCode> {
    let caller = security.user(token, now)?.to_owned();
    let user = text(entry, AdminField::USER);
    let is_own = entry.command == AdminCommand::CHANGE_PASSWORD || entry.command == AdminCommand::QUERY_USERS;
    if !is_own || user.as_deref() != Ok(&caller) {
        security.check(token, now, Action::ManageUsers)?;
    }
    match entry.command {
        AdminCommand::CREATE_USER => create(security, user?, entry),
        AdminCommand::DROP_USER => drop_user(security, &user?),
        AdminCommand::SET_PASSWORD => {
            known(security, &user?)?.credential = hash(entry, AdminField::PASSWORD)?;
            Ok(())
        }
        AdminCommand::CHANGE_PASSWORD => change_password(security, &user?, entry),
        AdminCommand::GRANT_ROLES => {
            let mut granted = roles(entry)?;
            known(security, &user?)?.roles.append(&mut granted);
            Ok(())
        }
        AdminCommand::REVOKE_ROLES => {
            let revoked = roles(entry)?;
            known(security, &user?)?.roles.retain(|role| !revoked.contains(role));
            Ok(())
        }
        AdminCommand::QUERY_USERS => {
            let user = entry.field(AdminField::USER).is_some().then_some(user).transpose()?;
            list(security, user.as_deref(), out)
        }
        _ => Err(ResultCode::INVALID_COMMAND),
    }
}

fn create(security: &mut Security, name: String, entry: &Entry<'_>) -> Result<(), ResultCode> {
    if security.users.contains_key(&name) {
        return Err(ResultCode::USER_EXISTS);
    }
    let roles = if entry.field(AdminField::ROLES).is_some() { roles(entry)? } else { BTreeSet::new() };
    let credential = hash(entry, AdminField::PASSWORD)?;
    security.users.insert(name, User { credential, external: None, roles, refusal: None });
    Ok(())
}

fn drop_user(security: &mut Security, name: &str) -> Result<(), ResultCode> {
    security.users.remove(name).ok_or(ResultCode::INVALID_USER)?;
    security.forget_user(name);
    Ok(())
}

fn change_password(security: &mut Security, name: &str, entry: &Entry<'_>) -> Result<(), ResultCode> {
    let (old, new) = (hash(entry, AdminField::OLD_PASSWORD)?, hash(entry, AdminField::PASSWORD)?);
    let user = known(security, name)?;
    if user.credential != old {
        return Err(ResultCode::INVALID_PASSWORD);
    }
    user.credential = new;
    Ok(())
}

/// Appends an entry per user, and the one that ends the list.
fn list(security: &Security, only: Option<&str>, out: &mut Vec<u8>) -> Result<(), ResultCode> {
    if only.is_some_and(|name| !security.users.contains_key(name)) {
        return Err(ResultCode::INVALID_USER);
    }
    let listed = security.users.iter().filter(|(name, _)| only.is_none_or(|only| only == *name));
    write_frame(out, FrameType::ADMIN, |writer| {
        for (name, user) in listed {
            let mut roles = vec![user.roles.len() as u8];
            for role in &user.roles {
                roles.push(role.len() as u8);
                roles.extend_from_slice(role.as_bytes());
            }
            write_body(writer, AdminCommand(0), ResultCode::OK, |fields| {
                fields.field(AdminField::USER, name.as_bytes());
                fields.field(AdminField::ROLES, &roles);
            });
        }
        write_body(writer, AdminCommand(0), ResultCode::QUERY_END, |_| ());
    });
    Ok(())
}

fn known<'a>(security: &'a mut Security, name: &str) -> Result<&'a mut User, ResultCode> {
    security.users.get_mut(name).ok_or(ResultCode::INVALID_USER)
}

fn text(entry: &Entry<'_>, field: AdminField) -> Result<String, ResultCode> {
    let bytes = entry.field(field).filter(|bytes| !bytes.is_empty()).ok_or(ResultCode::INVALID_USER)?;
    core::str::from_utf8(bytes).map(String::from).map_err(|_| ResultCode::INVALID_USER)
}

fn hash(entry: &Entry<'_>, field: AdminField) -> Result<Vec<u8>, ResultCode> {
    let hash = entry.field(field).filter(|hash| !hash.is_empty());
    hash.map(Vec::from).ok_or(ResultCode::INVALID_PASSWORD)
}

/// The roles that a message names, all of which must exist.
fn roles(entry: &Entry<'_>) -> Result<BTreeSet<String>, ResultCode> {
    let data = entry.field(AdminField::ROLES).ok_or(ResultCode::INVALID_FIELD)?;
    let mut reader = Reader::new(data);
    let mut roles = BTreeSet::new();
    let malformed = |_| ResultCode::INVALID_FIELD;
    for _ in 0..reader.u8("roles").map_err(malformed)? {
        let len = reader.u8("role").map_err(malformed)?;
        let name = reader.take(usize::from(len), "role").map_err(malformed)?;
        let name = core::str::from_utf8(name).ok().filter(|name| Security::is_role(name));
        roles.insert(name.ok_or(ResultCode::INVALID_ROLE)?.into());
    }
    Ok(roles)
}
