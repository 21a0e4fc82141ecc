//! Security (admin) messages: a 16-byte header and fields, in frames of type 2.
//!
//! Imports this folder. Header: scheme (0), result code, command, number of fields, 12 bytes of zero. A field: 32-bit
//! size of what follows, id, data. Source: C client `as_admin.c`. A reply to a query is a stream of such entries; all
//! others are one entry.

use alloc::vec::Vec;

use super::frame::{FrameType, write_frame};
use super::reader::{DecodeError, DecodeErrorKind, Reader};
use super::result_code::ResultCode;
use super::writer::Writer;

/// Size of the header.
pub const HEADER_SIZE: usize = 16;

/// What an admin message asks for. Open: unknown codes are kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AdminCommand(pub u8);

impl AdminCommand {
    /// Makes a connection one of a session.
    pub const AUTHENTICATE: Self = Self(0);
    /// Creates a user.
    pub const CREATE_USER: Self = Self(1);
    /// Removes a user.
    pub const DROP_USER: Self = Self(2);
    /// Sets the password of any user.
    pub const SET_PASSWORD: Self = Self(3);
    /// Changes the caller's own password.
    pub const CHANGE_PASSWORD: Self = Self(4);
    /// Gives a user roles.
    pub const GRANT_ROLES: Self = Self(5);
    /// Takes roles from a user.
    pub const REVOKE_ROLES: Self = Self(6);
    /// Lists users.
    pub const QUERY_USERS: Self = Self(9);
    /// Opens a session.
    pub const LOGIN: Self = Self(20);
}

/// What a field of an admin message holds. Open: unknown codes are kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AdminField(pub u8);

impl AdminField {
    /// Name of a user.
    pub const USER: Self = Self(0);
    /// Hash of a new password.
    pub const PASSWORD: Self = Self(1);
    /// Hash of the password that is to be changed.
    pub const OLD_PASSWORD: Self = Self(2);
    /// Hash of the password of who logs in.
    pub const CREDENTIAL: Self = Self(3);
    /// Password in clear, for servers that ask another service.
    pub const CLEAR_PASSWORD: Self = Self(4);
    /// What names a session; opaque.
    pub const SESSION_TOKEN: Self = Self(5);
    /// How long the session lasts: 32-bit seconds.
    pub const SESSION_TTL: Self = Self(6);
    /// Names of roles: their number, then each with its length in one byte.
    pub const ROLES: Self = Self(10);
}

/// The fields of a message in the making.
#[derive(Debug)]
pub struct Fields<'w, 'b> {
    writer: &'w mut Writer<'b>,
    count: u8,
}

impl Fields<'_, '_> {
    /// Appends a field.
    pub fn field(&mut self, kind: AdminField, data: &[u8]) {
        self.writer.sized_u32(|writer| {
            writer.u8(kind.0);
            writer.bytes(data);
        });
        self.count = self.count.wrapping_add(1);
    }
}

/// Appends a frame with one entry: what `write` makes of its fields.
pub fn write_entry(
    out: &mut Vec<u8>,
    command: AdminCommand,
    code: ResultCode,
    write: impl FnOnce(&mut Fields<'_, '_>),
) {
    write_frame(out, FrameType::ADMIN, |writer| write_body(writer, command, code, write));
}

/// Appends one entry to the body of a frame.
pub fn write_body(
    writer: &mut Writer<'_>,
    command: AdminCommand,
    code: ResultCode,
    write: impl FnOnce(&mut Fields<'_, '_>),
) {
    let start = writer.position();
    writer.bytes(&[0, code.0, command.0, 0]);
    writer.bytes(&[0; HEADER_SIZE - 4]);
    let mut fields = Fields { writer, count: 0 };
    write(&mut fields);
    let count = fields.count;
    writer.patch_u8(start + 3, count);
}

/// One entry, its structure checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Entry<'a> {
    /// What is asked for; 0 in replies.
    pub command: AdminCommand,
    /// How it ended; 0 in requests.
    pub code: ResultCode,
    fields: &'a [u8],
}

impl<'a> Entry<'a> {
    /// Reads the entry at the cursor.
    ///
    /// # Errors
    /// A header or field that is cut short, or a field without an id.
    pub fn read(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let [_scheme, code, command, count, ..] = reader.array::<HEADER_SIZE>("admin header")?;
        let start = reader.position();
        for _ in 0..count {
            read_field(reader)?;
        }
        let fields = reader.since(start);
        Ok(Self { command: AdminCommand(command), code: ResultCode(code), fields })
    }

    /// Reads a body that is one entry.
    ///
    /// # Errors
    /// As [`Entry::read`], or bytes behind the entry.
    pub fn read_only(body: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body);
        let entry = Self::read(&mut reader)?;
        reader.finish("admin message")?;
        Ok(entry)
    }

    /// The fields in order.
    pub fn fields(&self) -> impl Iterator<Item = (AdminField, &'a [u8])> + use<'a> {
        let mut reader = Reader::new(self.fields);
        core::iter::from_fn(move || if reader.is_empty() { None } else { read_field(&mut reader).ok() })
    }

    /// The first field of a kind.
    #[must_use]
    pub fn field(&self, kind: AdminField) -> Option<&'a [u8]> {
        self.fields().find(|(other, _)| *other == kind).map(|(_, data)| data)
    }
}

fn read_field<'a>(reader: &mut Reader<'a>) -> Result<(AdminField, &'a [u8]), DecodeError> {
    let what = "admin field";
    let size = reader.u32(what)? as usize;
    let Some(size) = size.checked_sub(1) else { return Err(reader.error(what, DecodeErrorKind::Invalid)) };
    let kind = AdminField(reader.u8(what)?);
    Ok((kind, reader.take(size, what)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::frame;

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let mut out = Vec::new();
        write_entry(&mut out, AdminCommand::LOGIN, ResultCode::OK, |fields| {
            fields.field(AdminField::USER, b"u0");
            fields.field(AdminField::SESSION_TOKEN, b"");
        });
        assert_eq!(out[..12], [2, 2, 0, 0, 0, 0, 0, 28, 0, 0, 20, 2]);
        let entry = Entry::read_only(&out[frame::HEADER_SIZE..]).unwrap();
        assert_eq!((entry.command, entry.code), (AdminCommand::LOGIN, ResultCode::OK));
        assert_eq!(entry.field(AdminField::USER), Some(&b"u0"[..]));
        assert_eq!(entry.field(AdminField::SESSION_TOKEN), Some(&b""[..]));
        assert_eq!(entry.field(AdminField::SESSION_TTL), None);
    }

    #[test]
    fn entries_that_lie_are_refused() {
        let mut body = [0; 26];
        body[3] = 1;
        body[19] = 6;
        assert!(Entry::read_only(&body).is_ok());
        let mut lies = [(19, 7), (19, 0), (16, 0xff), (3, 2), (3, 0)].iter();
        assert!(lies.all(|(at, byte)| {
            let mut lie = body;
            lie[*at] = *byte;
            Entry::read_only(&lie).is_err()
        }));
        assert!((0..26).all(|len| Entry::read_only(&body[..len]).is_err()));
    }
}
