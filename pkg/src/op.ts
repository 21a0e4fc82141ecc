/*
 * Builders of operations: each makes the plain object that could be written by hand.
 *
 * May import: constants.ts, types.
 */

import {
  OPERATOR_APPEND, OPERATOR_DELETE, OPERATOR_INCR, OPERATOR_PREPEND, OPERATOR_READ, OPERATOR_TOUCH, OPERATOR_WRITE
} from './constants.js'
import type { BinName } from './typed.js'
import type {
  AppendOperation, BinValue, DeleteOperation, IncrOperation, PrependOperation, ReadOperation, TouchOperation, WriteOperation
} from './types.js'
import type { Double } from './values.js'

type Text = string | Uint8Array

/**
 * Reads a bin; without a name, all bins.
 *
 * @example
 * ```ts
 * const { bins } = await client.operate(key, [op.incr('visits'), op.read('visits')])
 * ```
 */
export function read(): { readonly op: 1 }
export function read<const N extends string>(bin: BinName<N>): { readonly op: 1; readonly bin: N }
export function read(bin?: string): ReadOperation {
  return bin === undefined ? { op: OPERATOR_READ } : { op: OPERATOR_READ, bin }
}

/**
 * Writes a bin; null removes it.
 *
 * @example
 * ```ts
 * await client.operate(key, [op.write('name', 'Bob'), op.write('draft', null)])
 * ```
 */
export function write<const N extends string, V extends BinValue>(bin: BinName<N>, val: V): WriteOperation<N, V> {
  return { op: OPERATOR_WRITE, bin: bin as N, val }
}

/**
 * Adds to a number; an integral offset adds an integer, `0.5` or a {@link Double} a float.
 *
 * @example
 * ```ts
 * await client.operate(key, [op.incr('visits'), op.incr('score', 0.5), op.incr('credit', -10)])
 * ```
 */
export function incr<const N extends string>(bin: BinName<N>, val: number | bigint | Double = 1): IncrOperation<N> {
  return { op: OPERATOR_INCR, bin: bin as N, val }
}

/**
 * Appends to a string or to bytes.
 *
 * @example
 * ```ts
 * await client.operate(key, [op.append('name', ' Smith'), op.append('raw', Uint8Array.of(1, 2))])
 * ```
 */
export function append<const N extends string, V extends Text>(bin: BinName<N>, val: V): AppendOperation<N, V> {
  return { op: OPERATOR_APPEND, bin: bin as N, val }
}

/**
 * Puts a string or bytes before those of the bin.
 *
 * @example
 * ```ts
 * await client.operate(key, [op.prepend('name', 'Dr. '), op.read('name')])
 * ```
 */
export function prepend<const N extends string, V extends Text>(bin: BinName<N>, val: V): PrependOperation<N, V> {
  return { op: OPERATOR_PREPEND, bin: bin as N, val }
}

/**
 * Renews the record's life.
 *
 * @param ttl - Seconds or a `TTL_*` constant; nothing leaves it to meta, policy or the namespace.
 * @example
 * ```ts
 * await client.operate(key, [op.read('session'), op.touch(1800)])
 * ```
 */
export function touch(ttl?: number): TouchOperation {
  return ttl === undefined ? { op: OPERATOR_TOUCH } : { op: OPERATOR_TOUCH, val: ttl }
}

/**
 * Deletes the record, after the operations before it.
 *
 * @example
 * ```ts
 * const { bins: last } = await client.operate(key, [op.read('name'), op.delete()])
 * ```
 */
function deleteRecord(): DeleteOperation {
  return { op: OPERATOR_DELETE }
}

export { deleteRecord as delete }
