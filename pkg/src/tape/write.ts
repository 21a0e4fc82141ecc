/*
 * The input tape: numbers, names, text and bytes, written straight into the engine's input buffer.
 *
 * May import: layout.ts, fault.ts, policy.ts, text.ts, wasm.ts. What a key, value or operation looks like is in
 * encode.ts.
 * Invariants: every write makes room first; positions that are patched later are kept relative to `start`, since growth
 * may move the buffer; views are refreshed whenever the memory may have grown; one command is written at a time.
 */

import { Fault, show } from '../fault.js'
import type { PolicyBlock } from '../policy.js'
import type { TextCodec } from '../text.js'
import type { EngineBinding, EngineModule } from '../wasm.js'

const FIRST_ROOM = 4096
/** A command larger than this does not raise the room that the next ones start with. */
const MOST_KEPT_ROOM = 1 << 20
/** Up to this many characters a loop over character codes is faster than a call. */
const LOOP_LIMIT = 20
const HIGH_WORD = 4_294_967_296

/** Writes one command at a time. */
export class TapeWriter {
  bytes: Uint8Array = new Uint8Array(0)
  view: DataView = new DataView(new ArrayBuffer(0))
  pos = 0
  start = 0
  private end = 0
  private room = FIRST_ROOM
  private busy = false
  private nested = 0
  private readonly engine: EngineBinding
  private readonly memory: EngineModule['memory']
  private readonly text: TextCodec
  private readonly limit: number

  /** `text` must be this writer's own codec; `limit` is the longest command in bytes. */
  constructor(engine: EngineBinding, memory: EngineModule['memory'], text: TextCodec, limit: number) {
    this.engine = engine
    this.memory = memory
    this.text = text
    this.limit = limit
  }

  /** Takes the tape for one call. Every call to it, even one that throws, is paired with one of `leave`. */
  enter(): void {
    if (this.busy) {
      this.nested += 1
      throw new Fault('', 'called while another call reads its arguments; a getter of a value must not call the client')
    }
    this.busy = true
  }

  /** Gives the tape back, whether the command was written or given up. */
  leave(): void {
    if (this.nested > 0) this.nested -= 1
    else this.busy = false
  }

  /** Starts a command: its kind and its policy. */
  begin(kind: number, policy: PolicyBlock): void {
    this.start = this.pos = this.engine.input(this.room)
    this.end = this.start + this.room
    if (this.bytes.length === 0) this.refresh()
    const at = this.pos
    this.bytes[at] = kind
    this.bytes.set(policy.bytes, at + 1)
    const filter = policy.filter
    this.view.setUint32(at + 49, filter === null ? 0 : filter.length, true)
    this.pos = at + 53
    if (filter !== null) this.raw(filter)
  }

  /** Bytes written since `begin`; also the position to patch later. */
  get length(): number {
    return this.pos - this.start
  }

  /** Makes room for `n` more bytes. */
  need(n: number): void {
    if (this.pos + n > this.end) this.grow(n)
  }

  u8(value: number): void {
    this.need(1)
    this.bytes[this.pos++] = value
  }

  u16(value: number): void {
    this.need(2)
    this.view.setUint16(this.pos, value, true)
    this.pos += 2
  }

  u32(value: number): void {
    this.need(4)
    this.view.setUint32(this.pos, value, true)
    this.pos += 4
  }

  patchU16(offset: number, value: number): void {
    this.view.setUint16(this.start + offset, value, true)
  }

  patchU32(offset: number, value: number): void {
    this.view.setUint32(this.start + offset, value, true)
  }

  f64(value: number): void {
    this.need(8)
    this.view.setFloat64(this.pos, value, true)
    this.pos += 8
  }

  /** An i64 from an integral number within its range. */
  i64(value: number): void {
    this.need(8)
    const at = this.pos
    const low = value | 0
    if (low === value) {
      this.view.setInt32(at, low, true)
      this.view.setInt32(at + 4, low >> 31, true)
    } else {
      const high = Math.floor(value / HIGH_WORD)
      this.view.setUint32(at, value - high * HIGH_WORD, true)
      this.view.setInt32(at + 4, high, true)
    }
    this.pos = at + 8
  }

  /** An i64 from a BigInt within its range. */
  big(value: bigint): void {
    this.need(8)
    this.view.setBigInt64(this.pos, value, true)
    this.pos += 8
  }

  /** Bytes without a length. */
  raw(bytes: Uint8Array): void {
    const length = bytes.length
    this.need(length)
    this.bytes.set(bytes, this.pos)
    this.pos += length
  }

  /** u32 length and bytes. */
  blob(bytes: Uint8Array): void {
    this.u32(bytes.length)
    this.raw(bytes)
  }

  /** u32 length and UTF-8. */
  string(text: string): void {
    const length = text.length
    if (length > LOOP_LIMIT) return this.longString(text)
    this.need(4 + length)
    const bytes = this.bytes
    const at = this.pos + 4
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 0x7f) return this.longString(text)
      bytes[at + i] = unit
    }
    this.view.setUint32(at - 4, length, true)
    this.pos = at + length
  }

  /** u8 length and UTF-8 of a name of `least` to `most` bytes; `kind` says in a fault what it is a name of. */
  name(text: string, least: number, most: number, kind: string, field: string): void {
    const length = text.length
    if (length < least || length > most) throw this.badName(text, least, most, kind, field)
    this.need(1 + most)
    const bytes = this.bytes
    const at = this.pos + 1
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 0x7f) return this.wideName(text, most, kind, field)
      bytes[at + i] = unit
    }
    bytes[at - 1] = length
    this.pos = at + length
  }

  private wideName(text: string, most: number, kind: string, field: string): void {
    checkWellFormed(text, field)
    const length = this.text.byteLength(text)
    if (length > most) throw this.badName(text, 0, most, kind, field)
    this.bytes[this.pos] = length
    this.text.write(text, this.pos + 1)
    this.pos += 1 + length
  }

  private badName(text: string, least: number, most: number, kind: string, field: string): Fault {
    if (text.length < least) return new Fault(field, `the ${kind} is empty; it needs ${least} to ${most} bytes`)
    const length = this.text.byteLength(text)
    return new Fault(field, `${show(text)} is ${length} bytes long; the limit of a ${kind} is ${most} bytes`)
  }

  private longString(text: string): void {
    checkWellFormed(text, '')
    const length = text.length
    this.need(4 + (length < 1024 ? length * 3 : this.text.byteLength(text)))
    const written = this.text.write(text, this.pos + 4)
    this.view.setUint32(this.pos, written, true)
    this.pos += 4 + written
  }

  private grow(n: number): void {
    const used = this.pos - this.start
    if (used + n > this.limit) {
      const limit = `${this.limit} bytes, the largest message (config.maxMessageBytes)`
      throw new Fault('', `the command is longer than ${limit}`)
    }
    const room = Math.min(this.limit, Math.max(this.room * 2, used + n))
    this.start = this.engine.input(room)
    this.refresh()
    this.pos = this.start + used
    this.end = this.start + room
    this.room = room < MOST_KEPT_ROOM ? room : FIRST_ROOM
  }

  private refresh(): void {
    const buffer = this.memory.buffer
    if (this.bytes.buffer === buffer && this.bytes.length > 0) return
    this.bytes = new Uint8Array(buffer)
    this.view = new DataView(buffer)
    this.text.attach(buffer)
  }
}

function checkWellFormed(text: string, field: string): void {
  const check = (text as { isWellFormed?: () => boolean }).isWellFormed
  if (check !== undefined && !check.call(text)) {
    throw new Fault(field, `${show(text)} holds half a surrogate pair, which has no UTF-8 form`)
  }
}
