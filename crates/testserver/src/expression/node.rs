//! The parsed form of an expression.
//!
//! Imports values. Invariants: types are checked, so far as they are known when an expression is built; a variable
//! is the place of its definition among those in force, which parser and evaluator count alike.

use super::arithmetic::Arithmetic;
use super::regex::Program;
use super::value::{Kind, Value};

/// An expression.
#[derive(Debug)]
pub(super) enum Node {
    Unknown,
    Remove,
    Constant(Value<'static>),
    Compare(Comparison, Box<[Self; 2]>),
    Regex(Program, Box<Self>),
    Geo(Box<[Self; 2]>),
    InList(Box<[Self; 2]>),
    And(Vec<Self>),
    Or(Vec<Self>),
    Exclusive(Vec<Self>),
    Not(Box<Self>),
    Arithmetic(Arithmetic, Vec<Self>),
    Meta(Meta),
    DigestModulo(u32),
    Key(Kind),
    Bin(Kind, Box<[u8]>),
    BinType(Box<[u8]>),
    MapKeys(Box<Self>),
    MapValues(Box<Self>),
    Builtin(Kind, Builtin),
    /// Conditions and values in turn, then the default.
    Cond(Vec<Self>),
    Variable(usize),
    /// Definitions, then the body.
    Let(Vec<Self>, Box<Self>),
    Call(Box<Call>),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// What is known of a record besides its bins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Meta {
    DeviceSize,
    LastUpdate,
    SinceUpdate,
    VoidTime,
    Ttl,
    SetName,
    KeyExists,
    IsTombstone,
    RecordSize,
}

/// What an expression inside a path sees of the element at hand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Builtin {
    Key,
    Value,
    Index,
}

/// An operation on a list, map, blob or HyperLogLog sketch.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) kind: Kind,
    pub(super) is_modify: bool,
    pub(super) what: Called,
    pub(super) base: Node,
}

#[derive(Debug)]
pub(super) enum Called {
    Operation(Module, Operation),
    Select(Select),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Module {
    Cdt,
    Bits,
    Hll,
}

/// An operation with parameters that may have to be evaluated first.
#[derive(Debug)]
pub(super) struct Operation {
    /// The packed context, if there is one.
    pub(super) context: Option<Box<[u8]>>,
    /// Opcode and parameters.
    pub(super) params: Vec<Param>,
}

#[derive(Debug)]
pub(super) enum Param {
    Packed(Box<[u8]>),
    Expression(Node),
}

/// A selection by path.
#[derive(Debug)]
pub(super) struct Select {
    pub(super) path: Vec<Step>,
    pub(super) mode: SelectMode,
    /// Elements whose expression is UNKNOWN are skipped.
    pub(super) no_fail: bool,
}

/// One level of a path.
#[derive(Debug)]
pub(super) enum Step {
    /// A context item of one element: type and packed value.
    Element(i64, Box<[u8]>),
    /// All children for which an expression is true.
    Children(Node),
    /// Map keys out of a packed list.
    Keys(Box<[u8]>),
}

/// What becomes of the elements that a path selects.
#[derive(Debug)]
pub(super) enum SelectMode {
    Tree,
    Values,
    Keys,
    KeyValues,
    Apply(Node),
}
