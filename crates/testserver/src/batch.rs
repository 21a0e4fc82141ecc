//! Batches: many commands in one message, answered by a stream of messages.
//!
//! Imports commands, the core's batch rows. Source: server `batch.c`. Rows run in request order. Replies fill
//! buffers of 128 KiB; a reply that is larger gets a frame of its own, which overtakes the buffer being filled. An
//! error that ends the reply never ends the work.

use aerospike_wasm::data::Digest;
use aerospike_wasm::wire::batch::{Row, Rows};
use aerospike_wasm::wire::flags::{batch_flags, info1, info3};
use aerospike_wasm::wire::frame::{FrameType, write_frame};
use aerospike_wasm::wire::message::{FieldType, Message};
use aerospike_wasm::wire::{ResultCode, message};

use crate::execute::execute;
use crate::extension;
use crate::reply::{Outcome, Reply};
use crate::request::{Fields, Flags, Request};
use crate::security::Permissions;
use crate::store::Store;

const MAX_BUFFER: usize = 128 << 10;

/// What the configuration says of batches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) threads: u32,
    pub(crate) max_requests: u32,
}

/// Runs a batch and appends the frames of its reply.
pub(crate) fn batch(
    store: &mut Store,
    limits: Limits,
    permissions: Permissions,
    message: &Message<'_>,
    fields: &Fields<'_>,
    out: &mut Vec<u8>,
) {
    let code = match start(limits, fields) {
        Err(code) => code,
        Ok(rows) => {
            let mut stream = Stream::new(rows.flags, out);
            let result = run(store, permissions, rows, message, fields, &mut stream);
            stream.end(result)
        }
    };
    write_last(code, out);
}

/// Appends the frame that ends the reply to a batch.
pub(crate) fn write_last(code: ResultCode, out: &mut Vec<u8>) {
    let header = message::Header { info3: info3::LAST, result_code: code, ..message::Header::default() };
    message::write_request(out, &header, |_| ());
}

fn start<'a>(limits: Limits, fields: &Fields<'a>) -> Result<Rows<'a>, ResultCode> {
    if limits.threads == 0 {
        return Err(ResultCode::BATCH_DISABLED);
    }
    let data = fields.batch.ok_or(ResultCode::PARAMETER)?;
    let rows = Rows::new(data).map_err(|_| ResultCode::PARAMETER)?;
    if rows.left() == 0 {
        return Err(ResultCode::PARAMETER);
    }
    if limits.max_requests != 0 && rows.left() > limits.max_requests {
        return Err(ResultCode::BATCH_MAX_REQUESTS);
    }
    if let Some(filter) = fields.filter {
        extension::check_filter(filter)?;
    }
    Ok(rows)
}

/// Runs the rows until the end, or until one that is malformed.
fn run(
    store: &mut Store,
    permissions: Permissions,
    mut rows: Rows<'_>,
    message: &Message<'_>,
    fields: &Fields<'_>,
    stream: &mut Stream<'_>,
) -> Result<(), ResultCode> {
    let clock = store.clock;
    let mut had_key = false;
    while let Some(row) = rows.next_row().map_err(|_| ResultCode::PARAMETER)? {
        if row.is_repeat && had_key {
            return Err(ResultCode::PARAMETER);
        }
        let row_fields = row_fields(&row, fields)?;
        had_key = row_fields.user_key.is_some();
        let namespace = row_fields.namespace.and_then(|name| store.namespace(name));
        let namespace = namespace.ok_or(ResultCode::PARAMETER)?;
        let flags = row_flags(&row, message.header.info3);
        let request = Request::new(flags, row_fields, Digest(row.digest), row.ops());
        stream.row(row.index, |reply| match &request {
            Ok(request) if permissions.check(request.reads(), request.writes()).is_err() => {
                Outcome::bare(ResultCode::ROLE_VIOLATION)
            }
            Ok(request) => {
                reply.answers_as_read = !request.writes();
                execute(namespace, clock, request, reply)
            }
            Err(code) => Outcome::bare(*code),
        });
    }
    Ok(())
}

fn row_fields<'a>(row: &Row<'a>, batch: &Fields<'a>) -> Result<Fields<'a>, ResultCode> {
    let is_namespace_first = row.fields().next().is_some_and(|field| field.kind == FieldType::NAMESPACE);
    if !is_namespace_first {
        return Err(ResultCode::PARAMETER);
    }
    let mut fields = Fields::read(row.fields());
    fields.filter = fields.filter.or(batch.filter);
    Ok(fields)
}

fn row_flags(row: &Row<'_>, batch_info3: u8) -> Flags {
    let header = &row.header;
    let inherited = if row.has_info { 0 } else { batch_info3 & (info3::SC_READ_TYPE | info3::SC_READ_RELAX) };
    Flags {
        info1: header.info1 & !(info1::BATCH | info1::COMPRESS_RESPONSE),
        info2: header.info2,
        info3: header.info3 | inherited,
        info4: header.info4.unwrap_or(0),
        generation: header.generation.map_or(0, u32::from),
        ttl: header.ttl.unwrap_or(0),
    }
}

/// The reply in the making.
struct Stream<'o> {
    flags: u8,
    out: &'o mut Vec<u8>,
    buffer: Vec<u8>,
    scratch: Vec<u8>,
    /// The error that ended the reply, and whether the buffer that held it is gone.
    stop: Option<(ResultCode, bool)>,
}

impl<'o> Stream<'o> {
    const fn new(flags: u8, out: &'o mut Vec<u8>) -> Self {
        Self { flags, out, buffer: Vec::new(), scratch: Vec::new(), stop: None }
    }

    /// Runs one row and adds its reply.
    fn row(&mut self, index: u32, run: impl FnOnce(&mut Reply<'_>) -> Outcome) {
        let mut scratch = core::mem::take(&mut self.scratch);
        scratch.clear();
        let mut reply = Reply::start(&mut scratch);
        let outcome = run(&mut reply);
        reply.finish(outcome, index);
        self.add(&scratch, outcome.code);
        self.scratch = scratch;
    }

    fn add(&mut self, row: &[u8], code: ResultCode) {
        if self.stop.is_some_and(|(_, is_sent)| is_sent) {
            return;
        }
        if row.len() > MAX_BUFFER {
            write_frame(self.out, FrameType::MESSAGE, |writer| writer.bytes(row));
        } else {
            if self.buffer.len() + row.len() > MAX_BUFFER {
                self.flush();
            }
            self.buffer.extend_from_slice(row);
        }
        let ends = !matches!(code, ResultCode::OK | ResultCode::RECORD_NOT_FOUND | ResultCode::FILTERED_OUT);
        if ends && self.flags & batch_flags::RESPOND_ALL_KEYS == 0 && self.stop.is_none() {
            self.stop = Some((code, false));
        }
    }

    /// Sends the buffer; the one that holds the stopping error only if asked for.
    fn flush(&mut self) {
        let is_wanted = self.flags & batch_flags::RETURN_STOPPING_ERROR != 0;
        let sends = match &mut self.stop {
            None => true,
            Some((_, is_gone)) => !core::mem::replace(is_gone, true) && is_wanted,
        };
        if sends && !self.buffer.is_empty() {
            write_frame(self.out, FrameType::MESSAGE, |writer| writer.bytes(&self.buffer));
        }
        self.buffer.clear();
    }

    /// Sends what is left, unless the batch was malformed; gives the code of the whole batch.
    fn end(mut self, result: Result<(), ResultCode>) -> ResultCode {
        if let Err(code) = result {
            return code;
        }
        self.flush();
        self.stop.map_or(ResultCode::OK, |(code, _)| code)
    }
}
