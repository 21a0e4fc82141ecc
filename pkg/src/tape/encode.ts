/*
 * Keys, values, bins and operations on the input tape; checking and encoding are one pass.
 *
 * May import: layout.ts, write.ts, fault.ts, policy.ts, values.ts, record.ts, constants.ts.
 * Invariants: nothing that is written here is refused by the engine for its form; a Fault names the place of a bad
 * value.
 */

import { Fault, show } from '../fault.js'
import { isBytes } from '../policy.js'
import { Key } from '../record.js'
import type { UserKey } from '../types.js'
import { Double, GeoJSON, HyperLogLog, UnknownValue } from '../values.js'
import { LIMIT, MAX_DEPTH, OP, TAG } from './layout.js'
import type { TapeWriter } from './write.js'

const TWO_63 = 9_223_372_036_854_775_808
const LEAST_I64 = -9_223_372_036_854_775_808n
const MOST_I64 = 9_223_372_036_854_775_807n

/** Writes a key and returns it. */
export function writeKey(tape: TapeWriter, key: unknown): Key {
  if (key instanceof Key) return writeKeyParts(tape, key.namespace, key.set, key.userKey, key.digest, key)
  if (!Array.isArray(key)) throw new Fault('key', `${show(key)} is not [namespace, set, userKey]`)
  const length = key.length
  if (length !== 3 && length !== 4) {
    throw new Fault('key', `an array of ${length} is not [namespace, set, userKey[, digest]]`)
  }
  return writeKeyParts(tape, key[0], key[1], key[2], length === 4 ? key[3] : null, null)
}

function writeKeyParts(
  tape: TapeWriter,
  namespace: unknown,
  set: unknown,
  userKey: unknown,
  digest: unknown,
  known: Key | null
): Key {
  if (typeof namespace !== 'string') throw new Fault('key.namespace', `${show(namespace)} is not a string`)
  tape.name(namespace, 1, LIMIT.namespace, 'namespace', 'key.namespace')
  if (set == null) set = ''
  if (typeof set !== 'string') throw new Fault('key.set', `${show(set)} is not a string`)
  tape.name(set, 0, LIMIT.set, 'set', 'key.set')
  writeUserKey(tape, userKey, digest)
  if (digest == null) {
    tape.u8(0)
    return known ?? new Key(namespace, set as string, userKey as UserKey | null)
  }
  if (!isBytes(digest)) throw new Fault('key.digest', `${show(digest)} is not a Uint8Array`)
  if (digest.length !== LIMIT.digest) throw new Fault('key.digest', `${digest.length} bytes; a digest has exactly 20`)
  tape.u8(1)
  tape.raw(digest)
  return known ?? new Key(namespace, set as string, userKey as UserKey | null, digest)
}

function writeUserKey(tape: TapeWriter, userKey: unknown, digest: unknown): void {
  switch (typeof userKey) {
    case 'string':
      tape.u8(TAG.string)
      tape.string(userKey)
      return
    case 'number':
      if (!Number.isSafeInteger(userKey)) {
        const why = Number.isInteger(userKey) ? 'beyond 2^53: use a BigInt' : 'not an integer'
        throw new Fault('key.userKey', `${userKey} is ${why}`)
      }
      tape.u8(TAG.integer)
      tape.i64(userKey)
      return
    case 'bigint':
      checkBig(userKey, 'key.userKey')
      tape.u8(TAG.integer)
      tape.big(userKey)
      return
  }
  if (isBytes(userKey)) {
    tape.u8(TAG.blob)
    tape.blob(userKey)
    return
  }
  if (userKey === null && digest != null) {
    tape.u8(TAG.nil)
    return
  }
  throw new Fault('key.userKey', `${show(userKey)} is not a string, an integer or a Uint8Array`)
}

function checkBig(value: bigint, field: string): void {
  if (value < LEAST_I64 || value > MOST_I64) {
    throw new Fault(field, `${value}n is beyond 64 bits; the limits are ${LEAST_I64} and ${MOST_I64}`)
  }
}

function writeNumber(tape: TapeWriter, value: number): void {
  if (Number.isInteger(value)) {
    if (value >= TWO_63 || value < -TWO_63) {
      throw new Fault('', `integer ${value} is beyond 64 bits; use new Double(${value}) to store it as a float`)
    }
    tape.u8(TAG.integer)
    tape.i64(value)
  } else {
    tape.u8(TAG.float)
    tape.f64(value)
  }
}

/** Writes a value; `depth` counts the lists and maps around it. */
export function writeValue(tape: TapeWriter, value: unknown, depth: number): void {
  switch (typeof value) {
    case 'string':
      tape.u8(TAG.string)
      return tape.string(value)
    case 'number':
      return writeNumber(tape, value)
    case 'boolean':
      tape.u8(TAG.boolean)
      return tape.u8(value ? 1 : 0)
    case 'bigint':
      checkBig(value, '')
      tape.u8(TAG.integer)
      return tape.big(value)
    case 'object':
      if (value === null) return tape.u8(TAG.nil)
      return writeObject(tape, value, depth)
    case 'undefined':
      throw new Fault('', 'undefined is not a value; use null to remove a bin, or leave the name out')
    default:
      throw new Fault('', `${show(value)} is not a value`)
  }
}

function writeObject(tape: TapeWriter, value: object, depth: number): void {
  if (isBytes(value)) {
    tape.u8(TAG.blob)
    return tape.blob(value)
  }
  if (Array.isArray(value)) return writeList(tape, value, depth + 1)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return writePlainMap(tape, value, depth + 1)
  if (value instanceof Map) return writeMap(tape, value, depth + 1)
  if (value instanceof Double) {
    tape.u8(TAG.float)
    return tape.f64(value.value)
  }
  if (value instanceof GeoJSON) {
    tape.u8(TAG.geojson)
    return tape.string(value.text)
  }
  if (value instanceof HyperLogLog) {
    tape.u8(TAG.hll)
    return tape.blob(checkBytes(value.bytes))
  }
  if (value instanceof UnknownValue) return writeUnknown(tape, value, depth)
  if (isPlain(value) && !(Symbol.toStringTag in value)) return writePlainMap(tape, value, depth + 1)
  throw new Fault('', `${show(value)} is not a value${objectHint(value)}`)
}

function objectHint(value: object): string {
  if (value instanceof Date) return '; use getTime() or toISOString()'
  if (value instanceof Set) return '; use [...set]'
  if (value instanceof ArrayBuffer) return '; use new Uint8Array(buffer)'
  if (ArrayBuffer.isView(value)) return '; use new Uint8Array(view.buffer, view.byteOffset, view.byteLength)'
  return '; use a plain object, a Map, a list, a Uint8Array or a scalar'
}

function checkBytes(bytes: unknown): Uint8Array {
  if (!isBytes(bytes)) throw new Fault('', `${show(bytes)} is not a Uint8Array`)
  return bytes
}

function writeUnknown(tape: TapeWriter, value: UnknownValue, depth: number): void {
  if (value.type === null && depth === 0) {
    throw new Fault('', 'an UnknownValue without a type can only be inside a list or map')
  }
  if (value.type === null) tape.u8(TAG.packed)
  else {
    if (!Number.isInteger(value.type) || value.type < 0 || value.type > 255) {
      throw new Fault('', `particle type ${show(value.type)} is not an integer from 0 to 255`)
    }
    tape.u8(TAG.particle)
    tape.u8(value.type)
  }
  tape.blob(checkBytes(value.bytes))
}

function checkDepth(value: object, depth: number): void {
  if (depth > MAX_DEPTH) throw new Fault('', `lists and maps nest deeper than ${MAX_DEPTH}`, value)
}

function inside(error: unknown, container: object, step: string): unknown {
  if (error instanceof Fault) error.within(container, step)
  return error
}

function writeList(tape: TapeWriter, list: readonly unknown[], depth: number): void {
  checkDepth(list, depth)
  const count = list.length
  tape.need(6)
  tape.u8(TAG.list)
  tape.u8(0)
  tape.u32(count)
  let i = 0
  try {
    for (; i < count; i++) writeValue(tape, list[i], depth)
  } catch (error) {
    throw inside(error, list, `[${i}]`)
  }
}

function writePlainMap(tape: TapeWriter, map: object, depth: number): void {
  checkDepth(map, depth)
  const names = Object.keys(map)
  tape.u8(TAG.map)
  tape.u8(0)
  tape.u32(names.length)
  let i = 0
  try {
    for (; i < names.length; i++) {
      tape.u8(TAG.string)
      tape.string(names[i])
      writeValue(tape, (map as { [name: string]: unknown })[names[i]], depth)
    }
  } catch (error) {
    throw inside(error, map, `.${names[i]}`)
  }
}

function writeMap(tape: TapeWriter, map: ReadonlyMap<unknown, unknown>, depth: number): void {
  checkDepth(map, depth)
  const size = map.size
  tape.u8(TAG.map)
  tape.u8(0)
  tape.u32(size)
  let count = 0
  let step = ''
  try {
    for (const [key, value] of map) {
      step = `.get(${show(key)})`
      writeMapKey(tape, key, map)
      writeValue(tape, value, depth)
      count += 1
    }
  } catch (error) {
    throw inside(error, map, step)
  }
  if (count !== size) throw new Fault('', 'the map changed while it was read')
}

function writeMapKey(tape: TapeWriter, key: unknown, map: ReadonlyMap<unknown, unknown>): void {
  const kind = typeof key
  if (kind === 'string' || kind === 'bigint' || (kind === 'number' && Number.isInteger(key)) || isBytes(key)) {
    if (kind === 'bigint' && map.has(Number(key)) && BigInt(Number(key)) === key) {
      throw new Fault('', `the key is in the map twice, as ${show(key)} and as ${show(Number(key))}`)
    }
    return writeValue(tape, key, 0)
  }
  throw new Fault('', `${show(key)} is not a map key: a string, an integer or a Uint8Array`)
}

/** Writes the operation of a call that names one bin; `argument` is the call's name for the value. */
export function writeOperation(tape: TapeWriter, code: number, bin: unknown, value: unknown, argument: string): void {
  tape.u8(code)
  writeBinName(tape, bin, 'bin')
  try {
    writeValue(tape, value, 0)
  } catch (error) {
    if (error instanceof Fault) error.field = `${argument}${error.field}`
    throw error
  }
}

function writeBinName(tape: TapeWriter, bin: unknown, field: string): void {
  if (typeof bin !== 'string') throw new Fault(field, `bin name ${show(bin)} is not a string`)
  tape.name(bin, 1, LIMIT.bin, 'bin name', field)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Writes the operations of a put: one WRITE per bin. */
export function writeBins(tape: TapeWriter, bins: unknown): void {
  if (typeof bins !== 'object' || bins === null || Array.isArray(bins) || !isPlain(bins)) {
    throw new Fault('bins', `${show(bins)} is not a plain object of bins`)
  }
  const names = Object.keys(bins)
  const count = names.length
  if (count === 0) throw new Fault('bins', 'there is no bin to write')
  if (count > LIMIT.operations) throw new Fault('bins', `${count} bins; the limit is ${LIMIT.operations}`)
  tape.u16(count)
  for (let i = 0; i < count; i++) {
    const name = names[i]
    tape.u8(OP.write)
    tape.name(name, 1, LIMIT.bin, 'bin name', 'bins')
    try {
      writeValue(tape, (bins as { [name: string]: unknown })[name], 0)
    } catch (error) {
      if (error instanceof Fault) error.field = `bins.${name}${error.field}`
      throw error
    }
  }
}

/** Writes READ operations of the named bins. */
export function writeReads(tape: TapeWriter, bins: unknown): void {
  if (!Array.isArray(bins)) throw new Fault('bins', `${show(bins)} is not an array of bin names`)
  if (bins.length > LIMIT.operations) throw new Fault('bins', `${bins.length} names; the limit is ${LIMIT.operations}`)
  tape.u16(bins.length)
  for (let i = 0; i < bins.length; i++) {
    tape.u8(OP.read)
    writeBinName(tape, bins[i], `bins[${i}]`)
    tape.u8(TAG.nil)
  }
}

/** Writes WRITE operations that remove the named bins. */
export function writeRemovals(tape: TapeWriter, bins: unknown): void {
  if (!Array.isArray(bins)) throw new Fault('bins', `${show(bins)} is not an array of bin names`)
  if (bins.length === 0) throw new Fault('bins', 'there is no bin to remove')
  if (bins.length > LIMIT.operations) throw new Fault('bins', `${bins.length} names; the limit is ${LIMIT.operations}`)
  tape.u16(bins.length)
  for (let i = 0; i < bins.length; i++) {
    tape.u8(OP.write)
    writeBinName(tape, bins[i], `bins[${i}]`)
    tape.u8(TAG.nil)
  }
}
