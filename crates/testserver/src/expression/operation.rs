//! Expression operations (op ids 7 and 8): an expression with flags.
//!
//! Imports this folder and particles. Source: server `expop.c`.

use aerospike_wasm::wire::msgpack::{self, Token};
use aerospike_wasm::wire::{Reader, ResultCode};

use super::RecordView;
use super::eval::Env;
use super::node::Node;
use super::parse;
use super::value::Value;
use crate::particle::{Applied, Particle, Stored};

const CREATE_ONLY: i64 = 1;
const UPDATE_ONLY: i64 = 2;
const ALLOW_DELETE: i64 = 4;
const POLICY_NO_FAIL: i64 = 8;
const EVAL_NO_FAIL: i64 = 16;

const NOTHING: Applied = Applied { answer: None, stored: Stored::Unchanged };

/// Runs an expression operation; `bin` is the present value of the bin it names.
///
/// # Errors
/// 4 for an operation that cannot be read, 6, 17 and 26 as its flags say.
pub(crate) fn apply(
    op_value: &[u8],
    record: &dyn RecordView,
    modify: bool,
    bin: Option<&Particle>,
) -> Result<Applied, ResultCode> {
    let (node, flags) = read(op_value)?;
    let allowed = if modify {
        CREATE_ONLY | UPDATE_ONLY | ALLOW_DELETE | POLICY_NO_FAIL | EVAL_NO_FAIL
    } else {
        EVAL_NO_FAIL
    };
    if flags & !allowed != 0 {
        return Err(ResultCode::PARAMETER);
    }
    if modify {
        write(&node, flags, record, bin)
    } else {
        let answer = eval(&node, flags, record)?.unwrap_or(Value::Nil).into_particle()?;
        Ok(Applied { answer, stored: Stored::Unchanged })
    }
}

fn read(op_value: &[u8]) -> Result<(Node, i64), ResultCode> {
    let mut reader = Reader::new(op_value);
    let Ok(Token::List(count @ 1..=2)) = msgpack::read_token(&mut reader) else {
        return Err(ResultCode::PARAMETER);
    };
    let (node, _) = parse::first(&mut reader)?;
    if count == 1 {
        return Ok((node, 0));
    }
    match msgpack::read_token(&mut reader) {
        Ok(Token::Integer(flags)) => Ok((node, flags)),
        _ => Err(ResultCode::PARAMETER),
    }
}

fn write(
    node: &Node,
    flags: i64,
    record: &dyn RecordView,
    bin: Option<&Particle>,
) -> Result<Applied, ResultCode> {
    let violation = match bin {
        Some(_) if flags & CREATE_ONLY != 0 => Some(ResultCode::BIN_EXISTS),
        None if flags & UPDATE_ONLY != 0 => Some(ResultCode::BIN_NOT_FOUND),
        _ => None,
    };
    if let Some(code) = violation {
        return if flags & POLICY_NO_FAIL != 0 { Ok(NOTHING) } else { Err(code) };
    }
    let Some(value) = eval(node, flags, record)? else { return Ok(NOTHING) };
    match value.into_particle()? {
        Some(particle) => Ok(Applied { answer: None, stored: Stored::Set(particle) }),
        None if bin.is_none() => Ok(NOTHING),
        None if flags & ALLOW_DELETE != 0 => Ok(Applied { answer: None, stored: Stored::Removed }),
        // As the server does, any other flag turns the refusal off too.
        None if flags != 0 => Ok(NOTHING),
        None => Err(ResultCode::OP_NOT_APPLICABLE),
    }
}

/// The value; `None` for an UNKNOWN that is to be ignored.
fn eval<'e>(node: &'e Node, flags: i64, record: &'e dyn RecordView) -> Result<Option<Value<'e>>, ResultCode> {
    match Env::new(Some(record)).eval(node) {
        Value::Unknown | Value::Remove if flags & EVAL_NO_FAIL != 0 => Ok(None),
        Value::Unknown | Value::Remove => Err(ResultCode::OP_NOT_APPLICABLE),
        value => Ok(Some(value)),
    }
}
