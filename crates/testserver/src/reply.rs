//! Writes one record message of a reply straight into the output.
//!
//! Imports the core's message types. The operations are written before the header is known (a later one may fail,
//! and the generation changes at the end), so the header's place is filled last. Source: server `proto.c`.

use aerospike_wasm::wire::message::{self, Body, OpCode};
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::wire::{ResultCode, Writer};

use crate::particle::Particle;

/// How a command ended: what the header of its reply says.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) code: ResultCode,
    pub(crate) generation: u16,
    pub(crate) void_time: u32,
    /// Keep the operations although the code is not 0 (a failed UDF says why in one).
    pub(crate) keeps_ops: bool,
}

impl Outcome {
    /// An outcome without metadata of a record.
    pub(crate) const fn bare(code: ResultCode) -> Self {
        Self { code, generation: 0, void_time: 0, keeps_ops: false }
    }
}

/// A reply message in the making.
#[derive(Debug)]
pub(crate) struct Reply<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
    ops: u16,
    /// Every operation answers with the id of a plain read, as in the rows of a batch that only read.
    pub(crate) answers_as_read: bool,
}

impl<'o> Reply<'o> {
    /// Starts a message at the end of `out`.
    pub(crate) fn start(out: &'o mut Vec<u8>) -> Self {
        let start = out.len();
        out.extend_from_slice(&[0; message::HEADER_SIZE]);
        Self { out, start, ops: 0, answers_as_read: false }
    }

    /// Appends an operation; without a value it is the placeholder "no value".
    pub(crate) fn op(&mut self, code: OpCode, name: &[u8], value: Option<&Particle>) {
        let code = if self.answers_as_read { OpCode::READ } else { code };
        let kind = value.map_or(ParticleType::NULL, |value| value.kind);
        let bytes = value.map_or(&[][..], |value| &value.bytes);
        let mut writer = Writer::new(self.out);
        Body::new(&mut writer).op(code, kind, name, |writer| writer.bytes(bytes));
        self.ops = self.ops.saturating_add(1);
    }

    /// Fills in the header; a failed command loses its operations. `row` is the index in a batch, else 0.
    pub(crate) fn finish(mut self, outcome: Outcome, row: u32) {
        if !outcome.code.is_ok() && !outcome.keeps_ops {
            self.out.truncate(self.start + message::HEADER_SIZE);
            self.ops = 0;
        }
        let mut writer = Writer::new(self.out);
        writer.patch_u8(self.start, message::HEADER_SIZE as u8);
        writer.patch_u8(self.start + 5, outcome.code.0);
        writer.patch_u32(self.start + 6, u32::from(outcome.generation));
        writer.patch_u32(self.start + 10, outcome.void_time);
        writer.patch_u32(self.start + 14, row);
        writer.patch_u16(self.start + 20, self.ops);
    }
}
