/*
 * The operations of `operate`, `operateOrdered` and `batchOperate`.
 *
 * May import: types of data.ts, values.ts.
 */

import type { Double } from '../values.js'
import type { BinValue } from './data.js'

/** Reads a bin, or all bins. Made by `op.read`. */
export interface ReadOperation<N extends string = string> {
  /** `OPERATOR_READ`. */
  readonly op: 1
  /** The bin; none to read all bins. */
  readonly bin?: N | undefined
  /** A READ takes no value. */
  readonly val?: undefined
}

/** Writes a bin. Made by `op.write`. */
export interface WriteOperation<N extends string = string, V extends BinValue = BinValue> {
  /** `OPERATOR_WRITE`. */
  readonly op: 2
  /** The bin. */
  readonly bin: N
  /** The value; null removes the bin. */
  readonly val: V
}

/** Adds to a number. Made by `op.incr`. */
export interface IncrOperation<N extends string = string> {
  /** `OPERATOR_INCR`. */
  readonly op: 5
  /** The bin. */
  readonly bin: N
  /** What to add; default 1. */
  readonly val?: number | bigint | Double | undefined
}

/** Appends to a string or bytes. Made by `op.append`. */
export interface AppendOperation<N extends string = string, V extends string | Uint8Array = string | Uint8Array> {
  /** `OPERATOR_APPEND`. */
  readonly op: 9
  /** The bin. */
  readonly bin: N
  /** What to append. */
  readonly val: V
}

/** Puts a string or bytes before those of a bin. Made by `op.prepend`. */
export interface PrependOperation<N extends string = string, V extends string | Uint8Array = string | Uint8Array> {
  /** `OPERATOR_PREPEND`. */
  readonly op: 10
  /** The bin. */
  readonly bin: N
  /** What to put before. */
  readonly val: V
}

/** Renews the record's life. Made by `op.touch`. */
export interface TouchOperation {
  /** `OPERATOR_TOUCH`. */
  readonly op: 11
  /** A TOUCH concerns the whole record. */
  readonly bin?: undefined
  /** Seconds or a `TTL_*` constant; default that of meta or policy. */
  readonly val?: number | undefined
}

/** Deletes the record. Made by `op.delete`. */
export interface DeleteOperation {
  /** `OPERATOR_DELETE`. */
  readonly op: 12
  /** A DELETE concerns the whole record. */
  readonly bin?: undefined
  /** A DELETE takes no value. */
  readonly val?: undefined
}

/** One operation of `operate`, `operateOrdered` or `batchOperate`: a plain object, by hand or by a function of `op`. */
export type Operation =
  | ReadOperation
  | WriteOperation
  | IncrOperation
  | AppendOperation
  | PrependOperation
  | TouchOperation
  | DeleteOperation
