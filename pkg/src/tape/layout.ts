/*
 * Codes of the two tapes, as `crates/js/src/tape` specifies them. Numbers are little-endian and unaligned.
 *
 * May import: nothing.
 */

/** Kinds of command on the input tape. */
export const KIND = {
  readAll: 1, readNamed: 2, readNone: 3, write: 4, remove: 5, operate: 6, batchRead: 16, batchWrite: 17,
  batchOperate: 18, batchRemove: 19
} as const

/** Operation codes, those of the wire. */
export const OP = { read: 1, write: 2, incr: 5, append: 9, prepend: 10, touch: 11, deleteAll: 14 } as const

/** Tags of values, and of user keys where they apply. */
export const TAG = {
  nil: 0, integer: 1, float: 2, string: 3, blob: 4, boolean: 17, hll: 18, map: 19, list: 20, geojson: 23, packed: 254,
  particle: 255
} as const

/** Types of record on the output tape. */
export const OUT = { finished: 1, row: 2, connect: 3, transmit: 4, close: 5, event: 6, wake: 7 } as const

/** Outcomes of a finished command. */
export const OUTCOME = { ok: 0, server: 1, client: 2 } as const

/** Kinds of the client's own errors. */
export const FAILURE = {
  timeout: 1, connection: 2, noNode: 3, cancelled: 4, closed: 5, tooManyConnections: 6, unreadable: 7, invalid: 8
} as const

/** Events. */
export const EVENT = { ready: 1, connectFailed: 2, nodeAdded: 3, nodeRemoved: 4, closed: 5 } as const

/** Low bits of a command id that are its slot; the rest is a generation. */
export const SLOT_MASK = 0xf_ffff

/** Deepest nesting of lists and maps, in both directions. */
export const MAX_DEPTH = 64

/** Limits of names in bytes of UTF-8. */
export const LIMIT = { namespace: 31, set: 63, bin: 15, digest: 20, operations: 32_768 } as const
