//! Checking packed values that come from outside and giving them the form in which they are stored.
//!
//! Imports the core's MessagePack. Stored form: shortest integers, headers and strings; maps sorted by key at every
//! depth; order flags that mean something, and no others. Invariant: no recursion, one pass, one output buffer (a map
//! that is not sorted is put in order where it lies). Source: server `msgpack_in.c`, `particle_list.c`,
//! `particle_map.c`.

use core::cmp::Ordering;

use aerospike_wasm::wire::msgpack::{self, Token, order};
use aerospike_wasm::wire::{Reader, Writer};

use super::compare;
use super::packed::{self, Kind, Malformed};

/// The flags of a map that are stored: key-ordered, and the one that with it means key-value-ordered.
const MAP_FLAGS: u8 = order::KEY_VALUE_ORDERED;

/// The stored form of exactly one element.
pub(super) fn element(bytes: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut pass = Pass { reader: Reader::new(bytes), out: Vec::new(), open: Vec::new() };
    loop {
        pass.step()?;
        if !pass.close()? {
            break;
        }
    }
    pass.reader.finish("MessagePack element")?;
    Ok(pass.out)
}

/// A container whose elements are being read.
struct Open {
    kind: Kind,
    flags: u8,
    /// Elements to come, a map's keys and values counted apiece.
    left: u64,
    /// Where its elements start in the output: every one of an ordered list, the keys of a map, else none.
    starts: Vec<usize>,
}

struct Pass<'a> {
    reader: Reader<'a>,
    out: Vec<u8>,
    open: Vec<Open>,
}

impl Pass<'_> {
    /// Copies one scalar, or one container's header.
    fn step(&mut self) -> Result<(), Malformed> {
        let start = self.reader.position();
        let token = msgpack::read_token(&mut self.reader)?;
        self.place(&token)?;
        let mut writer = Writer::new(&mut self.out);
        match token {
            Token::List(mut count) => {
                let flags = msgpack::read_order(&mut self.reader, &mut count, false)? & order::ORDERED;
                msgpack::write_list_header(&mut writer, count as usize, flags);
                self.enter(Kind::List, flags, u64::from(count))?;
            }
            Token::Map(mut count) => {
                let flags = msgpack::read_order(&mut self.reader, &mut count, true)? & MAP_FLAGS;
                msgpack::write_map_header(&mut writer, count as usize, flags);
                self.enter(Kind::Map, flags, 2 * u64::from(count))?;
            }
            Token::Integer(value) => msgpack::write_integer(&mut writer, value),
            Token::Unsigned(value) => msgpack::write_unsigned(&mut writer, value),
            Token::Raw(raw) => msgpack::write_raw(&mut writer, raw),
            Token::Ext(0xff, [0 | 1]) => return Err(Malformed),
            Token::Nil | Token::Bool(_) | Token::Float(_) | Token::Ext(..) => {
                writer.bytes(self.reader.since(start));
            }
        }
        Ok(())
    }

    /// Counts an element in the container around it.
    fn place(&mut self, token: &Token<'_>) -> Result<(), Malformed> {
        let at = self.out.len();
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        match open.kind {
            Kind::Map if open.left % 2 == 0 => {
                if !packed::is_key(token) {
                    return Err(Malformed);
                }
                open.starts.push(at);
            }
            Kind::List if open.flags != 0 => open.starts.push(at),
            Kind::List | Kind::Map => {}
        }
        open.left -= 1;
        Ok(())
    }

    fn enter(&mut self, kind: Kind, flags: u8, left: u64) -> Result<(), Malformed> {
        if left > self.reader.remaining() as u64 {
            return Err(Malformed);
        }
        self.open.push(Open { kind, flags, left, starts: Vec::new() });
        Ok(())
    }

    /// Closes the containers that are complete. Whether there is more to read.
    fn close(&mut self) -> Result<bool, Malformed> {
        while let Some(open) = self.open.pop_if(|open| open.left == 0) {
            match open.kind {
                Kind::List => check_list(&self.out, &open.starts)?,
                Kind::Map => sort_map(&mut self.out, &open)?,
            }
        }
        Ok(!self.open.is_empty())
    }
}

fn check_list(out: &[u8], starts: &[usize]) -> Result<(), Malformed> {
    let sorted = starts.is_sorted_by(|a, b| compare::order(&out[*a..], &out[*b..]).is_le());
    if sorted { Ok(()) } else { Err(Malformed) }
}

fn sort_map(out: &mut Vec<u8>, open: &Open) -> Result<(), Malformed> {
    let by_key = |a: &usize, b: &usize| compare::order(&out[*a..], &out[*b..]);
    if open.starts.is_sorted_by(|a, b| by_key(a, b) == Ordering::Less) {
        return Ok(());
    }
    if open.flags & order::ORDERED != 0 {
        return Err(Malformed);
    }
    let mut sorted = open.starts.clone();
    crate::order::sort(&mut sorted, |a, b| by_key(&a, &b));
    if !sorted.is_sorted_by(|a, b| by_key(a, b) == Ordering::Less) {
        return Err(Malformed);
    }
    let Some(first) = open.starts.first().copied() else { return Ok(()) };
    let mut pairs = Vec::with_capacity(out.len() - first);
    for start in sorted {
        let next = open.starts.partition_point(|other| *other <= start);
        let end = open.starts.get(next).copied().unwrap_or(out.len());
        pairs.extend_from_slice(&out[start..end]);
    }
    out.truncate(first);
    out.append(&mut pairs);
    Ok(())
}
