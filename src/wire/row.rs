//! A request on one record as a row of a batch request.
//!
//! Imports this folder. A row says the same as a request of its own, in another order and with 16 bits for the generation:
//! layouts in `batch` and `message`. The deadline is the batch's.

use super::batch::{RowHeader, write_head, write_repeat};
use super::flags::{info1, info2, info3};
use super::frame;
use super::message::{Field, FieldType, HEADER_SIZE, Header};
use super::reader::Reader;
use super::writer::Writer;

/// The parts of a request on one record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestParts<'a> {
    /// The message's header.
    pub(crate) header: Header,
    /// Digest of the key.
    pub(crate) digest: &'a [u8; 20],
    /// The header, and the fields of namespace and set.
    head: &'a [u8],
    /// The fields after the digest, and the operations.
    tail: &'a [u8],
}

impl<'a> RequestParts<'a> {
    /// Takes apart a frame that holds one message whose fields begin with namespace, set and digest; `None` for others.
    #[inline(never)]
    pub(crate) fn of(request: &'a [u8]) -> Option<Self> {
        let body = request.get(frame::HEADER_SIZE..)?;
        let mut reader = Reader::new(body);
        let header = Header::read(&mut reader).ok()?;
        let kinds = [Field::read(&mut reader).ok()?.kind, Field::read(&mut reader).ok()?.kind];
        let head = reader.since(0);
        let digest = Field::read(&mut reader).ok().filter(|field| field.kind == FieldType::DIGEST)?;
        if kinds != [FieldType::NAMESPACE, FieldType::SET] {
            return None;
        }
        Some(Self { header, digest: digest.data.try_into().ok()?, head, tail: reader.rest() })
    }

    /// Whether a row can say it: one has no filter of its own here, 16 bits for the generation, and waits for the replicas.
    pub(crate) fn fits_row(&self) -> bool {
        let header = &self.header;
        header.info3 & info3::COMMIT_LEVEL_MASTER == 0
            && header.info4 == 0
            && header.generation <= u32::from(u16::MAX)
            && !self.extra_fields().any(|field| field.kind != FieldType::KEY)
    }

    /// Whether it differs from another one in the digest alone, and may be told so.
    fn repeats(&self, last: &Self) -> bool {
        self.header.fields == 3 && self.head == last.head && self.tail == last.tail
    }

    /// Appends it as a row; `last` is the row before it.
    pub(crate) fn write_row(&self, writer: &mut Writer<'_>, index: u32, last: Option<&Self>) {
        if last.is_some_and(|last| self.repeats(last)) {
            return write_repeat(writer, index, self.digest);
        }
        let header = &self.header;
        let generation = (header.info2 & info2::WRITE != 0).then_some(header.generation as u16);
        let row = RowHeader {
            info1: header.info1 & !info1::COMPRESS_RESPONSE,
            info2: header.info2,
            info3: header.info3,
            info4: None,
            generation,
            ttl: Some(header.ttl),
        };
        writer.u32(index);
        writer.bytes(self.digest);
        write_head(writer, &row);
        writer.u16(header.fields - 1);
        writer.u16(header.ops);
        writer.bytes(self.head.get(HEADER_SIZE..).unwrap_or_default());
        writer.bytes(self.tail);
    }

    fn extra_fields(&self) -> impl Iterator<Item = Field<'a>> {
        let mut reader = Reader::new(self.tail);
        (3..self.header.fields).map_while(move |_| Field::read(&mut reader).ok())
    }
}
