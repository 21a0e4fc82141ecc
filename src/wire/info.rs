//! The info protocol: lines of text, `name TAB value NEWLINE`.
//!
//! Imports this folder. Source: server `thr_info.c`. Error values read `ERROR:<code>:<text>`, `ERROR::<text>` for
//! code 1, older `FAIL:<code>:<text>`; a request that is not logged in gets a line without a name.

use alloc::vec::Vec;

use super::frame::{self, FrameType};
use super::result_code::ResultCode;

/// An error value in an info reply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InfoError<'a> {
    /// The server's code; 1 when it leaves it out.
    pub code: ResultCode,
    /// The server's text.
    pub text: &'a str,
}

/// One line of an info reply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Line<'a> {
    /// The command as it was sent; empty for an error about the whole request.
    pub name: &'a str,
    /// What the server answered.
    pub value: Result<&'a str, InfoError<'a>>,
}

/// Appends an info frame with one line per command.
pub fn write_request(out: &mut Vec<u8>, commands: &[&str]) {
    frame::write_frame(out, FrameType::INFO, |writer| {
        for command in commands {
            writer.bytes(command.as_bytes());
            writer.u8(b'\n');
        }
    });
}

/// The lines of a reply; a line that is not UTF-8 is skipped.
pub fn lines(body: &[u8]) -> impl Iterator<Item = Line<'_>> {
    body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).filter_map(|line| {
        let line = core::str::from_utf8(line).ok()?;
        let (name, value) = line.split_once('\t').unwrap_or(("", line));
        Some(Line { name, value: value_or_error(value) })
    })
}

/// The value of the line that answers `command`.
///
/// # Errors
/// The server's own error for it, or `None` if the reply has no such line.
pub fn value<'a>(body: &'a [u8], command: &str) -> Result<&'a str, Option<InfoError<'a>>> {
    let mut whole = None;
    for line in lines(body) {
        if line.name == command {
            return line.value.map_err(Some);
        }
        if line.name.is_empty() {
            whole = line.value.err();
        }
    }
    Err(whole)
}

/// Whether the body of a reply has a line for every line of the body of its request, in order.
///
/// # Errors
/// The server's error about the whole request, or `None` if an answer is missing or is not UTF-8.
pub(crate) fn check_reply<'a>(request: &[u8], reply: &'a [u8]) -> Result<(), Option<InfoError<'a>>> {
    let mut answers = lines(reply);
    let mut whole = None;
    for asked in request.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let answered = answers.any(|line| {
            if line.name.is_empty() {
                whole = whole.or_else(|| line.value.err());
            }
            line.name.as_bytes() == asked
        });
        if !answered {
            return Err(whole);
        }
    }
    Ok(())
}

fn value_or_error(value: &str) -> Result<&str, InfoError<'_>> {
    let Some(rest) = value.strip_prefix("ERROR:").or_else(|| value.strip_prefix("FAIL:")) else {
        return Ok(value);
    };
    let (code, text) = rest.split_once(':').unwrap_or((rest, ""));
    Err(InfoError { code: ResultCode(code.parse().unwrap_or(ResultCode::SERVER_ERROR.0)), text })
}
