/*
 * The operations of `operate`, `operateOrdered` and `batchOperate`.
 *
 * May import: types of data.ts, values.ts.
 */

import type { Double } from '../values.js'
import type { BinValue } from './data.js'

/**
 * Reads a bin, or all bins. Made by `op.read`.
 *
 * @example
 * ```ts
 * const all: ReadOperation = { op: OPERATOR_READ }
 * const one: ReadOperation = { op: OPERATOR_READ, bin: 'n', val: undefined } // or op.read('n')
 * const { bins } = await client.operate(key, [one])
 * ```
 */
export interface ReadOperation<N extends string = string> {
  /** `OPERATOR_READ`. */
  readonly op: 1
  /** The bin; none to read all bins. */
  readonly bin?: N | undefined
  /** A READ takes no value. */
  readonly val?: undefined
}

/**
 * Writes a bin. Made by `op.write`.
 *
 * @example
 * ```ts
 * const rename: WriteOperation = { op: OPERATOR_WRITE, bin: 'name', val: 'Ann' } // or op.write('name', 'Ann')
 * await client.operate(key, [rename])
 * ```
 */
export interface WriteOperation<N extends string = string, V extends BinValue = BinValue> {
  /** `OPERATOR_WRITE`. */
  readonly op: 2
  /** The bin. */
  readonly bin: N
  /** The value; null removes the bin. */
  readonly val: V
}

/**
 * Adds to a number. Made by `op.incr`.
 *
 * @example
 * ```ts
 * const add: IncrOperation = { op: OPERATOR_INCR, bin: 'n', val: 5 } // or op.incr('n', 5)
 * await client.operate(key, [add])
 * ```
 */
export interface IncrOperation<N extends string = string> {
  /** `OPERATOR_INCR`. */
  readonly op: 5
  /** The bin. */
  readonly bin: N
  /** What to add; default 1. */
  readonly val?: number | bigint | Double | undefined
}

/**
 * Appends to a string or bytes. Made by `op.append`.
 *
 * @example
 * ```ts
 * const exclaim: AppendOperation = { op: OPERATOR_APPEND, bin: 'log', val: '!' } // or op.append('log', '!')
 * await client.operate(key, [exclaim])
 * ```
 */
export interface AppendOperation<N extends string = string, V extends string | Uint8Array = string | Uint8Array> {
  /** `OPERATOR_APPEND`. */
  readonly op: 9
  /** The bin. */
  readonly bin: N
  /** What to append. */
  readonly val: V
}

/**
 * Puts a string or bytes before those of a bin. Made by `op.prepend`.
 *
 * @example
 * ```ts
 * const quote: PrependOperation = { op: OPERATOR_PREPEND, bin: 'log', val: '> ' } // or op.prepend('log', '> ')
 * await client.operate(key, [quote])
 * ```
 */
export interface PrependOperation<N extends string = string, V extends string | Uint8Array = string | Uint8Array> {
  /** `OPERATOR_PREPEND`. */
  readonly op: 10
  /** The bin. */
  readonly bin: N
  /** What to put before. */
  readonly val: V
}

/**
 * Renews the record's life. Made by `op.touch`.
 *
 * @example
 * ```ts
 * const renew: TouchOperation = { op: OPERATOR_TOUCH, val: 60, bin: undefined } // or op.touch(60)
 * await client.operate(key, [renew])
 * ```
 */
export interface TouchOperation {
  /** `OPERATOR_TOUCH`. */
  readonly op: 11
  /** A TOUCH concerns the whole record. */
  readonly bin?: undefined
  /** Seconds or a `TTL_*` constant; default that of meta or policy. */
  readonly val?: number | undefined
}

/**
 * Deletes the record. Made by `op.delete`.
 *
 * @example
 * ```ts
 * const take: DeleteOperation = { op: OPERATOR_DELETE, bin: undefined, val: undefined } // or op.delete()
 * const { bins } = await client.operate(key, [op.read(), take])
 * ```
 */
export interface DeleteOperation {
  /** `OPERATOR_DELETE`. */
  readonly op: 12
  /** A DELETE concerns the whole record. */
  readonly bin?: undefined
  /** A DELETE takes no value. */
  readonly val?: undefined
}

/**
 * One operation of `operate`, `operateOrdered` or `batchOperate`: a plain object, by hand or by a function of `op`.
 *
 * @example
 * ```ts
 * const operations: Operation[] = [op.incr('n'), { op: OPERATOR_READ, bin: 'n' }]
 * const { bins } = await client.operate(key, operations)
 * ```
 */
export type Operation =
  | ReadOperation
  | WriteOperation
  | IncrOperation
  | AppendOperation
  | PrependOperation
  | TouchOperation
  | DeleteOperation
