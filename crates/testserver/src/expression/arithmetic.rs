//! Operations on numbers.
//!
//! Imports values. Every one of them gives UNKNOWN for an operand that is not of its type. Source: server `exp.c`.

use super::value::{Kind, Value};

/// An operation on numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Logarithm,
    Modulo,
    Absolute,
    Floor,
    Ceiling,
    ToInteger,
    ToFloat,
    And,
    Or,
    Xor,
    Not,
    ShiftLeft,
    ShiftRight,
    ShiftSigned,
    Count,
    ScanLeft,
    ScanRight,
    Minimum,
    Maximum,
}

/// What operands an operation takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operands {
    /// One or more, all integers or all floats; the result is the same.
    Numbers,
    /// One number; the result is the same.
    Number,
    /// One or more integers.
    Integers,
    /// These, with that result.
    Exactly(&'static [Kind], Kind),
}

impl Arithmetic {
    pub(super) const fn from_code(code: i64) -> Option<Self> {
        Some(match code {
            20 => Self::Add,
            21 => Self::Subtract,
            22 => Self::Multiply,
            23 => Self::Divide,
            24 => Self::Power,
            25 => Self::Logarithm,
            26 => Self::Modulo,
            27 => Self::Absolute,
            28 => Self::Floor,
            29 => Self::Ceiling,
            30 => Self::ToInteger,
            31 => Self::ToFloat,
            32 => Self::And,
            33 => Self::Or,
            34 => Self::Xor,
            35 => Self::Not,
            36 => Self::ShiftLeft,
            37 => Self::ShiftRight,
            38 => Self::ShiftSigned,
            39 => Self::Count,
            40 => Self::ScanLeft,
            41 => Self::ScanRight,
            50 => Self::Minimum,
            51 => Self::Maximum,
            _ => return None,
        })
    }

    pub(super) const fn operands(self) -> Operands {
        match self {
            Self::Add | Self::Subtract | Self::Multiply | Self::Divide | Self::Minimum | Self::Maximum => {
                Operands::Numbers
            }
            Self::Absolute => Operands::Number,
            Self::And | Self::Or | Self::Xor => Operands::Integers,
            Self::Power | Self::Logarithm => Operands::Exactly(&[Kind::Float, Kind::Float], Kind::Float),
            Self::Floor | Self::Ceiling => Operands::Exactly(&[Kind::Float], Kind::Float),
            Self::ToInteger => Operands::Exactly(&[Kind::Float], Kind::Integer),
            Self::ToFloat => Operands::Exactly(&[Kind::Integer], Kind::Float),
            Self::Not | Self::Count => Operands::Exactly(&[Kind::Integer], Kind::Integer),
            Self::Modulo | Self::ShiftLeft | Self::ShiftRight | Self::ShiftSigned => {
                Operands::Exactly(&[Kind::Integer, Kind::Integer], Kind::Integer)
            }
            Self::ScanLeft | Self::ScanRight => {
                Operands::Exactly(&[Kind::Integer, Kind::Bool], Kind::Integer)
            }
        }
    }

    /// The result for operands, of which there are as many as the operation takes.
    pub(super) fn run(self, operands: &[Value<'_>]) -> Value<'static> {
        let result = match operands {
            [Value::Float(only)] => self.float(*only),
            [Value::Integer(only)] => self.integer(*only),
            [Value::Float(first), rest @ ..] => {
                rest.iter().try_fold(*first, |left, value| self.floats(left, float(value)?)).map(Value::Float)
            }
            [Value::Integer(value), Value::Bool(wanted)] => Some(Value::Integer(self.scan(*value, *wanted))),
            [Value::Integer(first), rest @ ..] => rest
                .iter()
                .try_fold(*first, |left, value| self.integers(left, integer(value)?))
                .map(Value::Integer),
            _ => None,
        };
        result.unwrap_or(Value::Unknown)
    }

    fn float(self, value: f64) -> Option<Value<'static>> {
        Some(Value::Float(match self {
            Self::Subtract => -value,
            Self::Divide => 1.0 / value,
            Self::Absolute => value.abs(),
            Self::Floor => value.floor(),
            Self::Ceiling => value.ceil(),
            Self::ToInteger => return Some(Value::Integer(truncated(value))),
            Self::Add | Self::Multiply | Self::Minimum | Self::Maximum => value,
            _ => return None,
        }))
    }

    fn integer(self, value: i64) -> Option<Value<'static>> {
        Some(Value::Integer(match self {
            Self::Subtract => value.wrapping_neg(),
            Self::Divide => 1i64.checked_div(value)?,
            Self::Absolute => value.wrapping_abs(),
            Self::Not => !value,
            Self::Count => i64::from(value.count_ones()),
            Self::ToFloat => return Some(Value::Float(value as f64)),
            Self::Add | Self::Multiply | Self::Minimum | Self::Maximum | Self::And | Self::Or | Self::Xor => {
                value
            }
            _ => return None,
        }))
    }

    fn floats(self, left: f64, right: f64) -> Option<f64> {
        Some(match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::Power => left.powf(right),
            Self::Logarithm => left.ln() / right.ln(),
            Self::Minimum => left.min(right),
            Self::Maximum => left.max(right),
            _ => return None,
        })
    }

    fn integers(self, left: i64, right: i64) -> Option<i64> {
        // A count beyond 63 shifts by its remainder, so only the low bits matter.
        let by = right as u32;
        Some(match self {
            Self::Add => left.wrapping_add(right),
            Self::Subtract => left.wrapping_sub(right),
            Self::Multiply => left.wrapping_mul(right),
            Self::Divide if right != 0 => left.wrapping_div(right),
            Self::Modulo if right != 0 => left.wrapping_rem(right),
            Self::And => left & right,
            Self::Or => left | right,
            Self::Xor => left ^ right,
            Self::ShiftLeft => left.wrapping_shl(by),
            Self::ShiftRight => (left as u64).wrapping_shr(by) as i64,
            Self::ShiftSigned => left.wrapping_shr(by),
            Self::Minimum => left.min(right),
            Self::Maximum => left.max(right),
            _ => return None,
        })
    }

    /// Place of the first or last bit of a value, counted from the most significant; −1 for none.
    fn scan(self, value: i64, wanted: bool) -> i64 {
        let bits = if wanted { value } else { !value };
        match self {
            _ if bits == 0 => -1,
            Self::ScanLeft => i64::from(bits.leading_zeros()),
            _ => 63 - i64::from(bits.trailing_zeros()),
        }
    }
}

const fn float(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Float(value) => Some(*value),
        _ => None,
    }
}

const fn integer(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Integer(value) => Some(*value),
        _ => None,
    }
}

/// As the processor converts: what does not fit becomes the least integer.
fn truncated(value: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&value) { value as i64 } else { i64::MIN }
}
