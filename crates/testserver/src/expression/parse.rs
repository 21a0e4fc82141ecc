//! Reads a packed expression and checks its types.
//!
//! Imports this folder and the core's wire codec. Invariants: nesting is bounded, and nothing is allocated by a
//! declared count: it fails when the bytes end. Every failure is result code 4. Source: server `exp.c` (op table and
//! build).

use aerospike_wasm::wire::msgpack::{self, Token};
use aerospike_wasm::wire::{Reader, ResultCode};

use super::arithmetic::{Arithmetic, Operands};
use super::node::{Builtin, Comparison, Meta, Node};
use super::regex;
use super::value::{Kind, Value};

/// Deepest nesting of an expression.
const MAX_DEPTH: usize = 100;
/// Most bytes of an expression.
const MAX_SIZE: usize = 1 << 20;

const INVALID: ResultCode = ResultCode::PARAMETER;

/// An expression and its type.
pub(super) type Typed = (Node, Kind);

/// Reads one expression that fills the bytes.
///
/// # Errors
/// 4.
pub(super) fn expression(bytes: &[u8]) -> Result<Typed, ResultCode> {
    let mut reader = Reader::new(bytes);
    let typed = first(&mut reader)?;
    if reader.is_empty() { Ok(typed) } else { Err(INVALID) }
}

/// Reads the expression at a reader.
///
/// # Errors
/// 4.
pub(super) fn first(reader: &mut Reader<'_>) -> Result<Typed, ResultCode> {
    let mut parser = Parser::new(reader.clone());
    let typed = parser.expression()?;
    if parser.reader.position() - reader.position() >= MAX_SIZE {
        return Err(INVALID);
    }
    *reader = parser.reader;
    Ok(typed)
}

/// The state of reading.
pub(super) struct Parser<'a> {
    pub(super) reader: Reader<'a>,
    /// Names and types of the variables in force.
    scope: Vec<(&'a [u8], Kind)>,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) const fn new(reader: Reader<'a>) -> Self {
        Self { reader, scope: Vec::new(), depth: 0 }
    }

    pub(super) fn expression(&mut self) -> Result<Typed, ResultCode> {
        let mut ahead = self.reader.clone();
        let Token::List(count) = read(&mut ahead)? else { return self.constant() };
        let arguments = count.checked_sub(1).ok_or(INVALID)? as usize;
        let Token::Integer(code) = read(&mut ahead)? else { return Err(INVALID) };
        self.reader = ahead;
        self.nested(1, |parser| parser.operation(code, arguments))
    }

    /// Reads what is evaluated that many levels deeper.
    pub(super) fn nested<T>(
        &mut self,
        levels: usize,
        read: impl FnOnce(&mut Self) -> Result<T, ResultCode>,
    ) -> Result<T, ResultCode> {
        if self.depth.saturating_add(levels) > MAX_DEPTH {
            return Err(INVALID);
        }
        self.depth += levels;
        let result = read(self);
        self.depth -= levels;
        result
    }

    fn operation(&mut self, code: i64, count: usize) -> Result<Typed, ResultCode> {
        if let Some(arithmetic) = Arithmetic::from_code(code) {
            return self.arithmetic(arithmetic, count);
        }
        if let Some((meta, kind)) = meta(code) {
            exactly(count, 0)?;
            return Ok((Node::Meta(meta), kind));
        }
        match code {
            0 => exactly(count, 0).map(|()| (Node::Unknown, Kind::Any)),
            1 => self.comparison(Comparison::Equal, count),
            2 => self.comparison(Comparison::NotEqual, count),
            3 => self.comparison(Comparison::Greater, count),
            4 => self.comparison(Comparison::GreaterOrEqual, count),
            5 => self.comparison(Comparison::Less, count),
            6 => self.comparison(Comparison::LessOrEqual, count),
            7 => self.regex(count),
            8 => self.geo(count),
            9 => self.in_list(count),
            16 => Ok((Node::And(self.bools(count)?), Kind::Bool)),
            17 => Ok((Node::Or(self.bools(count)?), Kind::Bool)),
            18 => {
                exactly(count, 1).and_then(|()| Ok((Node::Not(Box::new(self.of(Kind::Bool)?)), Kind::Bool)))
            }
            19 => Ok((Node::Exclusive(self.bools(count)?), Kind::Bool)),
            64 => self.digest_modulo(count),
            80..=82 => self.stored(code, count),
            100 => exactly(count, 0).map(|()| (Node::Remove, Kind::Any)),
            101 => exactly(count, 1)
                .and_then(|()| Ok((Node::MapKeys(Box::new(self.of(Kind::Map)?)), Kind::List))),
            102 => exactly(count, 1)
                .and_then(|()| Ok((Node::MapValues(Box::new(self.of(Kind::Map)?)), Kind::List))),
            122 => self.builtin(count),
            123 => self.cond(count),
            124 => self.variable(count),
            125 => self.definitions(count),
            126 => self.quote(count),
            127 => self.call(count),
            _ => Err(INVALID),
        }
    }

    fn constant(&mut self) -> Result<Typed, ResultCode> {
        match Value::from_packed(self.packed()?) {
            Value::Unknown => Err(INVALID),
            value => {
                let kind = value.kind();
                Ok((Node::Constant(value.into_owned()), kind))
            }
        }
    }

    /// An expression of that type.
    pub(super) fn of(&mut self, needed: Kind) -> Result<Node, ResultCode> {
        let (node, kind) = self.expression()?;
        if kind.fits(needed) { Ok(node) } else { Err(INVALID) }
    }

    fn pair_of(&mut self, needed: Kind) -> Result<Box<[Node; 2]>, ResultCode> {
        Ok(Box::new([self.of(needed)?, self.of(needed)?]))
    }

    fn comparison(&mut self, comparison: Comparison, count: usize) -> Result<Typed, ResultCode> {
        exactly(count, 2)?;
        let (left, left_kind) = self.expression()?;
        let (right, right_kind) = self.expression()?;
        let has_order = |kind| !matches!(kind, Kind::GeoJson | Kind::Hll);
        if !left_kind.fits(right_kind) || !has_order(left_kind) || !has_order(right_kind) {
            return Err(INVALID);
        }
        Ok((Node::Compare(comparison, Box::new([left, right])), Kind::Bool))
    }

    fn regex(&mut self, count: usize) -> Result<Typed, ResultCode> {
        exactly(count, 3)?;
        let flags = self.integer()?;
        let pattern = regex::compile(flags, self.name()?).ok_or(INVALID)?;
        Ok((Node::Regex(pattern, Box::new(self.of(Kind::String)?)), Kind::Bool))
    }

    fn geo(&mut self, count: usize) -> Result<Typed, ResultCode> {
        exactly(count, 2)?;
        Ok((Node::Geo(self.pair_of(Kind::GeoJson)?), Kind::Bool))
    }

    fn in_list(&mut self, count: usize) -> Result<Typed, ResultCode> {
        exactly(count, 2)?;
        Ok((Node::InList(Box::new([self.expression()?.0, self.of(Kind::List)?])), Kind::Bool))
    }

    fn bools(&mut self, count: usize) -> Result<Vec<Node>, ResultCode> {
        if count < 2 {
            return Err(INVALID);
        }
        self.many(count, Kind::Bool)
    }

    fn many(&mut self, count: usize, needed: Kind) -> Result<Vec<Node>, ResultCode> {
        (0..count).map(|_| self.of(needed)).collect()
    }

    fn arithmetic(&mut self, arithmetic: Arithmetic, count: usize) -> Result<Typed, ResultCode> {
        let (nodes, kind) = match arithmetic.operands() {
            Operands::Exactly(kinds, result) => {
                exactly(count, kinds.len())?;
                (kinds.iter().map(|kind| self.of(*kind)).collect::<Result<_, _>>()?, result)
            }
            Operands::Integers if count >= 1 => (self.many(count, Kind::Integer)?, Kind::Integer),
            Operands::Numbers if count >= 1 => self.numbers(count)?,
            Operands::Number if count == 1 => self.numbers(count)?,
            _ => return Err(INVALID),
        };
        Ok((Node::Arithmetic(arithmetic, nodes), kind))
    }

    /// Numbers of one type.
    fn numbers(&mut self, count: usize) -> Result<(Vec<Node>, Kind), ResultCode> {
        let (mut nodes, mut common) = (Vec::new(), Kind::Any);
        for _ in 0..count {
            let (node, kind) = self.expression()?;
            if !matches!(kind, Kind::Integer | Kind::Float | Kind::Any) {
                return Err(INVALID);
            }
            common = unify(common, kind)?;
            nodes.push(node);
        }
        Ok((nodes, common))
    }

    fn digest_modulo(&mut self, count: usize) -> Result<Typed, ResultCode> {
        exactly(count, 1)?;
        let divisor = u32::try_from(self.integer()?.unsigned_abs()).map_err(|_| INVALID)?;
        if divisor == 0 { Err(INVALID) } else { Ok((Node::DigestModulo(divisor), Kind::Integer)) }
    }

    /// Key, bin and type of a bin.
    fn stored(&mut self, code: i64, count: usize) -> Result<Typed, ResultCode> {
        exactly(count, if code == 81 { 2 } else { 1 })?;
        if code == 82 {
            return Ok((Node::BinType(self.name()?.into()), Kind::Integer));
        }
        let kind = self.kind()?;
        let node = if code == 80 { Node::Key(kind) } else { Node::Bin(kind, self.name()?.into()) };
        Ok((node, kind))
    }

    fn builtin(&mut self, count: usize) -> Result<Typed, ResultCode> {
        exactly(count, 2)?;
        let kind = self.kind()?;
        let builtin = match self.integer()? {
            0 => Builtin::Key,
            1 => Builtin::Value,
            2 => Builtin::Index,
            _ => return Err(INVALID),
        };
        Ok((Node::Builtin(kind, builtin), kind))
    }

    fn cond(&mut self, count: usize) -> Result<Typed, ResultCode> {
        if count < 3 || count.is_multiple_of(2) {
            return Err(INVALID);
        }
        let (mut nodes, mut common) = (Vec::new(), Kind::Any);
        for at in 0..count {
            if at % 2 == 0 && at + 1 < count {
                nodes.push(self.of(Kind::Bool)?);
                continue;
            }
            let (node, kind) = self.expression()?;
            common = unify(common, kind)?;
            nodes.push(node);
        }
        Ok((Node::Cond(nodes), common))
    }

    fn variable(&mut self, count: usize) -> Result<Typed, ResultCode> {
        exactly(count, 1)?;
        let name = self.name()?;
        let at = self.scope.iter().rposition(|(known, _)| *known == name).ok_or(INVALID)?;
        Ok((Node::Variable(at), self.scope[at].1))
    }

    fn definitions(&mut self, count: usize) -> Result<Typed, ResultCode> {
        if count < 3 || count.is_multiple_of(2) {
            return Err(INVALID);
        }
        let outer = self.scope.len();
        let mut nodes = Vec::new();
        for _ in 0..count / 2 {
            let name = self.name()?;
            if !is_variable(name) || self.scope.iter().any(|(known, _)| *known == name) {
                return Err(INVALID);
            }
            let (node, kind) = self.expression()?;
            nodes.push(node);
            self.scope.push((name, kind));
        }
        let (body, kind) = self.expression()?;
        self.scope.truncate(outer);
        Ok((Node::Let(nodes, Box::new(body)), kind))
    }

    fn quote(&mut self, count: usize) -> Result<Typed, ResultCode> {
        exactly(count, 1)?;
        match Value::from_packed(self.packed()?) {
            value @ Value::Bytes(Kind::List, _) => Ok((Node::Constant(value.into_owned()), Kind::List)),
            _ => Err(INVALID),
        }
    }

    pub(super) fn integer(&mut self) -> Result<i64, ResultCode> {
        match read(&mut self.reader)? {
            Token::Integer(value) => Ok(value),
            _ => Err(INVALID),
        }
    }

    /// A type id.
    pub(super) fn kind(&mut self) -> Result<Kind, ResultCode> {
        Kind::from_id(self.integer()?).ok_or(INVALID)
    }

    /// A raw string without a type byte.
    fn name(&mut self) -> Result<&'a [u8], ResultCode> {
        match read(&mut self.reader)? {
            Token::Raw(name) => Ok(name),
            _ => Err(INVALID),
        }
    }

    /// A whole element as it comes.
    pub(super) fn packed(&mut self) -> Result<&'a [u8], ResultCode> {
        let start = self.reader.position();
        msgpack::skip(&mut self.reader).map_err(|_| INVALID)?;
        Ok(self.reader.since(start))
    }

    /// Whether a list follows.
    pub(super) fn is_list_next(&self) -> bool {
        matches!(read(&mut self.reader.clone()), Ok(Token::List(_)))
    }

    /// The header of a list.
    pub(super) fn list(&mut self) -> Result<usize, ResultCode> {
        match read(&mut self.reader)? {
            Token::List(count) => Ok(count as usize),
            _ => Err(INVALID),
        }
    }
}

/// Fails unless there are as many arguments as needed.
pub(super) const fn exactly(count: usize, needed: usize) -> Result<(), ResultCode> {
    if count == needed { Ok(()) } else { Err(INVALID) }
}

fn read<'a>(reader: &mut Reader<'a>) -> Result<Token<'a>, ResultCode> {
    msgpack::read_token(reader).map_err(|_| INVALID)
}

fn unify(a: Kind, b: Kind) -> Result<Kind, ResultCode> {
    match (a, b) {
        (Kind::Any, kind) | (kind, Kind::Any) => Ok(kind),
        (a, b) if a == b => Ok(a),
        _ => Err(INVALID),
    }
}

const fn meta(code: i64) -> Option<(Meta, Kind)> {
    Some(match code {
        65 => (Meta::DeviceSize, Kind::Integer),
        66 => (Meta::LastUpdate, Kind::Integer),
        67 => (Meta::SinceUpdate, Kind::Integer),
        68 => (Meta::VoidTime, Kind::Integer),
        69 => (Meta::Ttl, Kind::Integer),
        70 => (Meta::SetName, Kind::String),
        71 => (Meta::KeyExists, Kind::Bool),
        72 => (Meta::IsTombstone, Kind::Bool),
        73 | 74 => (Meta::RecordSize, Kind::Integer),
        _ => return None,
    })
}

fn is_variable(name: &[u8]) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    name.iter().all(is_word) && name.first().is_some_and(|byte| !byte.is_ascii_digit())
}
