//! Evaluates expressions on a record.
//!
//! Imports this folder, `cdt`, `geo`. Three-valued: what cannot be told is UNKNOWN and spreads, except where one
//! operand of AND or OR decides. Recursion is as deep as the expression, which the parser bounds. Source: server
//! `exp.c` (eval).

use core::cmp::Ordering;

use aerospike_wasm::wire::msgpack::{self, Token};
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::wire::{Reader, Writer};

use super::node::{Builtin, Comparison, Meta, Node};
use super::value::{Kind, Value};
use super::{RecordView, call};
use crate::{cdt, geo};

/// Seconds between the Unix epoch and the one of void times.
const EPOCH: u64 = 1_262_304_000;
const NANOS_PER_SECOND: u64 = 1_000_000_000;
const NANOS_PER_MILLI: u64 = 1_000_000;

/// What an expression can see.
pub(super) struct Env<'e> {
    pub(super) record: Option<&'e dyn RecordView>,
    pub(super) variables: Vec<Value<'e>>,
    pub(super) item: Option<Item<'e>>,
}

/// The element at hand of a path.
pub(super) struct Item<'e> {
    pub(super) key: Value<'e>,
    pub(super) value: Value<'e>,
    pub(super) index: i64,
}

impl<'e> Env<'e> {
    pub(super) const fn new(record: Option<&'e dyn RecordView>) -> Self {
        Self { record, variables: Vec::new(), item: None }
    }

    pub(super) fn eval(&mut self, node: &'e Node) -> Value<'e> {
        match node {
            Node::Unknown => Value::Unknown,
            Node::Remove => Value::Remove,
            Node::Constant(value) => value.borrowed(),
            Node::Compare(comparison, sides) => {
                let [left, right] = &**sides;
                truth(compare(*comparison, &self.eval(left), &self.eval(right)))
            }
            Node::Regex(pattern, text) => {
                truth(self.eval(text).bytes(Kind::String).map(|text| pattern.is_match(text)))
            }
            Node::Geo(sides) => {
                let [left, right] = &**sides;
                truth(is_within(&self.eval(left), &self.eval(right)))
            }
            Node::InList(sides) => {
                let [value, list] = &**sides;
                truth(is_in(&self.eval(value), &self.eval(list)))
            }
            Node::And(nodes) => self.all_are(nodes, true),
            Node::Or(nodes) => self.all_are(nodes, false),
            Node::Exclusive(nodes) => truth(self.is_exclusive(nodes)),
            Node::Not(node) => match self.eval(node) {
                Value::Bool(value) => Value::Bool(!value),
                _ => Value::Unknown,
            },
            Node::Arithmetic(arithmetic, nodes) => {
                let operands: Vec<_> = nodes.iter().map(|node| self.eval(node)).collect();
                arithmetic.run(&operands)
            }
            Node::MapKeys(map) => pick(&self.eval(map), true),
            Node::MapValues(map) => pick(&self.eval(map), false),
            Node::Builtin(kind, builtin) => self.builtin(*builtin).of_kind(*kind),
            Node::Cond(nodes) => self.cond(nodes),
            Node::Variable(at) => self.variables.get(*at).cloned().unwrap_or(Value::Unknown),
            Node::Let(definitions, body) => self.with_variables(definitions, body),
            Node::Call(call) => call::eval(call, self),
            _ => self.record.map_or(Value::Unknown, |record| of_record(node, record)),
        }
    }

    /// AND, or OR for `neutral` false: the other value decides, else UNKNOWN spreads.
    fn all_are(&mut self, nodes: &'e [Node], neutral: bool) -> Value<'e> {
        let mut result = Value::Bool(neutral);
        for node in nodes {
            match self.eval(node) {
                Value::Bool(value) if value == neutral => {}
                decided @ Value::Bool(_) => return decided,
                _ => result = Value::Unknown,
            }
        }
        result
    }

    fn is_exclusive(&mut self, nodes: &'e [Node]) -> Option<bool> {
        let mut count = 0;
        for node in nodes {
            let Value::Bool(value) = self.eval(node) else { return None };
            count += usize::from(value);
        }
        Some(count == 1)
    }

    fn cond(&mut self, nodes: &'e [Node]) -> Value<'e> {
        let mut pairs = nodes.chunks_exact(2);
        for pair in &mut pairs {
            let [condition, value] = pair else { break };
            match self.eval(condition) {
                Value::Bool(true) => return self.eval(value),
                Value::Bool(false) => {}
                _ => return Value::Unknown,
            }
        }
        pairs.remainder().first().map_or(Value::Unknown, |default| self.eval(default))
    }

    fn with_variables(&mut self, definitions: &'e [Node], body: &'e Node) -> Value<'e> {
        let outer = self.variables.len();
        for definition in definitions {
            let value = self.eval(definition);
            self.variables.push(value);
        }
        let result = self.eval(body);
        self.variables.truncate(outer);
        result
    }

    fn builtin(&self, builtin: Builtin) -> Value<'e> {
        let Some(item) = &self.item else { return Value::Unknown };
        match builtin {
            Builtin::Key => item.key.clone(),
            Builtin::Value => item.value.clone(),
            Builtin::Index => Value::Integer(item.index),
        }
    }
}

fn truth(value: Option<bool>) -> Value<'static> {
    value.map_or(Value::Unknown, Value::Bool)
}

fn of_record<'e>(node: &'e Node, record: &'e dyn RecordView) -> Value<'e> {
    match node {
        Node::Meta(meta) => of_meta(*meta, record),
        Node::DigestModulo(divisor) => {
            let [.., a, b, c, d] = record.digest();
            Value::Integer(i64::from(u32::from_le_bytes([a, b, c, d]) % divisor))
        }
        Node::Key(kind) => record.user_key().map_or(Value::Unknown, |key| of_key(key).of_kind(*kind)),
        Node::Bin(kind, name) => {
            record.bin(name).map_or(Value::Unknown, |bin| Value::from_particle(bin).of_kind(*kind))
        }
        Node::BinType(name) => Value::Integer(record.bin(name).map_or(0, |bin| i64::from(bin.kind.0))),
        _ => Value::Unknown,
    }
}

fn of_meta<'e>(meta: Meta, record: &'e dyn RecordView) -> Value<'e> {
    let void_time = u64::from(record.void_time());
    Value::Integer(match meta {
        Meta::DeviceSize => 0,
        Meta::LastUpdate => record.last_update_millis().saturating_mul(NANOS_PER_MILLI) as i64,
        Meta::SinceUpdate => record.now_millis().saturating_sub(record.last_update_millis()) as i64,
        Meta::VoidTime | Meta::Ttl if void_time == 0 => -1,
        Meta::VoidTime => ((void_time + EPOCH) * NANOS_PER_SECOND) as i64,
        Meta::Ttl => (void_time + EPOCH).saturating_sub(record.now_millis() / 1000) as i64,
        Meta::RecordSize => i64::from(record.record_size()),
        Meta::SetName => return Value::Bytes(Kind::String, record.set().into()),
        Meta::KeyExists => return Value::Bool(record.user_key().is_some()),
        Meta::IsTombstone => return Value::Bool(false),
    })
}

fn of_key(key: &[u8]) -> Value<'_> {
    let Some((kind, bytes)) = key.split_first() else { return Value::Unknown };
    match ParticleType(*kind) {
        ParticleType::INTEGER => {
            bytes.try_into().map_or(Value::Unknown, |bytes| Value::Integer(i64::from_be_bytes(bytes)))
        }
        ParticleType::STRING => Value::Bytes(Kind::String, bytes.into()),
        ParticleType::BLOB => Value::Bytes(Kind::Blob, bytes.into()),
        _ => Value::Unknown,
    }
}

fn compare(comparison: Comparison, left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
    if let (Value::Float(left), Value::Float(right)) = (left, right) {
        return Some(match comparison {
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            Comparison::Greater => left > right,
            Comparison::GreaterOrEqual => left >= right,
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
        });
    }
    let order = order(left, right)?;
    Some(match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
    })
}

fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Nil, Value::Nil) => Some(Ordering::Equal),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
        (Value::Bytes(Kind::List | Kind::Map, left), Value::Bytes(Kind::List | Kind::Map, right)) => {
            (has_order(left) && has_order(right)).then(|| cdt::compare(left, right))
        }
        (Value::Bytes(kind, left), Value::Bytes(other, right)) if kind == other => Some(left.cmp(right)),
        _ => None,
    }
}

/// Whether every map in a packed value is ordered.
fn has_order(packed: &[u8]) -> bool {
    let mut reader = Reader::new(packed);
    while !reader.is_empty() {
        let Ok(token) = msgpack::read_token(&mut reader) else { return false };
        if matches!(token, Token::Map(_)) {
            match msgpack::read_token(&mut reader.clone()) {
                Ok(Token::Ext(flags, [])) if flags & msgpack::order::ORDERED != 0 => {}
                _ => return false,
            }
        }
    }
    true
}

fn is_within(left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
    geo::is_within(left.bytes(Kind::GeoJson)?, right.bytes(Kind::GeoJson)?)
}

fn is_in(value: &Value<'_>, list: &Value<'_>) -> Option<bool> {
    let mut packed = Vec::new();
    value.pack(&mut packed)?;
    let list = list.bytes(Kind::List)?;
    let mut reader = Reader::new(list);
    let Ok(Token::List(mut count)) = msgpack::read_token(&mut reader) else { return None };
    msgpack::read_order(&mut reader, &mut count, false).ok()?;
    for _ in 0..count {
        let start = reader.position();
        msgpack::skip(&mut reader).ok()?;
        if cdt::compare(&packed, reader.since(start)).is_eq() {
            return Some(true);
        }
    }
    Some(false)
}

/// The list of a map's keys or values.
fn pick(map: &Value<'_>, keys: bool) -> Value<'static> {
    let packed = map.bytes(Kind::Map).and_then(|map| pick_packed(map, keys));
    packed.map_or(Value::Unknown, |list| Value::Bytes(Kind::List, list.into()))
}

fn pick_packed(map: &[u8], keys: bool) -> Option<Vec<u8>> {
    let mut reader = Reader::new(map);
    let Ok(Token::Map(mut count)) = msgpack::read_token(&mut reader) else { return None };
    msgpack::read_order(&mut reader, &mut count, true).ok()?;
    let mut list = Vec::new();
    msgpack::write_list_header(&mut Writer::new(&mut list), count as usize, 0);
    for at in 0..u64::from(count) * 2 {
        let start = reader.position();
        msgpack::skip(&mut reader).ok()?;
        if (at % 2 == 0) == keys {
            list.extend_from_slice(reader.since(start));
        }
    }
    Some(list)
}
