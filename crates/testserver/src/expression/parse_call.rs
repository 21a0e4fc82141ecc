//! Reads the operations inside expressions: on lists, maps, blobs, HyperLogLog sketches and by path.
//!
//! Imports the parser and its nodes. Source: server `exp.c` (build of CALL), `cdt.c`.

use aerospike_wasm::wire::{Reader, ResultCode};

use super::node::{Call, Called, Module, Node, Operation, Param, Select, SelectMode, Step};
use super::parse::{Parser, Typed, exactly};
use super::value::Kind;

const INVALID: ResultCode = ResultCode::PARAMETER;

/// Set in a module: the operation changes a copy, which is the result.
const MODIFY: i64 = 0x40;

/// Opcode of an operation with a context.
const CONTEXT: i64 = 0xff;
/// Opcode of a selection by path.
const SELECT: i64 = 0xfe;

/// Context item: all children that fulfil an expression.
const CHILDREN: i64 = 0x04;
/// Context item: map keys in a list.
const KEYS: i64 = 0x2a;

const NO_FAIL: i64 = 0x10;

impl Parser<'_> {
    pub(super) fn call(&mut self, count: usize) -> Result<Typed, ResultCode> {
        exactly(count, 4)?;
        let kind = self.kind()?;
        let module_bits = self.integer()?;
        let is_modify = module_bits & MODIFY != 0;
        let module = match module_bits & !MODIFY {
            0 => Module::Cdt,
            1 => Module::Bits,
            2 => Module::Hll,
            _ => return Err(INVALID),
        };
        let what = self.called(module)?;
        let base = match module {
            Module::Cdt => self.collection()?,
            Module::Bits => self.of(Kind::Blob)?,
            Module::Hll => self.of(Kind::Hll)?,
        };
        Ok((Node::Call(Box::new(Call { kind, is_modify, what, base })), kind))
    }

    fn collection(&mut self) -> Result<Node, ResultCode> {
        let (node, kind) = self.expression()?;
        if matches!(kind, Kind::List | Kind::Map | Kind::Any) { Ok(node) } else { Err(INVALID) }
    }

    fn called(&mut self, module: Module) -> Result<Called, ResultCode> {
        let before = self.reader.clone();
        let count = self.list()?;
        match self.integer()? {
            SELECT if module == Module::Cdt => Ok(Called::Select(self.select(count)?)),
            CONTEXT if module == Module::Cdt => {
                exactly(count, 3)?;
                let context = Some(self.packed()?.into());
                let count = self.list()?;
                Ok(Called::Operation(module, Operation { context, params: self.params(count)? }))
            }
            _ => {
                self.reader = before;
                let count = self.list()?;
                Ok(Called::Operation(module, Operation { context: None, params: self.params(count)? }))
            }
        }
    }

    fn params(&mut self, count: usize) -> Result<Vec<Param>, ResultCode> {
        (0..count)
            .map(|_| {
                if self.is_list_next() {
                    self.expression().map(|(node, _)| Param::Expression(node))
                } else {
                    self.packed().map(|packed| Param::Packed(packed.into()))
                }
            })
            .collect()
    }

    /// A selection by path, behind its opcode.
    fn select(&mut self, count: usize) -> Result<Select, ResultCode> {
        let items = self.list()?;
        if items == 0 || !items.is_multiple_of(2) {
            return Err(INVALID);
        }
        let steps = items / 2;
        self.nested(steps, |parser| parser.path(steps, count))
    }

    /// The steps of a path and what becomes of what they select.
    fn path(&mut self, steps: usize, count: usize) -> Result<Select, ResultCode> {
        let path = (0..steps).map(|_| self.step()).collect::<Result<_, _>>()?;
        let flags = self.integer()?;
        let mode = match flags & !NO_FAIL {
            0 => SelectMode::Tree,
            1 => SelectMode::Values,
            2 => SelectMode::Keys,
            3 => SelectMode::KeyValues,
            4 => SelectMode::Apply(self.expression()?.0),
            _ => return Err(INVALID),
        };
        exactly(count, if matches!(mode, SelectMode::Apply(_)) { 4 } else { 3 })?;
        Ok(Select { path, mode, no_fail: flags & NO_FAIL != 0 })
    }

    fn step(&mut self) -> Result<Step, ResultCode> {
        Ok(match self.integer()? {
            CHILDREN => Step::Children(self.of(Kind::Bool)?),
            KEYS if self.is_list_next() => Step::Keys(self.packed()?.into()),
            kind => Step::Element(kind, self.packed()?.into()),
        })
    }
}

/// Reads a selection by path that is an operation of its own.
///
/// # Errors
/// 4.
pub(super) fn select(op_value: &[u8]) -> Result<Select, ResultCode> {
    let mut parser = Parser::new(Reader::new(op_value));
    let count = parser.list()?;
    if parser.integer()? == SELECT { parser.select(count) } else { Err(INVALID) }
}
