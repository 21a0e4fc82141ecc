/*
 * Keys, bins and values.
 *
 * May import: types of values.ts, record.ts.
 */

import type { Key } from '../record.js'
import type { Double, GeoJSON, HyperLogLog, UnknownValue } from '../values.js'

/**
 * What identifies a record within its set. A number must be a safe integer; a BigInt must fit 64 bits. Bytes hash as
 * BLOB, as in the official clients.
 *
 * @example
 * ```ts
 * const userKeys: UserKey[] = ['ann', 7, 2n ** 60n, new Uint8Array([1, 2])]
 * const { bins } = await client.get(['test', 'demo', userKeys[0]])
 * ```
 */
export type UserKey = string | number | bigint | Uint8Array

/**
 * `[namespace, set, userKey]`, or with the 20-byte digest as a fourth element; then `userKey` may be null. A namespace
 * has 1 to 31 bytes, a set up to 63; an empty set is no set.
 *
 * @example
 * ```ts
 * const ann: KeyTuple = ['test', 'demo', 'ann']
 * const known: KeyTuple = ['test', 'demo', null, new Uint8Array(20)] // by digest
 * ```
 */
export type KeyTuple =
  | readonly [namespace: string, set: string | null, userKey: UserKey]
  | readonly [namespace: string, set: string | null, userKey: UserKey | null, digest: Uint8Array]

/**
 * A key as calls take it: a tuple, or the `key` of a record.
 *
 * @example
 * ```ts
 * const nameOf = async (which: KeyLike) => (await client.select(which, ['name'])).bins.name
 * await nameOf(['test', 'demo', 'ann'])
 * await nameOf((await client.get(key)).key)
 * ```
 */
export type KeyLike = KeyTuple | Key

/**
 * A key of a map: string, integer or bytes.
 *
 * @example
 * ```ts
 * const scores = new Map<MapKey, number>([['ann', 3], [7, 5]])
 * await client.put(key, { scores })
 * ```
 */
export type MapKey = string | number | bigint | Uint8Array

/**
 * A value that can be written. An integral number is an Integer, any other a Float; `new Double(3)` is a Float. A
 * BigInt is an Integer within 64 bits. A plain object is a map with string keys, a `Map` any map. Null removes a bin,
 * and is a value inside a list or map.
 *
 * @example
 * ```ts
 * const value: BinValue = { list: [1, 2n, 0.5, null], at: GeoJSON.point(126.98, 37.57), raw: new Uint8Array([1]) }
 * await client.put(key, { value })
 * ```
 */
export type BinValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | Double
  | GeoJSON
  | HyperLogLog
  | UnknownValue
  | readonly BinValue[]
  | { readonly [key: string]: BinValue }
  | ReadonlyMap<MapKey, BinValue>

/**
 * A value that was read. Integers beyond 2^53 are BigInt, floats numbers, bytes an own `Uint8Array`. A map is a plain
 * object when all its keys are strings, else a `Map`.
 *
 * @example
 * ```ts
 * const value: ReadValue = (await client.get(key)).bins['n']
 * if (typeof value === 'number' || typeof value === 'bigint') console.log(BigInt(value) + 1n)
 * ```
 */
export type ReadValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | GeoJSON
  | HyperLogLog
  | UnknownValue
  | ReadValue[]
  | { [key: string]: ReadValue }
  | Map<ReadValue, ReadValue>

/**
 * Bins to write: values by bin name. A name has 1 to 15 bytes.
 *
 * @example
 * ```ts
 * const bins: Bins = { name: 'Ann', tags: ['a', 'b'], draft: null } // null removes the bin
 * await client.put(key, bins)
 * ```
 */
export interface Bins {
  readonly [name: string]: BinValue
}

/**
 * Bins that were read.
 *
 * @example
 * ```ts
 * const bins: ReadBins = (await client.get(key)).bins
 * for (const [name, value] of Object.entries(bins)) console.log(name, value)
 * ```
 */
export interface ReadBins {
  [name: string]: ReadValue
}
