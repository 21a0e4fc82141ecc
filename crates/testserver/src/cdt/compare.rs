//! The server's total order of packed values.
//!
//! Imports the core's MessagePack. Order of the classes: nil, booleans, integers, strings, lists, maps, blobs,
//! doubles, GeoJSON, ext elements, wildcard, infinity; lists element by element and then by length, maps by size
//! first. The wildcard equals anything, and inside a list everything that follows. Invariant: no recursion; bytes
//! that are not well-formed compare as equal. Source: server `msgpack_in.c`, `cdt.c`.

use core::cmp::Ordering;

use aerospike_wasm::wire::Reader;
use aerospike_wasm::wire::msgpack::{self, Token};
use aerospike_wasm::wire::particle::ParticleType;

use super::packed::{self, Malformed};

/// The order of two packed values.
pub(super) fn order(a: &[u8], b: &[u8]) -> Ordering {
    Comparison { a: Reader::new(a), b: Reader::new(b), open: Vec::new() }.run().unwrap_or(Ordering::Equal)
}

struct Comparison<'a> {
    a: Reader<'a>,
    b: Reader<'a>,
    open: Vec<Open>,
}

/// A pair of containers being compared: elements left on either side.
struct Open {
    a: u64,
    b: u64,
}

impl Comparison<'_> {
    fn run(mut self) -> Result<Ordering, Malformed> {
        loop {
            let found = self.step()?;
            if found != Ordering::Equal {
                return Ok(found);
            }
            while let Some(open) = self.open.last_mut() {
                if open.a > 0 && open.b > 0 {
                    open.a -= 1;
                    open.b -= 1;
                    break;
                }
                if open.a != open.b {
                    return Ok(open.a.cmp(&open.b));
                }
                self.open.pop();
            }
            if self.open.is_empty() {
                return Ok(Ordering::Equal);
            }
        }
    }

    /// Compares the next elements, of containers only what their headers say.
    fn step(&mut self) -> Result<Ordering, Malformed> {
        let (start_a, start_b) = (self.a.clone(), self.b.clone());
        let a = msgpack::read_token(&mut self.a)?;
        let b = msgpack::read_token(&mut self.b)?;
        if is_wildcard(&a) || is_wildcard(&b) {
            (self.a, self.b) = (start_a, start_b);
            return self.leave();
        }
        match (a, b) {
            (Token::List(mut a), Token::List(mut b)) => {
                msgpack::read_order(&mut self.a, &mut a, false)?;
                msgpack::read_order(&mut self.b, &mut b, false)?;
                self.open.push(Open { a: u64::from(a), b: u64::from(b) });
                Ok(Ordering::Equal)
            }
            (Token::Map(mut a), Token::Map(mut b)) => {
                msgpack::read_order(&mut self.a, &mut a, true)?;
                msgpack::read_order(&mut self.b, &mut b, true)?;
                self.open.push(Open { a: 2 * u64::from(a), b: 2 * u64::from(b) });
                Ok(a.cmp(&b))
            }
            (a, b) => Ok(scalars(&a, &b)),
        }
    }

    /// What a wildcard meets is equal, to the end of the containers around it.
    fn leave(&mut self) -> Result<Ordering, Malformed> {
        let (a, b) = self.open.pop().map_or((0, 0), |open| (open.a, open.b));
        packed::skip(&mut self.a, a + 1)?;
        packed::skip(&mut self.b, b + 1)?;
        Ok(Ordering::Equal)
    }
}

fn is_wildcard(token: &Token<'_>) -> bool {
    matches!(token, Token::Ext(0xff, [0]))
}

fn scalars(a: &Token<'_>, b: &Token<'_>) -> Ordering {
    match (a, b) {
        (Token::Bool(a), Token::Bool(b)) => a.cmp(b),
        (Token::Integer(a), Token::Integer(b)) => a.cmp(b),
        (Token::Unsigned(a), Token::Unsigned(b)) => a.cmp(b),
        (Token::Integer(_), Token::Unsigned(_)) => Ordering::Less,
        (Token::Unsigned(_), Token::Integer(_)) => Ordering::Greater,
        (Token::Float(a), Token::Float(b)) => a.partial_cmp(b).unwrap_or_else(|| a.total_cmp(b)),
        (Token::Raw(a), Token::Raw(b)) => raw_class(a).cmp(&raw_class(b)).then_with(|| a.cmp(b)),
        (Token::Ext(kind_a, a), Token::Ext(kind_b, b)) => {
            ext_class(*kind_a, a).cmp(&ext_class(*kind_b, b)).then_with(|| (kind_a, a).cmp(&(kind_b, b)))
        }
        (a, b) => class(a).cmp(&class(b)),
    }
}

fn class(token: &Token<'_>) -> u8 {
    match token {
        Token::Nil => 0,
        Token::Bool(_) => 1,
        Token::Integer(_) | Token::Unsigned(_) => 2,
        Token::List(_) => 4,
        Token::Map(_) => 5,
        Token::Float(_) => 7,
        Token::Raw(raw) => raw_class(raw),
        Token::Ext(kind, data) => ext_class(*kind, data),
    }
}

fn raw_class(raw: &[u8]) -> u8 {
    match raw.first().copied().map(ParticleType) {
        Some(ParticleType::STRING) => 3,
        Some(ParticleType::GEOJSON) => 8,
        _ => 6,
    }
}

const fn ext_class(kind: u8, data: &[u8]) -> u8 {
    match (kind, data) {
        (0xff, [0]) => 10,
        (0xff, [1]) => 11,
        _ => 9,
    }
}
