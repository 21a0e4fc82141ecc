//! The flat tapes that carry commands into the engine and results out of it.
//!
//! JavaScript writes a command as tags, lengths and bytes into a buffer in linear memory and calls `submit`; the
//! engine answers on another tape, which `poll` fills and JavaScript reads. Nothing else crosses the boundary per
//! command. Numbers are little-endian and unaligned. `pkg/src/tape` holds the other end; `TAPE_VERSION` must be
//! equal on both.
//!
//! # Input tape: one command
//!
//! ```text
//! command      := u8 kind, policy, body
//! kind         : 1 read all bins · 2 read the named bins · 3 read no bins (exists) · 4 write (operations without
//!                reads) · 5 remove · 6 operate · 16 batch read · 17 batch write · 18 batch operate · 19 batch remove
//! body         : kinds 1, 3, 5: key · kinds 2, 4, 6: key, operations
//!                16: u8 bins (0 all, 1 named, 2 none), operations (READ of the named bins, else none), u32 rows,
//!                row := key
//!                17: u32 rows, row := key, row policy, operations
//!                18: operations, u32 rows, row := key, row policy
//!                19: u32 rows, row := key, row policy
//! key          := u8 length, namespace, u8 length, set, user key, u8 has digest (0/1) [, 20 bytes]
//! user key     := u8 1, i64 | u8 3, u32 length, UTF-8 | u8 4, u32 length, bytes | u8 0 (then a digest is a must)
//! operations   := u16 count, operation …
//! operation    := u8 code, u8 length, bin name, value
//! code         : the wire's: 1 READ (an empty name reads all bins), 2 WRITE, 5 INCR, 9 APPEND, 10 PREPEND,
//!                11 TOUCH, 14 DELETE_ALL
//! value        := u8 tag, …
//!   0 nil · 1 integer: i64 · 2 float: f64 · 3 string, 4 blob, 18 HLL, 23 GeoJSON: u32 length, bytes · 17 boolean: u8
//!   20 list: u8 order flags, u32 count, value … · 19 map: u8 order flags, u32 count, (value, value) …
//!   254 packed MessagePack element: u32 length, bytes (only inside a list or map)
//!   255 other particle: u8 type, u32 length, bytes
//! policy       := 48 bytes, then u32 length and bytes of a packed filter expression (length 0: none)
//!    0 u32 socket timeout ms      4 u32 total timeout ms      8 u32 timeout delay ms   12 u32 sleep between retries ms
//!   16 u16 max retries           18 u8 replica: 0 master, 1 sequence, 2 prefer rack, 3 any
//!   19 u8 read mode AP: 0 one, 1 all    20 u8 read mode SC: 0 session, 1 linearize, 2 allow replica, 3 allow unavailable
//!   21 u8 exists: 0 ignore, 1 update only, 2 replace, 3 replace only, 4 create only
//!   22 u8 generation: 0 ignore, 1 equal, 2 greater      23 u8 commit level: 0 all, 1 master
//!   24 u8 bits: 1 send key, 2 durable delete, 4 respond to every operation
//!   25 u8 batch bits: 1 allow inline, 2 allow inline on devices, 4 respond all keys, 8 one node after another
//!   26 u16 zero                  28 u32 TTL (0, 0xffffffff, 0xfffffffe are special)      32 u32 generation
//!   36 u32 read-touch TTL percent (0 server default, 0xffffffff never)      40 8 zero bytes
//! row policy   := 12 bytes: u8 exists, u8 generation policy, u8 commit level, u8 bits (as byte 24), u32 TTL,
//!                 u32 generation
//! ```
//!
//! # Output tape: records until the end
//!
//! ```text
//! record       := u8 type, …
//!   1 finished : u32 command, outcome
//!   2 row      : u32 command, u32 row index, i16 code (0 ok, > 0 server's, < 0 client's), u8 in doubt, node, answer
//!   3 connect  : u32 connection, u16 port, u8 length, host, u8 length, TLS name, u32 timeout ms
//!   4 transmit : u32 connection, u32 pointer, u32 length     (copy the bytes out before the next call)
//!   5 close    : u32 connection
//!   6 event    : u8 event (1 ready, 2 connect failed, 3 node added, 4 node removed, 5 closed), u16 length, text
//!   7 wake     : f64 milliseconds on the clock of `now`; NaN when there is nothing to wait for. Always last.
//! outcome      := u8 0, answer                               (ok)
//!               | u8 1, u8 result code, u8 in doubt, u16 attempts, node                            (the server's error)
//!               | u8 2, u8 kind, u8 in doubt, u16 attempts, node, u16 length, text                 (the client's error)
//! kind         : 1 timeout · 2 connection · 3 no node for the partition · 4 cancelled · 5 client closed
//!                6 waited too long for its turn · 7 reply could not be read · 9 node left alone for its errors
//! node         := u8 length, name (empty when no node was chosen)
//! answer       := u32 generation, u32 void time, u16 count, (u8 operation code, u8 length, bin name, value) …
//! ```
//! A batch gives its rows in any order, every row once, and then `finished`.

mod reader;
mod submit;
mod writer;

pub(crate) use submit::{Scratch, submit};
pub(crate) use writer::TapeWriter;

/// Version of the format; equal on both sides or the package refuses to load.
pub(crate) const TAPE_VERSION: u32 = 2;
