//! Builds batch requests.

use aerospike_wasm::wire::batch::{RowHeader, write_body, write_repeat};
use aerospike_wasm::wire::frame::{FrameType, write_frame};
use aerospike_wasm::wire::message::{Body, FieldType, Header, Message, write_message};
use aerospike_wasm::wire::{Reader, Writer};

use crate::support::{Answer, Command, Peer, answers};

pub(crate) const ALL_KEYS: u8 = 0x04;
pub(crate) const STOPPING_ERROR: u8 = 0x08;

/// One row of a batch.
pub(crate) enum Row {
    Full(Command),
    /// The same as the row before, for this key.
    Repeat(&'static str),
    /// These very bytes.
    Raw(Vec<u8>),
}

impl From<Command> for Row {
    fn from(command: Command) -> Self {
        Self::Full(command)
    }
}

/// A batch whose rows have the indexes 0, 1, …
pub(crate) struct Batch {
    pub(crate) flags: u8,
    pub(crate) count: Option<u32>,
    pub(crate) filter: Option<Vec<u8>>,
    pub(crate) rows: Vec<Row>,
}

impl Batch {
    pub(crate) fn new(flags: u8, rows: impl IntoIterator<Item = impl Into<Row>>) -> Self {
        Self { flags, count: None, filter: None, rows: rows.into_iter().map(Into::into).collect() }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let header = Header { info1: 0x08, timeout: 1000, ..Header::default() };
        write_frame(&mut out, FrameType::MESSAGE, |writer| {
            write_message(writer, &header, |body| {
                if let Some(filter) = &self.filter {
                    body.field(FieldType(43), filter);
                }
                body.field_with(FieldType(41), |writer| {
                    writer.u32(self.count.unwrap_or(self.rows.len() as u32));
                    writer.u8(self.flags);
                    self.rows.iter().enumerate().for_each(|(at, row)| row.write(at as u32, writer));
                });
            });
        });
        out
    }
}

impl Row {
    fn write(&self, index: u32, writer: &mut Writer<'_>) {
        let digest = |command: &Command| -> [u8; 20] { command.digest.clone().unwrap().try_into().unwrap() };
        match self {
            Self::Raw(bytes) => writer.bytes(bytes),
            Self::Repeat(key) => write_repeat(writer, index, &digest(&Command::get(key))),
            Self::Full(command) => {
                let header = RowHeader {
                    info1: command.header.info1,
                    info2: command.header.info2,
                    info3: command.header.info3,
                    info4: None,
                    generation: Some(command.header.generation as u16),
                    ttl: Some(command.header.ttl),
                };
                let mut inner = command.clone();
                inner.digest = None;
                writer.u32(index);
                writer.bytes(&digest(command));
                write_body(writer, &header, |writer| {
                    let mut body = Body::new(writer);
                    inner.write_body(&mut body);
                    body.counts()
                });
            }
        }
    }
}

/// Sends a batch; gives its rows, by index, and the code of the message that ends it.
#[track_caller]
pub(crate) fn run(peer: &mut Peer, batch: &Batch) -> (Vec<Answer>, u8) {
    let (out, _) = peer.send(&batch.bytes());
    let mut rows = answers(&out);
    let last = rows.pop().expect("a batch reply ends with a message");
    assert!(last.is_last && last.ops.is_empty());
    assert!(rows.iter().all(|row| !row.is_last));
    rows.sort_by_key(|row| row.row);
    (rows, last.code)
}

/// Index and result code of each row.
pub(crate) fn codes(rows: &[Answer]) -> Vec<(u32, u8)> {
    rows.iter().map(|row| (row.row, row.code)).collect()
}

/// How many messages a frame holds.
pub(crate) fn message_count(body: &[u8]) -> usize {
    let mut reader = Reader::new(body);
    let mut count = 0;
    while !reader.is_empty() {
        Message::read(&mut reader).unwrap();
        count += 1;
    }
    count
}
