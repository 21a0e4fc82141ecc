//! One command on one record, whether it came as a message of its own or as a row of a batch.
//!
//! Imports the core's message types. Source: server `transaction.c`, `proto.c`. If a field occurs twice the first
//! one counts.

use aerospike_wasm::data::Digest;
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::flags::{info1, info2, info3, info4};
use aerospike_wasm::wire::message::{Field, FieldType, Message, Op, OpCode};

const UDF_FIELDS: core::ops::RangeInclusive<u8> = 30..=32;
/// Flag of an operation: an 8-byte last-update time stands between name and value.
const OP_HAS_LUT: u8 = 0x01;

/// The fields of a command.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fields<'a> {
    pub(crate) namespace: Option<&'a [u8]>,
    pub(crate) set: &'a [u8],
    pub(crate) user_key: Option<&'a [u8]>,
    pub(crate) digest: Option<&'a [u8]>,
    pub(crate) filter: Option<&'a [u8]>,
    pub(crate) batch: Option<&'a [u8]>,
    has_set: bool,
    has_transaction: bool,
    /// How many different ones of package, function and arguments are there.
    udf: [bool; 3],
}

impl<'a> Fields<'a> {
    pub(crate) fn read(fields: impl Iterator<Item = Field<'a>>) -> Self {
        let mut all = Self::default();
        for field in fields {
            all.take(&field);
        }
        all
    }

    fn take(&mut self, field: &Field<'a>) {
        let data = Some(field.data);
        match field.kind {
            FieldType::NAMESPACE => self.namespace = self.namespace.or(data),
            FieldType::SET if !self.has_set => {
                self.set = field.data;
                self.has_set = true;
            }
            FieldType::KEY => self.user_key = self.user_key.or(data),
            FieldType::DIGEST => self.digest = self.digest.or(data),
            FieldType::TRANSACTION_ID => self.has_transaction = true,
            FieldType::BATCH | FieldType(42) => self.batch = self.batch.or(data),
            FieldType::FILTER => self.filter = self.filter.or(data),
            FieldType(kind) if UDF_FIELDS.contains(&kind) => self.udf[usize::from(kind - 30)] = true,
            _ => {}
        }
    }
}

/// The flag bytes and numbers of a command's header.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) info1: u8,
    pub(crate) info2: u8,
    pub(crate) info3: u8,
    pub(crate) info4: u8,
    pub(crate) generation: u32,
    pub(crate) ttl: u32,
}

impl Flags {
    pub(crate) const fn of(message: &Message<'_>) -> Self {
        let header = &message.header;
        Self {
            info1: header.info1,
            info2: header.info2,
            info3: header.info3,
            info4: header.info4,
            generation: header.generation,
            ttl: header.ttl,
        }
    }
}

/// One command on one record.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) flags: Flags,
    pub(crate) fields: Fields<'a>,
    pub(crate) digest: Digest,
    pub(crate) ops: Vec<Op<'a>>,
}

impl<'a> Request<'a> {
    /// Takes the operations out of `ops`.
    ///
    /// # Errors
    /// An operation that announces a last-update time and has no room for it.
    pub(crate) fn new(
        flags: Flags,
        fields: Fields<'a>,
        digest: Digest,
        ops: impl Iterator<Item = Op<'a>>,
    ) -> Result<Self, ResultCode> {
        let ops = ops.map(without_lut).collect::<Result<_, _>>()?;
        Ok(Self { flags, fields, digest, ops })
    }

    pub(crate) const fn reads(&self) -> bool {
        self.flags.info1 & info1::READ != 0
    }

    pub(crate) const fn writes(&self) -> bool {
        self.flags.info2 & info2::WRITE != 0
    }

    pub(crate) const fn deletes(&self) -> bool {
        self.flags.info2 & info2::DELETE != 0
    }

    pub(crate) const fn reads_all(&self) -> bool {
        self.flags.info1 & info1::GET_ALL != 0
    }

    pub(crate) const fn reads_no_bins(&self) -> bool {
        self.flags.info1 & info1::GET_NO_BINS != 0
    }

    pub(crate) const fn responds_all(&self) -> bool {
        self.flags.info2 & info2::RESPOND_ALL_OPS != 0
    }

    pub(crate) const fn is_durable_delete(&self) -> bool {
        self.flags.info2 & info2::DURABLE_DELETE != 0
    }

    /// Create-or-replace or replace-only: the old bins go.
    pub(crate) const fn replaces(&self) -> bool {
        self.flags.info3 & (info3::CREATE_OR_REPLACE | info3::REPLACE_ONLY) != 0
    }

    /// Update-only, replace-only or a touch: the record must be there.
    pub(crate) fn needs_record(&self) -> bool {
        self.flags.info3 & (info3::UPDATE_ONLY | info3::REPLACE_ONLY) != 0
            || self.ops.iter().any(|op| op.code == OpCode::TOUCH)
    }

    pub(crate) const fn creates_only(&self) -> bool {
        self.flags.info2 & info2::CREATE_ONLY != 0
    }

    /// Whether the command calls a user-defined function.
    pub(crate) fn is_udf(&self) -> bool {
        self.fields.udf.contains(&true)
    }

    /// Whether package, function and arguments are all there.
    pub(crate) fn is_whole_udf(&self) -> bool {
        !self.fields.udf.contains(&false)
    }

    /// Whether the command asks for what only the Enterprise Edition does: transactions, linearizable reads.
    pub(crate) const fn is_enterprise(&self) -> bool {
        let transaction = info4::MRT_VERIFY_READ | info4::MRT_ROLL_FORWARD | info4::MRT_ROLL_BACK;
        let mode = self.flags.info3 & (info3::SC_READ_TYPE | info3::SC_READ_RELAX);
        self.fields.has_transaction
            || self.flags.info4 & transaction != 0
            || (!self.writes() && mode == info3::SC_READ_TYPE)
    }

    /// Checks a record's generation (0 for an absent record) as the command asks for it.
    pub(crate) fn check_generation(&self, generation: u16) -> Result<(), ResultCode> {
        let (asked, found) = (self.flags.generation, u32::from(generation));
        let fits = if self.flags.info2 & info2::GENERATION != 0 {
            asked == found
        } else if self.flags.info2 & info2::GENERATION_GT != 0 {
            asked > found
        } else {
            true
        };
        if fits { Ok(()) } else { Err(ResultCode::GENERATION) }
    }

    /// Whether the command asks for any generation or exists check.
    pub(crate) const fn has_conditions(&self) -> bool {
        self.flags.info2 & (info2::GENERATION | info2::GENERATION_GT | info2::CREATE_ONLY) != 0
            || self.flags.info3 & (info3::UPDATE_ONLY | info3::CREATE_OR_REPLACE | info3::REPLACE_ONLY) != 0
    }
}

fn without_lut(op: Op<'_>) -> Result<Op<'_>, ResultCode> {
    if op.flags & OP_HAS_LUT == 0 {
        return Ok(op);
    }
    op.value.get(8..).map(|value| Op { value, ..op }).ok_or(ResultCode::PARAMETER)
}
