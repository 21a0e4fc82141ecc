//! Values of the interface, which are flat tables of nodes, to and from the core's.
//!
//! Imports the core's public API and the interface's types. Invariants: every node but the first is used once, by a
//! node before it, so a table without an error has neither cycles nor nodes that get lost; recursion is bounded.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use aerospike_wasm::data::ValueRef;
use aerospike_wasm::wire::msgpack::{self, Token, order};
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::wire::{DecodeError, Reader, Writer};

use crate::fault::{Checked, Fault};
use crate::types::{ListNode, MapNode, MapOrder, Node, UnknownNode, Value};

/// How deep lists and maps may nest in a value that is written.
const MAX_DEPTH: usize = 64;

/// A value ready to be borrowed by a command: lists and maps are packed.
#[derive(Debug)]
pub(crate) enum Prepared<'a> {
    Plain(ValueRef<'a>),
    Packed(ParticleType, Vec<u8>),
}

impl Prepared<'_> {
    pub(crate) fn value(&self) -> ValueRef<'_> {
        match self {
            Self::Plain(value) => *value,
            Self::Packed(particle, bytes) => ValueRef::Packed(*particle, bytes),
        }
    }
}

/// Checks a value and packs it if it is a list or map.
pub(crate) fn prepare(value: &Value) -> Checked<Prepared<'_>> {
    let nodes = value.nodes.as_slice();
    let Some(root) = nodes.first() else {
        return Err(Fault::new("nodes", "the table is empty; a value has one node at least"));
    };
    let plain = match root {
        Node::Nil => ValueRef::Nil,
        Node::Boolean(value) => ValueRef::Bool(*value),
        Node::Integer(value) => ValueRef::Integer(*value),
        Node::Float(value) => ValueRef::Float(*value),
        Node::Text(text) => ValueRef::String(text),
        Node::Blob(bytes) => ValueRef::Blob(bytes),
        Node::GeoJson(text) => ValueRef::GeoJson(text),
        Node::Hll(bytes) => ValueRef::Hll(bytes),
        Node::Unknown(node) => ValueRef::Unknown(ParticleType(node.particle_type), &node.data),
        Node::Packed(_) => return Err(at(0, "a packed element can only be inside a list or map")),
        Node::List(_) => return Packer::run(nodes, ParticleType::LIST),
        Node::Map(_) => return Packer::run(nodes, ParticleType::MAP),
    };
    if nodes.len() > 1 {
        return Err(at(1, "no list or map contains this node"));
    }
    Ok(Prepared::Plain(plain))
}

fn at(node: usize, problem: impl Into<String>) -> Fault {
    Fault::new(format!("nodes[{node}]"), problem)
}

struct Packer<'a> {
    nodes: &'a [Node],
    used: Vec<bool>,
}

impl<'a> Packer<'a> {
    fn run(nodes: &'a [Node], particle: ParticleType) -> Checked<Prepared<'a>> {
        let mut packer = Packer { nodes, used: vec![false; nodes.len()] };
        let mut bytes = Vec::new();
        packer.node(0, &nodes[0], 0, &mut Writer::new(&mut bytes))?;
        match packer.used.iter().skip(1).position(|used| !used) {
            Some(lost) => Err(at(lost + 1, "no list or map contains this node")),
            None => Ok(Prepared::Packed(particle, bytes)),
        }
    }

    fn node(&mut self, index: usize, node: &'a Node, depth: usize, out: &mut Writer<'_>) -> Checked<()> {
        match node {
            Node::Nil => msgpack::write_nil(out),
            Node::Boolean(value) => msgpack::write_bool(out, *value),
            Node::Integer(value) => msgpack::write_integer(out, *value),
            Node::Float(value) => msgpack::write_float(out, *value),
            Node::Text(text) => msgpack::write_typed(out, ParticleType::STRING, text.as_bytes()),
            Node::Blob(bytes) => msgpack::write_typed(out, ParticleType::BLOB, bytes),
            Node::GeoJson(text) => msgpack::write_typed(out, ParticleType::GEOJSON, text.as_bytes()),
            Node::Hll(bytes) => msgpack::write_typed(out, ParticleType::HLL, bytes),
            Node::Unknown(node) => {
                msgpack::write_typed(out, ParticleType(node.particle_type), &node.data);
            }
            Node::Packed(bytes) => {
                msgpack::check(bytes).map_err(|error| at(index, format!("not MessagePack: {error}")))?;
                out.bytes(bytes);
            }
            Node::List(list) => self.list(index, list, depth + 1, out)?,
            Node::Map(map) => self.map(index, map, depth + 1, out)?,
        }
        Ok(())
    }

    fn list(&mut self, index: usize, list: &'a ListNode, depth: usize, out: &mut Writer<'_>) -> Checked<()> {
        check_depth(index, depth)?;
        let flags = if list.ordered { order::ORDERED } else { 0 };
        msgpack::write_list_header(out, list.items.len(), flags);
        for item in &list.items {
            let (child, node) = self.child(index, *item)?;
            self.node(child, node, depth, out)?;
        }
        Ok(())
    }

    fn map(&mut self, index: usize, map: &'a MapNode, depth: usize, out: &mut Writer<'_>) -> Checked<()> {
        check_depth(index, depth)?;
        let flags = match map.order {
            MapOrder::Unordered => 0,
            MapOrder::KeyOrdered => order::ORDERED,
            MapOrder::KeyValueOrdered => order::KEY_VALUE_ORDERED,
        };
        msgpack::write_map_header(out, map.entries.len(), flags);
        for (key, value) in &map.entries {
            let (child, node) = self.child(index, *key)?;
            if !matches!(node, Node::Integer(_) | Node::Text(_) | Node::Blob(_)) {
                return Err(at(child, "a key of a map is an integer, text or a blob"));
            }
            self.node(child, node, depth, out)?;
            let (child, node) = self.child(index, *value)?;
            self.node(child, node, depth, out)?;
        }
        Ok(())
    }

    /// The node that `parent` contains as `child`.
    fn child(&mut self, parent: usize, child: u32) -> Checked<(usize, &'a Node)> {
        let index = child as usize;
        let Some(node) = self.nodes.get(index) else {
            let count = self.nodes.len();
            return Err(at(parent, format!("contains node {child}, but the table has {count} nodes")));
        };
        if index <= parent {
            return Err(at(parent, format!("contains node {child}, which does not come after it")));
        }
        if core::mem::replace(&mut self.used[index], true) {
            return Err(at(parent, format!("contains node {child}, which is contained already")));
        }
        Ok((index, node))
    }
}

fn check_depth(index: usize, depth: usize) -> Checked<()> {
    if depth > MAX_DEPTH {
        return Err(at(index, format!("lists and maps nest deeper than {MAX_DEPTH}")));
    }
    Ok(())
}

/// A value that came from a server.
pub(crate) fn from_core(value: &ValueRef<'_>) -> Value {
    let mut nodes = Vec::new();
    match *value {
        ValueRef::Packed(particle, bytes) => {
            if element(&mut Reader::new(bytes), &mut nodes).is_err() {
                nodes = vec![unknown(particle, bytes)];
            }
        }
        ValueRef::Bool(value) => nodes.push(Node::Boolean(value)),
        ValueRef::Integer(value) => nodes.push(Node::Integer(value)),
        ValueRef::Float(value) => nodes.push(Node::Float(value)),
        ValueRef::String(text) => nodes.push(Node::Text(text.into())),
        ValueRef::Blob(bytes) => nodes.push(Node::Blob(bytes.into())),
        ValueRef::GeoJson(text) => nodes.push(Node::GeoJson(text.into())),
        ValueRef::Hll(bytes) => nodes.push(Node::Hll(bytes.into())),
        ValueRef::Unknown(particle, bytes) => nodes.push(unknown(particle, bytes)),
        // A reply holds no values but these.
        _ => nodes.push(Node::Nil),
    }
    Value { nodes }
}

fn unknown(particle: ParticleType, bytes: &[u8]) -> Node {
    Node::Unknown(UnknownNode { particle_type: particle.0, data: bytes.into() })
}

/// Appends the next element with all it contains, and gives its index. The depth was checked when the reply came.
fn element(reader: &mut Reader<'_>, nodes: &mut Vec<Node>) -> Result<u32, DecodeError> {
    let start = reader.position();
    let index = nodes.len();
    let text = |bytes: &[u8]| core::str::from_utf8(bytes).ok().map(String::from);
    let node = match msgpack::read_token(reader)? {
        Token::Nil => Node::Nil,
        Token::Bool(value) => Node::Boolean(value),
        Token::Integer(value) => Node::Integer(value),
        Token::Float(value) => Node::Float(value),
        Token::Raw([4, bytes @ ..]) => Node::Blob(bytes.into()),
        Token::Raw([18, bytes @ ..]) => Node::Hll(bytes.into()),
        Token::Raw([kind @ (3 | 23), bytes @ ..]) => match (text(bytes), *kind) {
            (Some(text), 3) => Node::Text(text),
            (Some(text), _) => Node::GeoJson(text),
            (None, _) => Node::Packed(reader.since(start).into()),
        },
        Token::Raw(_) | Token::Unsigned(_) | Token::Ext(..) => Node::Packed(reader.since(start).into()),
        Token::List(mut count) => {
            let flags = msgpack::read_order(reader, &mut count, false)?;
            nodes.push(Node::Nil);
            let items = (0..count).map(|_| element(reader, nodes)).collect::<Result<_, _>>()?;
            nodes[index] = Node::List(ListNode { items, ordered: flags & order::ORDERED != 0 });
            return Ok(index as u32);
        }
        Token::Map(mut count) => {
            let flags = msgpack::read_order(reader, &mut count, true)?;
            nodes.push(Node::Nil);
            let entries = (0..count)
                .map(|_| Ok((element(reader, nodes)?, element(reader, nodes)?)))
                .collect::<Result<_, DecodeError>>()?;
            nodes[index] = Node::Map(MapNode { entries, order: map_order(flags) });
            return Ok(index as u32);
        }
    };
    nodes.push(node);
    Ok(index as u32)
}

const fn map_order(flags: u8) -> MapOrder {
    match flags & order::KEY_VALUE_ORDERED {
        0 | 2 => MapOrder::Unordered,
        1 => MapOrder::KeyOrdered,
        _ => MapOrder::KeyValueOrdered,
    }
}
