//! A request on one record as a row of a batch request.
//!
//! Imports this folder. A row says the same as a request of its own, in another order and with 16 bits for the generation:
//! layouts in `batch` and `message`. The deadline is the batch's.

use super::batch::write_repeat;
use super::flags::{info1, info2, info3, row_flags};
use super::frame;
use super::message::{Field, FieldType, HEADER_SIZE, Header};
use super::reader::Reader;
use super::writer::Writer;

/// Where the type of a field stands in it.
const FIELD_TYPE: usize = 4;

/// What a row says before its fields: index, digest, flags, generation, TTL, and how many fields and operations.
const LONGEST_START: usize = 38;

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
        let mut head = reader.since(0);
        let mut digest: &[u8] = &[];
        for kind in [FieldType::NAMESPACE, FieldType::SET, FieldType::DIGEST] {
            head = reader.since(0);
            digest = Field::read(&mut reader).ok().filter(|field| field.kind == kind)?.data;
        }
        Some(Self { header, digest: digest.try_into().ok()?, head, tail: reader.rest() })
    }

    /// Whether a row can say it: one has no filter of its own here, 16 bits for the generation, and waits for the replicas.
    pub(crate) fn fits_row(&self) -> bool {
        let header = &self.header;
        header.info3 & info3::COMMIT_LEVEL_MASTER == 0
            && header.info4 == 0
            && header.generation <= u32::from(u16::MAX)
            && (header.fields == 3
                || header.fields == 4 && self.tail.get(FIELD_TYPE) == Some(&FieldType::KEY.0))
    }

    /// Whether it differs from another one in the digest alone, and may be told so.
    fn repeats(&self, last: &Self) -> bool {
        self.header.fields == 3 && self.head == last.head && self.tail == last.tail
    }

    /// Appends it as a row; `last` is the row before it.
    pub(crate) fn write_row(&self, writer: &mut Writer<'_>, index: u32, last: Option<&Self>) {
        let header = &self.header;
        if last.is_some_and(|last| self.repeats(last)) {
            return write_repeat(writer, index, self.digest);
        }
        let mut row = [0; LONGEST_START];
        row[..4].copy_from_slice(&index.to_be_bytes());
        row[4..24].copy_from_slice(self.digest);
        let writes = header.info2 & info2::WRITE != 0;
        let flags = row_flags::INFO | row_flags::TTL | if writes { row_flags::GENERATION } else { 0 };
        let info1 = header.info1 & !info1::COMPRESS_RESPONSE;
        row[24..28].copy_from_slice(&[flags, info1, header.info2, header.info3]);
        let start = if writes {
            row[28..30].copy_from_slice(&(header.generation as u16).to_be_bytes());
            30
        } else {
            28
        };
        row[start..start + 4].copy_from_slice(&header.ttl.to_be_bytes());
        row[start + 4..start + 6].copy_from_slice(&(header.fields - 1).to_be_bytes());
        row[start + 6..start + 8].copy_from_slice(&header.ops.to_be_bytes());
        writer.bytes(&row[..start + 8]);
        writer.bytes(self.head.get(HEADER_SIZE..).unwrap_or_default());
        writer.bytes(self.tail);
    }
}
