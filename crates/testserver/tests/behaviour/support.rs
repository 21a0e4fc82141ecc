//! Builds requests byte by byte and reads replies, for all the files beside this one.

use aerospike_testserver::{Config, ConnectionId, Server, Verdict};
use aerospike_wasm::data::{Digest, UserKeyRef};
use aerospike_wasm::wire::Reader;
use aerospike_wasm::wire::frame::{FrameHeader, FrameType, HEADER_SIZE, write_frame};
use aerospike_wasm::wire::message::{Body, FieldType, Header, Message, OpCode, write_request};
use aerospike_wasm::wire::particle::ParticleType;

pub(crate) const NULL: u8 = 0;
pub(crate) const INT: u8 = 1;
pub(crate) const FLOAT: u8 = 2;
pub(crate) const STR: u8 = 3;
pub(crate) const BLOB: u8 = 4;
pub(crate) const BOOL: u8 = 17;

pub(crate) const READ: u8 = 1;
pub(crate) const WRITE: u8 = 2;
pub(crate) const INCR: u8 = 5;
pub(crate) const APPEND: u8 = 9;
pub(crate) const PREPEND: u8 = 10;
pub(crate) const TOUCH: u8 = 11;
pub(crate) const DELETE_ALL: u8 = 14;

/// Flag bytes.
pub(crate) const GET_ALL: u8 = 0x02;
pub(crate) const NO_BINS: u8 = 0x20;
pub(crate) const DELETE: u8 = 0x02;
pub(crate) const GEN_EQUAL: u8 = 0x04;
pub(crate) const GEN_GREATER: u8 = 0x08;
pub(crate) const DURABLE: u8 = 0x10;
pub(crate) const CREATE_ONLY: u8 = 0x20;
pub(crate) const RESPOND_ALL: u8 = 0x80;
pub(crate) const UPDATE_ONLY: u8 = 0x08;
pub(crate) const CREATE_OR_REPLACE: u8 = 0x10;
pub(crate) const REPLACE_ONLY: u8 = 0x20;

/// The set that commands name unless they say otherwise.
pub(crate) const SET: &[u8] = b"set";

pub(crate) fn int(value: i64) -> (u8, Vec<u8>) {
    (INT, value.to_be_bytes().into())
}

pub(crate) fn float(value: f64) -> (u8, Vec<u8>) {
    (FLOAT, value.to_be_bytes().into())
}

pub(crate) fn text(value: &str) -> (u8, Vec<u8>) {
    (STR, value.as_bytes().into())
}

pub(crate) fn blob(value: &[u8]) -> (u8, Vec<u8>) {
    (BLOB, value.into())
}

/// One operation of a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestOp {
    pub(crate) code: u8,
    pub(crate) name: Vec<u8>,
    pub(crate) kind: u8,
    pub(crate) value: Vec<u8>,
}

/// A request on one record.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) header: Header,
    pub(crate) namespace: Option<Vec<u8>>,
    pub(crate) set: Option<Vec<u8>>,
    pub(crate) digest: Option<Vec<u8>>,
    pub(crate) fields: Vec<(u8, Vec<u8>)>,
    pub(crate) ops: Vec<RequestOp>,
}

impl Command {
    pub(crate) fn new(key: &str, info1: u8, info2: u8, info3: u8) -> Self {
        Self {
            header: Header { info1, info2, info3, timeout: 1000, ..Header::default() },
            namespace: Some(b"test".into()),
            set: Some(SET.into()),
            digest: Some(Digest::of("set", UserKeyRef::String(key)).0.into()),
            fields: Vec::new(),
            ops: Vec::new(),
        }
    }

    /// A write; add operations.
    pub(crate) fn write(key: &str) -> Self {
        Self::new(key, 0, 0x01, 0)
    }

    /// A write of one integer bin `a`.
    pub(crate) fn put(key: &str) -> Self {
        Self::write(key).bin("a", int(1))
    }

    pub(crate) fn delete(key: &str) -> Self {
        Self::new(key, 0, 0x01 | DELETE, 0)
    }

    pub(crate) fn touch(key: &str) -> Self {
        Self::write(key).op(TOUCH, "", (NULL, vec![]))
    }

    pub(crate) fn get(key: &str) -> Self {
        Self::new(key, 0x01 | GET_ALL, 0, 0)
    }

    pub(crate) fn exists(key: &str) -> Self {
        Self::new(key, 0x01 | NO_BINS, 0, 0)
    }

    /// A read; add operations.
    pub(crate) fn read(key: &str) -> Self {
        Self::new(key, 0x01, 0, 0)
    }

    /// A write that also reads; add operations.
    pub(crate) fn operate(key: &str) -> Self {
        Self::new(key, 0x01, 0x01, 0)
    }

    pub(crate) fn op(mut self, code: u8, name: impl AsRef<[u8]>, value: (u8, Vec<u8>)) -> Self {
        self.ops.push(RequestOp { code, name: name.as_ref().into(), kind: value.0, value: value.1 });
        self
    }

    /// A WRITE operation.
    pub(crate) fn bin(self, name: impl AsRef<[u8]>, value: (u8, Vec<u8>)) -> Self {
        self.op(WRITE, name, value)
    }

    /// A READ operation.
    pub(crate) fn select(self, name: impl AsRef<[u8]>) -> Self {
        self.op(READ, name, (NULL, vec![]))
    }

    pub(crate) fn info1(mut self, flags: u8) -> Self {
        self.header.info1 |= flags;
        self
    }

    pub(crate) fn info2(mut self, flags: u8) -> Self {
        self.header.info2 |= flags;
        self
    }

    pub(crate) fn info3(mut self, flags: u8) -> Self {
        self.header.info3 |= flags;
        self
    }

    pub(crate) fn generation(mut self, generation: u32) -> Self {
        self.header.generation = generation;
        self
    }

    pub(crate) fn ttl(mut self, ttl: u32) -> Self {
        self.header.ttl = ttl;
        self
    }

    pub(crate) fn set(mut self, set: Option<&[u8]>) -> Self {
        self.set = set.map(Into::into);
        self
    }

    pub(crate) fn namespace(mut self, namespace: Option<&[u8]>) -> Self {
        self.namespace = namespace.map(Into::into);
        self
    }

    pub(crate) fn field(mut self, kind: u8, data: &[u8]) -> Self {
        self.fields.push((kind, data.into()));
        self
    }

    /// The user key field: type and value.
    pub(crate) fn user_key(self, kind: u8, value: &[u8]) -> Self {
        self.field(2, &[&[kind], value].concat())
    }

    pub(crate) fn write_body(&self, body: &mut Body<'_, '_>) {
        let parts = [(0, &self.namespace), (1, &self.set), (4, &self.digest)];
        for (kind, data) in parts {
            if let Some(data) = data {
                body.field(FieldType(kind), data);
            }
        }
        for (kind, data) in &self.fields {
            body.field(FieldType(*kind), data);
        }
        for op in &self.ops {
            body.op(OpCode(op.code), ParticleType(op.kind), &op.name, |writer| writer.bytes(&op.value));
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        write_request(&mut out, &self.header, |body| self.write_body(body));
        out
    }
}

/// One operation of a reply: id, bin name, particle type, value.
pub(crate) type ReplyOp = (u8, String, u8, Vec<u8>);

/// One record message of a reply.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Answer {
    pub(crate) code: u8,
    pub(crate) generation: u32,
    pub(crate) void_time: u32,
    pub(crate) row: u32,
    pub(crate) is_last: bool,
    pub(crate) ops: Vec<ReplyOp>,
}

impl Answer {
    /// The value of a bin; panics if it is not there.
    #[track_caller]
    pub(crate) fn value(&self, name: &str) -> (u8, Vec<u8>) {
        let op = self.ops.iter().find(|op| op.1 == name).expect("no such bin");
        (op.2, op.3.clone())
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.ops.iter().map(|op| &*op.1).collect()
    }
}

/// A client's end of one connection.
pub(crate) struct Peer {
    pub(crate) server: Server,
    pub(crate) connection: ConnectionId,
}

impl Peer {
    pub(crate) fn new() -> Self {
        Self::with(Config::default())
    }

    pub(crate) fn with(config: Config) -> Self {
        let mut server = Server::new(config);
        let connection = server.open(0).unwrap();
        Self { server, connection }
    }

    /// Sends bytes; gives all that came back.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> (Vec<u8>, Verdict) {
        let mut out = Vec::new();
        let verdict = self.server.receive(self.connection, bytes, &mut out);
        (out, verdict)
    }

    /// Sends one record message that has one record message as its answer.
    #[track_caller]
    pub(crate) fn run(&mut self, command: &Command) -> Answer {
        let (out, verdict) = self.send(&command.bytes());
        assert_eq!(verdict, Verdict::Keep);
        let mut answers = answers(&out);
        assert_eq!(answers.len(), 1, "{command:?}");
        answers.remove(0)
    }

    /// Sends a command and compares result code and generation of the reply.
    #[track_caller]
    pub(crate) fn expect(&mut self, what: &str, command: &Command, code: u8, generation: u32) -> Answer {
        let answer = self.run(command);
        assert_eq!((answer.code, answer.generation), (code, generation), "{what}");
        answer
    }

    /// Stores the record `{a: 1}` under `key`, `generation` times.
    pub(crate) fn store(&mut self, key: &str, generation: u32) {
        for at in 1..=generation {
            self.expect("setup", &Command::put(key), 0, at);
        }
    }

    /// The value of one info command.
    #[track_caller]
    pub(crate) fn info(&mut self, command: &str) -> String {
        let (out, _) = self.send(&info(&format!("{command}\n")));
        let reply = String::from_utf8(out[HEADER_SIZE..].into()).unwrap();
        let prefix = format!("{command}\t");
        reply.strip_prefix(&prefix).and_then(|value| value.strip_suffix('\n')).unwrap().into()
    }
}

/// An info request with this body.
pub(crate) fn info(body: &str) -> Vec<u8> {
    let mut out = Vec::new();
    write_frame(&mut out, FrameType::INFO, |writer| writer.bytes(body.as_bytes()));
    out
}

/// The frames of a reply: type and body.
pub(crate) fn frames(reply: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut reader = Reader::new(reply);
    let mut frames = Vec::new();
    while !reader.is_empty() {
        let header = FrameHeader::from_bytes(reader.array::<HEADER_SIZE>("header").unwrap());
        let body = reader.take(header.size as usize, "body").unwrap();
        frames.push((header.kind.0, body.to_vec()));
    }
    frames
}

/// The record messages of a reply, over all its frames.
pub(crate) fn answers(reply: &[u8]) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (kind, body) in frames(reply) {
        assert_eq!(kind, 3);
        let mut reader = Reader::new(&body);
        while !reader.is_empty() {
            let message = Message::read(&mut reader).unwrap();
            let op = |op: aerospike_wasm::wire::message::Op<'_>| {
                (op.code.0, String::from_utf8_lossy(op.name).into(), op.particle.0, op.value.to_vec())
            };
            answers.push(Answer {
                code: message.header.result_code.0,
                generation: message.header.generation,
                void_time: message.header.ttl,
                row: message.header.timeout,
                is_last: message.is_last(),
                ops: message.ops().map(op).collect(),
            });
        }
    }
    answers
}
