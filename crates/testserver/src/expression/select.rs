//! Selections by path: an expression at every level says which children are meant.
//!
//! Imports this folder and `cdt`. Recursion is as deep as the path, which is bounded. Source: server `cdt.c`
//! (select). Steps joined with the "and" flag are refused: what they do was not observed.

use aerospike_wasm::wire::msgpack::{self, Token};
use aerospike_wasm::wire::{Reader, ResultCode, Writer};

use super::eval::{Env, Item};
use super::node::{Node, Select, SelectMode, Step};
use super::value::Value;
use crate::cdt::{self, Called};
use crate::order;

/// Bits of a context item's type that say what it selects by; the others say what it creates.
const ELEMENT: i64 = 0x3f;
/// The item is joined with the one before.
const AND: i64 = 0x200;

const LIST_INDEX: i64 = 0x10;
const LIST_RANK: i64 = 0x11;
const LIST_VALUE: i64 = 0x13;
const MAP_INDEX: i64 = 0x20;
const MAP_RANK: i64 = 0x21;
const MAP_KEY: i64 = 0x22;
const MAP_VALUE: i64 = 0x23;

/// Runs a selection on a packed list or map.
///
/// # Errors
/// 4 for an expression that is UNKNOWN, and for a change without the right to or the reverse.
pub(super) fn run(select: &Select, value: &[u8], modify: bool, env: &Env<'_>) -> Result<Called, ResultCode> {
    if modify != matches!(select.mode, SelectMode::Apply(_)) {
        return Err(ResultCode::PARAMETER);
    }
    let mut walk = Walk { select, env, found: Vec::new(), count: 0 };
    let rebuilt = walk.level(value, &select.path)?;
    match select.mode {
        SelectMode::Apply(_) => Ok(Called { answer: None, value: rebuilt.unwrap_or_else(|| value.into()) }),
        SelectMode::Tree => {
            Ok(Called { answer: Some(rebuilt.unwrap_or_else(empty_list)), value: value.into() })
        }
        SelectMode::Values | SelectMode::Keys | SelectMode::KeyValues => {
            let mut answer = Vec::new();
            msgpack::write_list_header(&mut Writer::new(&mut answer), walk.count, 0);
            answer.extend_from_slice(&walk.found);
            Ok(Called { answer: Some(answer), value: value.into() })
        }
    }
}

fn empty_list() -> Vec<u8> {
    let mut out = Vec::new();
    msgpack::write_list_header(&mut Writer::new(&mut out), 0, 0);
    out
}

/// A list or map, taken apart.
struct Container<'v> {
    is_map: bool,
    flags: u8,
    /// Packed keys (of a map) and values.
    children: Vec<(Option<&'v [u8]>, &'v [u8])>,
}

struct Walk<'w> {
    select: &'w Select,
    env: &'w Env<'w>,
    /// What is answered so far, packed, and how many elements that is.
    found: Vec<u8>,
    count: usize,
}

impl Walk<'_> {
    /// One level; what becomes of the container if the selection builds one.
    fn level(&mut self, value: &[u8], path: &[Step]) -> Result<Option<Vec<u8>>, ResultCode> {
        let Some((step, deeper)) = path.split_first() else { return Ok(None) };
        let Some(container) = Container::read(value)? else { return Ok(None) };
        let is_tree = matches!(self.select.mode, SelectMode::Tree);
        let mut kept: Vec<(Option<&[u8]>, Vec<u8>)> = Vec::new();
        let chosen = self.chosen(step, &container)?;
        for (at, (key, child)) in container.children.iter().enumerate() {
            let becomes = match (chosen.binary_search(&at).is_ok(), deeper.is_empty()) {
                (false, _) => (!is_tree).then(|| child.to_vec()),
                (true, true) => self.leaf(at, *key, child)?,
                (true, false) => match self.level(child, deeper)? {
                    None if is_tree => None,
                    None => Some(child.to_vec()),
                    rebuilt => rebuilt,
                },
            };
            kept.extend(becomes.map(|value| (*key, value)));
        }
        Ok(Some(container.rebuilt(&kept)))
    }

    /// Takes a selected element; what becomes of it.
    fn leaf(&mut self, at: usize, key: Option<&[u8]>, value: &[u8]) -> Result<Option<Vec<u8>>, ResultCode> {
        match &self.select.mode {
            SelectMode::Tree => {}
            SelectMode::Values => self.answer(value),
            SelectMode::Keys => key.into_iter().for_each(|key| self.answer(key)),
            SelectMode::KeyValues => {
                key.into_iter().for_each(|key| self.answer(key));
                self.answer(value);
            }
            SelectMode::Apply(node) => return self.applied(node, at, key, value),
        }
        Ok(Some(value.into()))
    }

    fn answer(&mut self, packed: &[u8]) {
        self.found.extend_from_slice(packed);
        self.count += 1;
    }

    fn applied(
        &self,
        node: &Node,
        at: usize,
        key: Option<&[u8]>,
        value: &[u8],
    ) -> Result<Option<Vec<u8>>, ResultCode> {
        match self.eval(node, at, key, value) {
            Value::Remove => Ok(None),
            Value::Unknown if self.select.no_fail => Ok(Some(value.into())),
            result => {
                let mut packed = Vec::new();
                result.pack(&mut packed).ok_or(ResultCode::PARAMETER)?;
                Ok(Some(packed))
            }
        }
    }

    fn eval(&self, node: &Node, at: usize, key: Option<&[u8]>, value: &[u8]) -> Value<'static> {
        let item = Item {
            key: key.map_or(Value::Unknown, Value::from_packed),
            value: Value::from_packed(value),
            index: at as i64,
        };
        let variables = self.env.variables.iter().map(Value::borrowed).collect();
        Env { record: self.env.record, variables, item: Some(item) }.eval(node).into_owned()
    }

    /// Positions of the children that a step selects, ascending.
    fn chosen(&self, step: &Step, container: &Container<'_>) -> Result<Vec<usize>, ResultCode> {
        let children = container.children.iter().enumerate();
        match step {
            Step::Element(kind, selector) => Ok(container.element(*kind, selector)?.into_iter().collect()),
            Step::Keys(keys) => {
                let Some(keys) = Container::read(keys)? else { return Err(ResultCode::PARAMETER) };
                let is_among =
                    |key: &[u8]| keys.children.iter().any(|(_, wanted)| cdt::compare(key, wanted).is_eq());
                Ok(children.filter(|(_, (key, _))| key.is_some_and(is_among)).map(|(at, _)| at).collect())
            }
            Step::Children(node) => {
                let mut chosen = Vec::new();
                for (at, (key, value)) in children {
                    match self.eval(node, at, *key, value) {
                        Value::Bool(true) => chosen.push(at),
                        Value::Bool(false) => {}
                        _ if self.select.no_fail => {}
                        _ => return Err(ResultCode::PARAMETER),
                    }
                }
                Ok(chosen)
            }
        }
    }
}

impl<'v> Container<'v> {
    /// Takes a list or map apart; `None` for any other value.
    fn read(value: &'v [u8]) -> Result<Option<Self>, ResultCode> {
        let invalid = |_| ResultCode::PARAMETER;
        let mut reader = Reader::new(value);
        let (is_map, mut count) = match msgpack::read_token(&mut reader).map_err(invalid)? {
            Token::List(count) => (false, count),
            Token::Map(count) => (true, count),
            _ => return Ok(None),
        };
        let flags = msgpack::read_order(&mut reader, &mut count, is_map).map_err(invalid)?;
        let mut element = || {
            let start = reader.position();
            msgpack::skip(&mut reader).map_err(invalid)?;
            Ok::<_, ResultCode>(reader.since(start))
        };
        let mut children = Vec::new();
        for _ in 0..count {
            let key = if is_map { Some(element()?) } else { None };
            children.push((key, element()?));
        }
        Ok(Some(Self { is_map, flags, children }))
    }

    /// The same kind of container with other children.
    fn rebuilt(&self, children: &[(Option<&[u8]>, Vec<u8>)]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out);
        if self.is_map {
            msgpack::write_map_header(&mut writer, children.len(), self.flags);
        } else {
            msgpack::write_list_header(&mut writer, children.len(), self.flags);
        }
        for (key, value) in children {
            writer.bytes(key.unwrap_or_default());
            writer.bytes(value);
        }
        out
    }

    /// The position of the one child that a context item means, if it is there.
    fn element(&self, kind: i64, selector: &[u8]) -> Result<Option<usize>, ResultCode> {
        if kind & AND != 0 {
            return Err(ResultCode::PARAMETER);
        }
        let kind = kind & ELEMENT;
        let is_map_kind = matches!(kind, MAP_INDEX | MAP_RANK | MAP_KEY | MAP_VALUE);
        if is_map_kind != self.is_map {
            return Ok(None);
        }
        let mut values = self.children.iter();
        match kind {
            LIST_VALUE | MAP_VALUE => Ok(values.position(|(_, value)| cdt::compare(value, selector).is_eq())),
            MAP_KEY => {
                Ok(values.position(|(key, _)| key.is_some_and(|key| cdt::compare(key, selector).is_eq())))
            }
            LIST_INDEX | MAP_INDEX => Ok(self.at(selector)?),
            LIST_RANK | MAP_RANK => {
                let by_value = &mut |a: usize, b: usize| cdt::compare(self.children[a].1, self.children[b].1);
                let ranks = order::ranks(self.children.len(), by_value);
                Ok(self.at(selector)?.and_then(|rank| ranks.get(rank).copied()))
            }
            _ => Err(ResultCode::PARAMETER),
        }
    }

    /// A place among the children; a negative one counts from the end.
    fn at(&self, selector: &[u8]) -> Result<Option<usize>, ResultCode> {
        let Value::Integer(at) = Value::from_packed(selector) else { return Err(ResultCode::PARAMETER) };
        let size = self.children.len();
        let at = if at < 0 { at.saturating_add(size as i64) } else { at };
        Ok(usize::try_from(at).ok().filter(|at| *at < size))
    }
}
