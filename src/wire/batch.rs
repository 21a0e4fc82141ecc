//! Rows of a batch request (field 41).
//!
//! Imports this folder. Source: server `batch.c`. A full row: index, digest, flags, info1, then if flagged info2 and
//! info3, info4, a 16-bit generation, a 32-bit TTL, then field count, operation count, fields (namespace first), operations. A repeat
//! row ends after its flags and takes everything else from the last full row.

use super::flags::row_flags;
use super::message::{Field, FieldType, Op};
use super::reader::{DecodeError, DecodeErrorKind, Reader};
use super::writer::Writer;

/// What a full row says besides its key, fields and operations.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct RowHeader {
    /// Read flags.
    pub info1: u8,
    /// Write flags, and whether they are present.
    pub info2: u8,
    /// Further flags, present together with `info2`.
    pub info3: u8,
    /// Transaction flags, if present.
    pub info4: Option<u8>,
    /// Expected generation, if present; the wire has 16 bits for it.
    pub generation: Option<u16>,
    /// TTL (or read-touch percent), if present.
    pub ttl: Option<u32>,
}

/// Appends the start of a repeat row.
pub fn write_repeat(writer: &mut Writer<'_>, index: u32, digest: &[u8; 20]) {
    writer.u32(index);
    writer.bytes(digest);
    writer.u8(row_flags::REPEAT);
}

/// Appends what follows index and digest in a full row; `write` appends its fields and operations and gives their
/// counts.
pub fn write_body<'b>(
    writer: &mut Writer<'b>,
    row: &RowHeader,
    write: impl FnOnce(&mut Writer<'b>) -> (u16, u16),
) {
    let mut flags = row_flags::INFO;
    flags |= if row.info4.is_some() { row_flags::INFO4 } else { 0 };
    flags |= if row.generation.is_some() { row_flags::GENERATION } else { 0 };
    flags |= if row.ttl.is_some() { row_flags::TTL } else { 0 };
    writer.bytes(&[flags, row.info1, row.info2, row.info3]);
    if let Some(info4) = row.info4 {
        writer.u8(info4);
    }
    if let Some(generation) = row.generation {
        writer.u16(generation);
    }
    if let Some(ttl) = row.ttl {
        writer.u32(ttl);
    }
    let counts = writer.position();
    writer.u32(0);
    let (fields, ops) = write(writer);
    writer.patch_u16(counts, fields);
    writer.patch_u16(counts + 2, ops);
}

/// A row of a batch request, borrowed; a repeat row carries what it repeats.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The caller's index.
    pub index: u32,
    /// Digest of the key.
    pub digest: [u8; 20],
    /// Flags, generation and TTL.
    pub header: RowHeader,
    /// Whether info2 and info3 were present.
    pub has_info: bool,
    /// Whether the row repeats the full row before it.
    pub is_repeat: bool,
    fields: Reader<'a>,
    field_count: u16,
    ops: Reader<'a>,
    op_count: u16,
}

impl<'a> Row<'a> {
    /// The fields in order.
    pub fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let mut reader = self.fields.clone();
        (0..self.field_count).map_while(move |_| Field::read(&mut reader).ok())
    }

    /// The first field of a type.
    #[must_use]
    pub fn field(&self, kind: FieldType) -> Option<&'a [u8]> {
        self.fields().find(|field| field.kind == kind).map(|field| field.data)
    }

    /// The operations in order.
    pub fn ops(&self) -> impl Iterator<Item = Op<'a>> + use<'a> {
        let mut reader = self.ops.clone();
        (0..self.op_count).map_while(move |_| Op::read(&mut reader).ok())
    }
}

/// Reads rows one after another; for servers.
#[derive(Debug)]
pub struct Rows<'a> {
    reader: Reader<'a>,
    left: u32,
    /// Flags of the whole batch.
    pub flags: u8,
    last: Option<Row<'a>>,
}

impl<'a> Rows<'a> {
    /// Starts on the data of field 41.
    ///
    /// # Errors
    /// Shorter than its own header.
    pub fn new(data: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(data);
        let left = reader.u32("batch row count")?;
        let flags = reader.u8("batch flags")?;
        Ok(Self { reader, left, flags, last: None })
    }

    /// Rows that are still to come.
    #[must_use]
    pub const fn left(&self) -> u32 {
        self.left
    }

    /// The next row, or `None` after the last.
    ///
    /// # Errors
    /// A row that is cut short, or a repeat of nothing.
    pub fn next_row(&mut self) -> Result<Option<Row<'a>>, DecodeError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let reader = &mut self.reader;
        let index = reader.u32("batch row index")?;
        let digest = reader.array("batch row digest")?;
        let flags = reader.u8("batch row flags")?;
        if flags & row_flags::REPEAT != 0 {
            let Some(last) = &self.last else {
                return Err(reader.error("batch repeat row", DecodeErrorKind::Invalid));
            };
            return Ok(Some(Row { index, digest, is_repeat: true, ..last.clone() }));
        }
        let row = read_full_row(reader, index, digest, flags)?;
        self.last = Some(row.clone());
        Ok(Some(row))
    }
}

fn read_full_row<'a>(
    reader: &mut Reader<'a>,
    index: u32,
    digest: [u8; 20],
    flags: u8,
) -> Result<Row<'a>, DecodeError> {
    const WHAT: &str = "batch row header";
    let has = |bit| flags & bit != 0;
    let mut header = RowHeader { info1: reader.u8(WHAT)?, ..RowHeader::default() };
    if has(row_flags::INFO) {
        header.info2 = reader.u8(WHAT)?;
        header.info3 = reader.u8(WHAT)?;
    }
    header.info4 = if has(row_flags::INFO4) { Some(reader.u8(WHAT)?) } else { None };
    header.generation = if has(row_flags::GENERATION) { Some(reader.u16(WHAT)?) } else { None };
    header.ttl = if has(row_flags::TTL) { Some(reader.u32(WHAT)?) } else { None };
    // Old clients leave the namespace out of the count.
    let field_count = reader.u16(WHAT)?.max(1);
    let op_count = reader.u16(WHAT)?;
    let fields = reader.clone();
    for _ in 0..field_count {
        Field::read(reader)?;
    }
    let ops = reader.clone();
    for _ in 0..op_count {
        Op::read(reader)?;
    }
    let has_info = has(row_flags::INFO);
    Ok(Row { index, digest, header, has_info, is_repeat: false, fields, field_count, ops, op_count })
}
