/*
 * An engine in JavaScript for unit tests: decodes the input tape, and answers with what the test scripts.
 *
 * Memory is an ArrayBuffer that is replaced when it grows, and the old one detached, as WebAssembly does. The decoder
 * follows crates/js/src/tape/mod.rs and shares no code with the package.
 */

const INPUT = 1024

class Cursor {
  constructor(bytes) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.bytes = bytes
    this.pos = 0
  }
  u8() { return this.bytes[this.pos++] }
  u16() { this.pos += 2; return this.view.getUint16(this.pos - 2, true) }
  u32() { this.pos += 4; return this.view.getUint32(this.pos - 4, true) }
  i64() { this.pos += 8; return this.view.getBigInt64(this.pos - 8, true) }
  f64() { this.pos += 8; return this.view.getFloat64(this.pos - 8, true) }
  take(n) { this.pos += n; return this.bytes.slice(this.pos - n, this.pos) }
  text(n) { return new TextDecoder('utf-8', { fatal: true }).decode(this.take(n)) }
  short() { return this.text(this.u8()) }

  key() {
    const namespace = this.short()
    const set = this.short()
    const tag = this.u8()
    const userKey =
      tag === 0 ? null : tag === 1 ? this.i64() : tag === 3 ? this.text(this.u32()) : tag === 4 ? this.take(this.u32()) : NaN
    const digest = this.u8() === 1 ? this.take(20) : null
    return { namespace, set, userKey, digest }
  }

  value() {
    const tag = this.u8()
    switch (tag) {
      case 0: return { tag }
      case 1: return { tag, value: this.i64() }
      case 2: return { tag, value: this.f64() }
      case 3: case 23: return { tag, value: this.text(this.u32()) }
      case 4: case 18: case 254: return { tag, value: this.take(this.u32()) }
      case 17: return { tag, value: this.u8() }
      case 20: case 19: {
        const order = this.u8()
        const count = this.u32() * (tag === 19 ? 2 : 1)
        return { tag, order, value: Array.from({ length: count }, () => this.value()) }
      }
      case 255: return { tag, type: this.u8(), value: this.take(this.u32()) }
      default: throw new Error(`tag ${tag}`)
    }
  }

  operations() {
    return Array.from({ length: this.u16() }, () => ({ code: this.u8(), bin: this.short(), value: this.value() }))
  }

  policy() {
    const at = this.pos
    const view = this.view
    const u32 = (o) => view.getUint32(at + o, true)
    this.pos += 48
    return {
      socketTimeout: u32(0), totalTimeout: u32(4), timeoutDelay: u32(8), sleep: u32(12),
      retries: view.getUint16(at + 16, true), replica: this.bytes[at + 18], readModeAp: this.bytes[at + 19],
      readModeSc: this.bytes[at + 20], exists: this.bytes[at + 21], gen: this.bytes[at + 22],
      commit: this.bytes[at + 23], bits: this.bytes[at + 24], batchBits: this.bytes[at + 25], ttl: u32(28),
      generation: u32(32), readTouch: u32(36), filter: this.take(this.u32())
    }
  }

  rowPolicy() {
    const at = this.pos
    this.pos += 12
    return {
      exists: this.bytes[at], gen: this.bytes[at + 1], commit: this.bytes[at + 2], bits: this.bytes[at + 3],
      ttl: this.view.getUint32(at + 4, true), generation: this.view.getUint32(at + 8, true)
    }
  }

  rows(make) { return Array.from({ length: this.u32() }, make) }

  command() {
    const kind = this.u8()
    const policy = this.policy()
    switch (kind) {
      case 1: case 3: case 5: return { kind, policy, key: this.key() }
      case 2: case 4: case 6: return { kind, policy, key: this.key(), operations: this.operations() }
      case 16: {
        const bins = this.u8()
        const operations = this.operations()
        return { kind, policy, bins, operations, rows: this.rows(() => ({ key: this.key() })) }
      }
      case 17:
        return {
          kind, policy,
          rows: this.rows(() => ({ key: this.key(), policy: this.rowPolicy(), operations: this.operations() }))
        }
      case 18: {
        const operations = this.operations()
        return { kind, policy, operations, rows: this.rows(() => ({ key: this.key(), policy: this.rowPolicy() })) }
      }
      case 19: return { kind, policy, rows: this.rows(() => ({ key: this.key(), policy: this.rowPolicy() })) }
      default: throw new Error(`kind ${kind}`)
    }
  }
}

/** Builds records of the output tape. */
export class Tape {
  bytes = []
  u8(v) { this.bytes.push(v & 255); return this }
  u16(v) { return this.u8(v).u8(v >> 8) }
  u32(v) { return this.u16(v).u16(v >>> 16) }
  i64(v) { return this.raw(new Uint8Array(new BigInt64Array([BigInt(v)]).buffer)) }
  f64(v) { return this.raw(new Uint8Array(new Float64Array([v]).buffer)) }
  raw(b) { for (const x of b) this.bytes.push(x); return this }
  text(s, width) { const b = new TextEncoder().encode(s); this[width](b.length); return this.raw(b) }

  /** A value given as `{ tag, value }`, the form the decoder gives. */
  value({ tag, value, type, order }) {
    this.u8(tag)
    switch (tag) {
      case 0: return this
      case 1: return this.i64(value)
      case 2: return this.f64(value)
      case 3: case 23: return this.text(value, 'u32')
      case 4: case 18: case 254: return this.u32(value.length).raw(value)
      case 17: return this.u8(value)
      case 255: return this.u8(type).u32(value.length).raw(value)
      default:
        this.u8(order ?? 0).u32(value.length / (tag === 19 ? 2 : 1))
        for (const element of value) this.value(element)
        return this
    }
  }

  answer({ gen = 1, voidTime = 0, answers = [] } = {}) {
    this.u32(gen).u32(voidTime).u16(answers.length)
    for (const [code, bin, value] of answers) this.u8(code).text(bin, 'u8').value(value)
    return this
  }
  ok(id, answer) { return this.u8(1).u32(id).u8(0).answer(answer) }
  serverError(id, code, { inDoubt = 0, attempts = 1, node = 'A1' } = {}) {
    return this.u8(1).u32(id).u8(1).u8(code).u8(inDoubt).u16(attempts).text(node, 'u8')
  }
  clientError(id, kind, text, { inDoubt = 0, attempts = 1, node = '' } = {}) {
    return this.u8(1).u32(id).u8(2).u8(kind).u8(inDoubt).u16(attempts).text(node, 'u8').text(text, 'u16')
  }
  row(id, index, code, answer, { inDoubt = 0, node = 'A1' } = {}) {
    return this.u8(2).u32(id).u32(index).u16(code & 0xffff).u8(inDoubt).text(node, 'u8').answer(answer)
  }
  connect(id, host, port) { return this.u8(3).u32(id).u16(port).text(host, 'u8').text('', 'u8').u32(1000) }
  transmit(id, pointer, length) { return this.u8(4).u32(id).u32(pointer).u32(length) }
  close(id) { return this.u8(5).u32(id) }
  event(event, text = '', outcome = 0, detail = 0) { return this.u8(6).u8(event).u8(outcome).u8(detail).text(text, 'u16') }
  wake(at = NaN) { return this.u8(7).f64(at) }
}

/** A module whose engines answer through `script.answer(id, command, tape)`. */
export function fakeModule(script = {}) {
  const memory = { buffer: new ArrayBuffer(65536) }
  const engines = []

  function growTo(size) {
    if (memory.buffer.byteLength >= size) return
    const old = memory.buffer
    const next = new ArrayBuffer(size)
    new Uint8Array(next).set(new Uint8Array(old))
    structuredClone(old, { transfer: [old] })
    memory.buffer = next
  }

  class EngineConfig {
    seeds = []
    racks = []
    add_seed(host, port, tlsName) { this.seeds.push([host, port, tlsName]) }
    add_rack(rack) { this.racks.push(rack) }
  }

  class Engine {
    commands = []
    finished = []
    calls = []
    sent = new Tape()
    freed = false
    slots = []
    generation = 0
    inputRoom = 0

    constructor(config, seed, now) {
      this.config = config
      this.seed = seed
      this.start = now
      engines.push(this)
      if (script.connect) script.connect(this)
      else this.sent.event(1)
    }
    input(length) {
      if (length > this.inputRoom) this.inputRoom = length
      growTo(INPUT + length + 131072)
      return INPUT
    }
    submit(length) {
      const bytes = new Uint8Array(memory.buffer, INPUT, length).slice()
      const cursor = new Cursor(bytes)
      const command = cursor.command()
      if (cursor.pos !== length) throw new Error(`${length - cursor.pos} bytes left on the tape`)
      this.commands.push(command)
      const refusal = script.refuse?.(command)
      if (refusal) {
        this.place(new Tape().text(refusal[0], 'u16').text(refusal[1], 'u16').bytes)
        return -1
      }
      let slot = this.slots.indexOf(false)
      if (slot === -1) slot = this.slots.push(true) - 1
      this.slots[slot] = true
      this.generation = (this.generation + 1) & 0xfff
      const id = this.generation * 0x100000 + slot
      script.answer?.(id, command, this.sent, this)
      return id
    }
    release(id) { this.slots[id & 0xfffff] = false }
    place(bytes) {
      const at = memory.buffer.byteLength - 65536
      growTo(at + bytes.length)
      new Uint8Array(memory.buffer).set(bytes, at)
      this.at = at
    }
    poll() {
      this.sent.wake(script.wake?.() ?? NaN)
      this.place(this.sent.bytes)
      const length = this.sent.bytes.length
      this.sent = new Tape()
      this.calls.push('poll')
      return length
    }
    output() { return this.at }
    receive_buffer(length) { growTo(32768 + length + 131072); return 32768 }
    received(id, length) {
      const bytes = new Uint8Array(memory.buffer, 32768, length).slice()
      this.calls.push(['received', id, bytes])
      script.received?.(this, id, bytes)
    }
    connected(id) { this.calls.push(['connected', id]); script.connected?.(this, id) }
    closed(id, reason) { this.calls.push(['closed', id, reason]); script.closed?.(this, id, reason) }
    timeout() { this.calls.push('timeout'); script.timeout?.(this) }
    cancel(id) { this.calls.push(['cancel', id]); script.cancel?.(this, id) }
    close() { script.close?.(this); this.sent.event(5) }
    node_names() { return 'A1,A2' }
    is_connected() { return true }
    statistics() { return JSON.stringify({ inFlight: 0, queued: 0, nodes: script.nodes ?? [] }) }
    free() { this.freed = true }
  }

  return { module: { memory, EngineConfig, Engine }, engines, memory, growTo }
}
