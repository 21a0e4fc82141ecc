/*
 * The output tape: numbers, names, values and answers.
 *
 * May import: layout.ts, record.ts, text.ts, values.ts, wasm.ts.
 * Invariants: bytes that a caller keeps are copied; views are refreshed by `open`, before anything is read; a bin name
 * comes from the cache only when its bytes are equal.
 */

import { NEVER_EXPIRES, RecordMetadata, type BinTuple } from '../record.js'
import type { TextCodec } from '../text.js'
import type { ReadBins, ReadValue } from '../types.js'
import { GeoJSON, HyperLogLog, UnknownValue } from '../values.js'
import type { EngineModule } from '../wasm.js'
import { TAG } from './layout.js'

/** Seconds from 1970 to 2010, where void times start. */
const EPOCH_2010 = 1_262_304_000
const NAME_SLOTS = 1024
const HIGH_WORD = 4_294_967_296
const LARGEST_SAFE_HIGH = 0x1f_ffff

class CachedName {
  readonly bytes: Uint8Array
  readonly text: string

  constructor(bytes: Uint8Array, text: string) {
    this.bytes = bytes
    this.text = text
  }
}

/** The answers of a command, in order. */
export class Answers {
  /** Wire codes of the operations answered. */
  readonly codes: number[] = []
  readonly names: string[] = []
  readonly values: ReadValue[] = []

  get length(): number {
    return this.codes.length
  }

  tuple(i: number): BinTuple {
    return [this.names[i], this.values[i]]
  }
}

/** Sets a property even when its name is `__proto__`, which a plain assignment would take for the prototype. */
function setProperty(target: ReadBins, name: string, value: ReadValue): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, configurable: true, enumerable: true, writable: true })
  } else target[name] = value
}

/** Reads the tape that one `poll` left. */
export class TapeReader {
  bytes: Uint8Array = new Uint8Array(0)
  view: DataView = new DataView(new ArrayBuffer(0))
  pos = 0
  private readonly memory: EngineModule['memory']
  private readonly text: TextCodec
  private readonly names: (CachedName | null)[] = new Array<CachedName | null>(NAME_SLOTS).fill(null)
  private nowSeconds = 0

  constructor(memory: EngineModule['memory'], text: TextCodec) {
    this.memory = memory
    this.text = text
  }

  /** Starts reading at a pointer into the memory. */
  open(pointer: number): void {
    if (this.bytes.length === 0) this.refresh()
    this.pos = pointer
    this.nowSeconds = 0
  }

  /** Makes views of the memory's buffer when it has grown. */
  refresh(): void {
    const buffer = this.memory.buffer
    if (this.bytes.buffer === buffer) return
    this.bytes = new Uint8Array(buffer)
    this.view = new DataView(buffer)
    this.text.attach(buffer)
  }

  u8(): number {
    return this.bytes[this.pos++]
  }

  u16(): number {
    const value = this.view.getUint16(this.pos, true)
    this.pos += 2
    return value
  }

  i16(): number {
    const value = this.view.getInt16(this.pos, true)
    this.pos += 2
    return value
  }

  u32(): number {
    const value = this.view.getUint32(this.pos, true)
    this.pos += 4
    return value
  }

  f64(): number {
    const value = this.view.getFloat64(this.pos, true)
    this.pos += 8
    return value
  }

  /** An i64: a number when it is a safe integer, else a BigInt. */
  i64(): number | bigint {
    const at = this.pos
    this.pos = at + 8
    const low = this.view.getInt32(at, true)
    const high = this.view.getInt32(at + 4, true)
    if (high === low >> 31) return low
    if (high > LARGEST_SAFE_HIGH || high < ~LARGEST_SAFE_HIGH) return this.view.getBigInt64(at, true)
    const value = high * HIGH_WORD + (low >>> 0)
    return Number.isSafeInteger(value) ? value : this.view.getBigInt64(at, true)
  }

  /** u8 length and text. */
  shortText(): string {
    return this.textOf(this.u8())
  }

  /** u16 length and text. */
  mediumText(): string {
    return this.textOf(this.u16())
  }

  /** u8 length and a name that is likely to come again. */
  name(): string {
    const bytes = this.bytes
    const length = bytes[this.pos]
    const from = this.pos + 1
    const to = from + length
    this.pos = to
    let hash = length
    for (let i = from; i < to; i++) hash = (hash * 31 + bytes[i]) | 0
    const slot = (hash ^ (hash >>> 10)) & (NAME_SLOTS - 1)
    const cached = this.names[slot]
    if (cached !== null && cached.bytes.length === length) {
      let i = 0
      while (i < length && cached.bytes[i] === bytes[from + i]) i++
      if (i === length) return cached.text
    }
    const text = this.text.read(from, to)
    this.names[slot] = new CachedName(bytes.slice(from, to), text)
    return text
  }

  private textOf(length: number): string {
    const from = this.pos
    this.pos = from + length
    if (length < 8) return this.smallText(from, length)
    return this.text.read(from, from + length)
  }

  private smallText(from: number, length: number): string {
    const bytes = this.bytes
    for (let i = 0; i < length; i++) if (bytes[from + i] > 0x7f) return this.text.read(from, from + length)
    let text = ''
    for (let i = 0; i < length; i++) text += String.fromCharCode(bytes[from + i])
    return text
  }

  private copy(length: number): Uint8Array {
    const from = this.pos
    this.pos = from + length
    return this.bytes.slice(from, from + length)
  }

  value(): ReadValue {
    const tag = this.bytes[this.pos++]
    switch (tag) {
      case TAG.nil:
        return null
      case TAG.integer:
        return this.i64()
      case TAG.float:
        return this.f64()
      case TAG.string:
        return this.textOf(this.u32())
      case TAG.blob:
        return this.copy(this.u32())
      case TAG.boolean:
        return this.u8() !== 0
      case TAG.list:
        return this.list()
      case TAG.map:
        return this.map()
      case TAG.geojson:
        return new GeoJSON(this.textOf(this.u32()))
      case TAG.hll:
        return new HyperLogLog(this.copy(this.u32()))
      case TAG.packed:
        return new UnknownValue(null, this.copy(this.u32()))
      case TAG.particle: {
        const type = this.u8()
        return new UnknownValue(type, this.copy(this.u32()))
      }
      default:
        throw new Error(`the engine's tape has a value of unknown tag ${tag}`)
    }
  }

  private list(): ReadValue[] {
    this.pos += 1
    const count = this.u32()
    const out: ReadValue[] = []
    for (let i = 0; i < count; i++) out.push(this.value())
    return out
  }

  private map(): ReadValue {
    this.pos += 1
    const count = this.u32()
    const out: ReadBins = {}
    for (let i = 0; i < count; i++) {
      const key = this.value()
      if (typeof key !== 'string') return this.mixedMap(out, key, count - i)
      setProperty(out, key, this.value())
    }
    return out
  }

  /** Goes on with a map one of whose keys is not a string. */
  private mixedMap(start: ReadBins, key: ReadValue, left: number): Map<ReadValue, ReadValue> {
    const out = new Map<ReadValue, ReadValue>(Object.entries(start))
    out.set(key, this.value())
    for (let i = 1; i < left; i++) {
      const next = this.value()
      out.set(next, this.value())
    }
    return out
  }

  /** Generation and void time at the head of an answer. */
  meta(): RecordMetadata {
    const generation = this.u32()
    return new RecordMetadata(generation, this.ttl(this.u32()))
  }

  private ttl(voidTime: number): number {
    if (voidTime === 0) return NEVER_EXPIRES
    if (this.nowSeconds === 0) this.nowSeconds = Math.floor(Date.now() / 1000) - EPOCH_2010
    return voidTime > this.nowSeconds ? voidTime - this.nowSeconds : 1
  }

  /** The bins of an answer: the last value of each. */
  bins(): ReadBins {
    const count = this.u16()
    const bins: ReadBins = {}
    for (let i = 0; i < count; i++) {
      this.pos += 1
      const name = this.name()
      setProperty(bins, name, this.value())
    }
    return bins
  }

  /** The answers one by one. */
  answers(): Answers {
    const count = this.u16()
    const answers = new Answers()
    for (let i = 0; i < count; i++) {
      answers.codes.push(this.u8())
      answers.names.push(this.name())
      answers.values.push(this.value())
    }
    return answers
  }

  /** Passes over an answer that nobody asked for. */
  skipAnswer(): void {
    this.pos += 8
    const count = this.u16()
    for (let i = 0; i < count; i++) {
      this.pos += 1
      this.pos += 1 + this.bytes[this.pos]
      this.value()
    }
  }
}
