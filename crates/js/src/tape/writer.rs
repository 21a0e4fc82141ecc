//! Writes what the engine has to say onto the output tape.
//!
//! Imports the core's public API. Lists and maps of a reply, which are packed, are written element by element.

use aerospike_wasm::data::ValueRef;
use aerospike_wasm::wire::msgpack::{self, Token};
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::wire::{DecodeError, Reader};
use aerospike_wasm::{ArgError, CloseReason, CommandId, ConnId, Endpoint, Error, ErrorKind, Reply};

const FINISHED: u8 = 1;
const ROW: u8 = 2;
const CONNECT: u8 = 3;
const TRANSMIT: u8 = 4;
const CLOSE: u8 = 5;
const EVENT: u8 = 6;
const WAKE: u8 = 7;

/// Appends records to an output tape.
#[derive(Debug, Default)]
pub(crate) struct TapeWriter {
    pub(crate) bytes: Vec<u8>,
}

impl TapeWriter {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
    }

    /// A command ended.
    pub(crate) fn finished(&mut self, id: CommandId, result: &Result<Reply<'_>, Error>, node: &str) {
        self.u8(FINISHED);
        self.u32(id.0);
        match result {
            Ok(reply) => {
                self.u8(0);
                self.answer(reply);
            }
            Err(error) => self.error(error, node),
        }
    }

    /// A row of a batch was answered or failed.
    pub(crate) fn row(&mut self, id: CommandId, index: u32, result: &Result<Reply<'_>, Error>, node: &str) {
        self.u8(ROW);
        self.u32(id.0);
        self.u32(index);
        let (code, in_doubt) = match result {
            Ok(_) => (0, false),
            Err(error) => (row_code(&error.kind), error.in_doubt),
        };
        self.bytes.extend_from_slice(&code.to_le_bytes());
        self.u8(u8::from(in_doubt));
        self.short_text(node);
        match result {
            Ok(reply) => self.answer(reply),
            Err(_) => self.bytes.extend_from_slice(&[0; 10]),
        }
    }

    pub(crate) fn connect(&mut self, conn: ConnId, endpoint: &Endpoint, timeout_ms: u32) {
        self.u8(CONNECT);
        self.u32(conn.0);
        self.u16(endpoint.port);
        self.short_text(&endpoint.host);
        self.short_text(&endpoint.tls_name);
        self.u32(timeout_ms);
    }

    /// Bytes to write: their place is filled in by [`TapeWriter::patch_u32`] once the buffer no longer moves.
    pub(crate) fn transmit(&mut self, conn: ConnId, offset: usize, len: usize) -> usize {
        self.u8(TRANSMIT);
        self.u32(conn.0);
        let at = self.bytes.len();
        self.u32(offset as u32);
        self.u32(len as u32);
        at
    }

    pub(crate) fn close(&mut self, conn: ConnId) {
        self.u8(CLOSE);
        self.u32(conn.0);
    }

    pub(crate) fn event(&mut self, event: u8, text: &str) {
        self.bytes.extend_from_slice(&[EVENT, event, 0, 0]);
        self.text(text);
    }

    /// An event that tells of a failure: of whose making, and which, as in the error of a command.
    pub(crate) fn failure(&mut self, event: u8, text: &str, kind: &ErrorKind) {
        let (outcome, detail) = match kind {
            ErrorKind::Server(code) => (1, code.0),
            other => (2, client_kind(other)),
        };
        self.bytes.extend_from_slice(&[EVENT, event, outcome, detail]);
        self.text(text);
    }

    /// The last record of a poll: when to wake the engine, NaN for never.
    pub(crate) fn wake(&mut self, at_ms: f64) {
        self.u8(WAKE);
        self.bytes.extend_from_slice(&at_ms.to_le_bytes());
    }

    /// Why a command was refused: field and text, alone on the tape.
    pub(crate) fn refusal(&mut self, error: &ArgError) {
        self.text(error.field());
        self.text(&error.to_string());
    }

    /// Adds `base` to the number at `at`.
    pub(crate) fn patch_u32(&mut self, at: usize, base: u32) {
        if let Some(place) = self.bytes.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<4>()) {
            *place = u32::from_le_bytes(*place).wrapping_add(base).to_le_bytes();
        }
    }

    fn error(&mut self, error: &Error, node: &str) {
        let detail = match &error.kind {
            ErrorKind::Server(code) => {
                self.bytes.extend_from_slice(&[1, code.0, u8::from(error.in_doubt)]);
                self.u16(error.attempts);
                return self.short_text(node);
            }
            other => client_kind(other),
        };
        self.bytes.extend_from_slice(&[2, detail, u8::from(error.in_doubt)]);
        self.u16(error.attempts);
        self.short_text(node);
        self.text(&error.to_string());
    }

    fn answer(&mut self, reply: &Reply<'_>) {
        self.u32(reply.generation());
        self.u32(reply.void_time().0);
        self.u16(reply.len() as u16);
        for answer in reply.answers() {
            self.u8(answer.code.0);
            self.u8(answer.bin.len() as u8);
            self.bytes.extend_from_slice(answer.bin);
            self.value(&answer.value);
        }
    }

    fn value(&mut self, value: &ValueRef<'_>) {
        match *value {
            ValueRef::Nil => self.u8(0),
            ValueRef::Integer(value) => {
                self.u8(1);
                self.bytes.extend_from_slice(&value.to_le_bytes());
            }
            ValueRef::Float(value) => {
                self.u8(2);
                self.bytes.extend_from_slice(&value.to_le_bytes());
            }
            ValueRef::Bool(value) => self.bytes.extend_from_slice(&[17, u8::from(value)]),
            ValueRef::String(text) => self.tagged(3, text.as_bytes()),
            ValueRef::Blob(bytes) => self.tagged(4, bytes),
            ValueRef::Hll(bytes) => self.tagged(18, bytes),
            ValueRef::GeoJson(text) => self.tagged(23, text.as_bytes()),
            ValueRef::Packed(particle, bytes) => self.container(particle, bytes),
            ValueRef::Unknown(particle, bytes) => self.unknown(particle, bytes),
            _ => self.u8(0),
        }
    }

    fn container(&mut self, particle: ParticleType, bytes: &[u8]) {
        let start = self.bytes.len();
        let mut reader = Reader::new(bytes);
        if self.element(&mut reader).is_err() {
            self.bytes.truncate(start);
            self.unknown(particle, bytes);
        }
    }

    fn element(&mut self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let start = reader.position();
        match msgpack::read_token(reader)? {
            Token::Nil => self.u8(0),
            Token::Bool(value) => self.bytes.extend_from_slice(&[17, u8::from(value)]),
            Token::Integer(value) => self.value(&ValueRef::Integer(value)),
            Token::Float(value) => self.value(&ValueRef::Float(value)),
            Token::Raw([kind @ (3 | 23), text @ ..]) if core::str::from_utf8(text).is_ok() => {
                self.tagged(*kind, text)
            }
            Token::Raw([kind @ (4 | 18), bytes @ ..]) => self.tagged(*kind, bytes),
            Token::Raw(_) | Token::Unsigned(_) | Token::Ext(..) => self.tagged(254, reader.since(start)),
            Token::List(mut count) => {
                let order = msgpack::read_order(reader, &mut count, false)?;
                self.bytes.extend_from_slice(&[20, order]);
                self.u32(count);
                (0..count).try_for_each(|_| self.element(reader))?;
            }
            Token::Map(mut count) => {
                let order = msgpack::read_order(reader, &mut count, true)?;
                self.bytes.extend_from_slice(&[19, order]);
                self.u32(count);
                (0..u64::from(count) * 2).try_for_each(|_| self.element(reader))?;
            }
        }
        Ok(())
    }

    fn unknown(&mut self, particle: ParticleType, bytes: &[u8]) {
        self.bytes.extend_from_slice(&[255, particle.0]);
        self.u32(bytes.len() as u32);
        self.bytes.extend_from_slice(bytes);
    }

    fn tagged(&mut self, tag: u8, bytes: &[u8]) {
        self.u8(tag);
        self.u32(bytes.len() as u32);
        self.bytes.extend_from_slice(bytes);
    }

    fn short_text(&mut self, text: &str) {
        let len = text.len().min(255);
        self.u8(len as u8);
        self.bytes.extend_from_slice(&text.as_bytes()[..len]);
    }

    fn text(&mut self, text: &str) {
        let len = text.len().min(usize::from(u16::MAX));
        self.u16(len as u16);
        self.bytes.extend_from_slice(&text.as_bytes()[..len]);
    }

    fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    fn u16(&mut self, value: u16) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }
}

/// The number of a client error on the tape.
const fn client_kind(kind: &ErrorKind) -> u8 {
    match kind {
        ErrorKind::Timeout => 1,
        ErrorKind::NoNode => 3,
        ErrorKind::Cancelled => 4,
        ErrorKind::Closed => 5,
        ErrorKind::Backpressure => 6,
        ErrorKind::BadReply(_) => 7,
        ErrorKind::TooManyErrors => 9,
        ErrorKind::Connection(CloseReason::CertificateExpired) => 10,
        ErrorKind::Connection(CloseReason::CertificateName) => 11,
        ErrorKind::Connection(CloseReason::CertificateSelfSigned) => 12,
        ErrorKind::Connection(CloseReason::CertificateUntrusted) => 13,
        ErrorKind::Connection(CloseReason::ClientCertificate) => 14,
        ErrorKind::Connection(CloseReason::Tls) => 15,
        _ => 2,
    }
}

/// The code of a row: the server's, or one of the C client's negative ones.
fn row_code(kind: &ErrorKind) -> i16 {
    match kind {
        ErrorKind::Server(code) => i16::from(code.0),
        ErrorKind::Timeout => -1,
        ErrorKind::NoNode => -8,
        ErrorKind::Cancelled | ErrorKind::Closed => -5,
        ErrorKind::Backpressure => -11,
        ErrorKind::TooManyErrors => -14,
        ErrorKind::BadReply(_) => -15,
        _ => -10,
    }
}
