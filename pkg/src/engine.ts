/*
 * Drives one engine: bytes in, tape out, timers, and the promises of commands in flight.
 *
 * May import: errors.ts, fault.ts, pending.ts, config.ts, metrics.ts, observe.ts, signals.ts, tape/*, security.ts,
 * transport.ts, wasm.ts. Loads nothing and knows no runtime: module and runtime come in as values.
 * Invariants: one `poll` drains everything; the engine is not called while its tape is read, so what a transport
 * reports meanwhile waits; a command id is compared whole, its slot is only where it is kept; bytes handed to a
 * transport are its own.
 */

import type { CheckedConfig } from './config.js'
import { AerospikeError, BackpressureError, ClientError, connectError, RustPanicError } from './errors.js'
import { Fault } from './fault.js'
import { Link } from './link.js'
import { OperationMetrics } from './metrics.js'
import { Observation } from './observe.js'
import { type Canceller, type Pending, skipOutcome, skipRow } from './pending.js'
import { checkSignal } from './signals.js'
import { EVENT, OUT, SLOT_MASK } from './tape/layout.js'
import { TapeReader } from './tape/read.js'
import { TapeWriter } from './tape/write.js'
import type { TlsOptions } from './security.js'
import type { CloseReason, Runtime, Transport } from './transport.js'
import type { ClientEvent, ClientStatistics } from './types.js'
import type { EngineBinding, EngineModule } from './wasm.js'

const SLAB_BYTES = 65_536
const MOST_FROM_SLAB = 16_384
const LONGEST_TIMER = 0x7fff_ffff

type Timer = ReturnType<typeof setTimeout>

function openEngine(module: EngineModule, config: CheckedConfig): EngineBinding {
  const settings = new module.EngineConfig()
  config.apply(settings)
  return new module.Engine(settings, seed(), performance.now())
}

/** For choices that nobody has to be kept from guessing. Node takes longer to load `crypto` than to connect. */
function seed(): bigint {
  return BigInt(Math.floor(Math.random() * Number.MAX_SAFE_INTEGER))
}

/** Drives one engine. */
export class EngineDriver implements Canceller {
  readonly tape: TapeWriter
  private readonly engine: EngineBinding
  private readonly reader: TapeReader
  private readonly transport: Transport
  private readonly tls: TlsOptions | null
  private readonly defer: (flush: () => void) => void
  private readonly checkPlace: ((operation: string) => void) | undefined
  private readonly flush: () => void
  private readonly onTimer: () => void
  private readonly links = new Map<number, Link>()
  private readonly slots: (Pending | null)[] = []
  private readonly onEvent: ((event: ClientEvent) => void) | undefined
  /** Durations by operation, where the configuration asks for them. */
  readonly operationMetrics: OperationMetrics | null
  private readonly observation: Observation | null
  /** The observation while somebody watches; looked at once per turn, as asking the channels costs more than the rest of it. */
  private watching: Observation | null = null
  private nodes = 0
  private inFlight = 0
  private dirty = false
  private scheduled = false
  private draining = false
  private readonly waiting: (() => void)[] = []
  private timer: Timer | null = null
  private timerAt = Infinity
  private timerHolds = false
  private slab = new Uint8Array(SLAB_BYTES)
  private slabUsed = 0
  private state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting'
  private closedByEngine = false
  private failure: AerospikeError | null = null
  private readonly ready: { resolve: () => void; reject: (error: unknown) => void; readonly promise: Promise<void> }
  private gone: { resolve: () => void; readonly promise: Promise<void> } | null = null

  constructor(module: EngineModule, config: CheckedConfig, runtime: Runtime, transport: Transport, limit: number) {
    this.engine = openEngine(module, config)
    const text = runtime.text()
    this.tape = new TapeWriter(this.engine, module.memory, text, limit)
    this.reader = new TapeReader(module.memory, text)
    this.transport = transport
    this.tls = config.tls
    this.onEvent = config.onEvent
    const [{ host, port }] = config.seeds
    const server = { address: host, port, clusterName: config.clusterName }
    this.operationMetrics = config.operationMetrics ? new OperationMetrics() : null
    const observers = [config.observer, this.operationMetrics].filter((one) => one != null)
    this.observation = Observation.of(observers, runtime.channels, server)
    this.defer = (flush) => runtime.defer(flush)
    this.checkPlace = runtime.claim?.()
    this.flush = () => {
      this.scheduled = false
      if (this.dirty) this.drain()
    }
    this.onTimer = () => this.timeout()
    this.ready = latch()
  }

  /** Starts connecting. */
  start(): Promise<void> {
    this.drain()
    return this.ready.promise
  }

  /** Throws unless commands are taken. */
  private checkOpen(operation: string): void {
    if (this.state === 'open') return
    if (this.failure !== null) throw this.failure
    throw new ClientError(`${operation}: the client is ${this.state}; connect again`)
  }

  /** Takes the tape for a call of the name `operation`. */
  enter(operation: string): TapeWriter {
    this.tape.enter()
    this.checkOpen(operation)
    if (this.checkPlace !== undefined) this.checkPlace(operation)
    return this.tape
  }

  /** Submits what is on the tape. */
  send(pending: Pending, signal: AbortSignal | undefined): Promise<unknown> {
    if (signal != null) checkNotAborted(pending.subject, signal)
    const id = this.engine.submit(this.tape.length, performance.now())
    if (id < 0) throw this.readRefusal(pending.subject)
    this.tape.leave()
    pending.id = id
    const slot = id & SLOT_MASK
    while (this.slots.length <= slot) this.slots.push(null)
    this.slots[slot] = pending
    this.inFlight += 1
    if (signal != null) pending.watch(signal, this)
    this.dirty = true
    if (!this.scheduled) {
      this.scheduled = true
      this.watching = this.observation !== null && this.observation.active ? this.observation : null
      this.defer(this.flush)
    }
    if (this.watching !== null) this.watching.begin(pending)
    return pending.promise
  }

  /** Why the engine took no command: the field `client` is about its state, any other about an argument. */
  private readRefusal(subject: string): Fault | BackpressureError {
    this.reader.open(this.engine.output())
    const field = this.reader.mediumText()
    const text = this.reader.mediumText()
    return field === 'client' ? new BackpressureError(`${subject}: ${text}`) : new Fault(field, text)
  }

  /** Ends a call that could not be sent; the answer is its rejected promise. */
  refuse(operation: string, error: unknown): Promise<never> {
    return Promise.reject(this.refusal(operation, error))
  }

  /** Ends a call that could not be sent; the answer is its error. */
  refusal(operation: string, error: unknown): unknown {
    this.tape.leave()
    if (error instanceof Fault) return error.toError(operation)
    if (error instanceof WebAssembly.RuntimeError) this.crash(error)
    return this.failure !== null && !(error instanceof AerospikeError) ? this.failure : error
  }

  cancel(pending: Pending): void {
    if (this.slots[pending.id & SLOT_MASK] !== pending) return
    if (this.draining) return void this.waiting.push(() => this.cancel(pending))
    this.guard(() => this.engine.cancel(pending.id, performance.now()))
    this.drain()
  }

  /** Finishes every command with an error and closes every connection. */
  close(): Promise<void> {
    if (this.state === 'open' || this.state === 'connecting') {
      this.state = 'closing'
      this.guard(() => this.engine.close(performance.now()))
      this.drain()
    }
    if (this.state === 'closed') return Promise.resolve()
    // Made here, because on workerd a promise is settled only for the request that made it.
    this.gone ??= latch()
    return this.gone.promise
  }

  /** Gives up connecting. */
  abandon(error: AerospikeError): void {
    if (this.state !== 'connecting') return
    this.ready.reject(error)
    void this.close()
  }

  isConnected(): boolean {
    return this.state === 'open' && this.engine.is_connected()
  }

  nodeNames(): string[] {
    if (this.state !== 'open') return []
    const names = this.engine.node_names()
    return names === '' ? [] : names.split(',')
  }

  statistics(): ClientStatistics {
    if (this.state !== 'open') return { inFlight: 0, queued: 0, nodes: [] }
    return JSON.parse(this.engine.statistics()) as ClientStatistics
  }

  /** A connection is made. */
  connected(link: Link): void {
    if (this.draining) return void this.waiting.push(() => this.connected(link))
    if (this.links.get(link.id) !== link) return
    this.guard(() => this.engine.connected(link.id, performance.now()))
    this.drain()
  }

  /** Bytes arrived. */
  received(link: Link, chunk: Uint8Array): void {
    if (this.draining) {
      const copy = chunk.slice()
      return void this.waiting.push(() => this.received(link, copy))
    }
    if (this.links.get(link.id) !== link) return
    const length = chunk.length
    try {
      const pointer = this.engine.receive_buffer(length)
      if (this.reader.bytes.length === 0) this.reader.refresh()
      this.reader.bytes.set(chunk, pointer)
      this.engine.received(link.id, length, performance.now())
    } catch (error) {
      return this.crash(error)
    }
    this.drain()
  }

  /** A connection ended, or could not be made. */
  lost(link: Link, reason: CloseReason): void {
    if (this.draining) return void this.waiting.push(() => this.lost(link, reason))
    if (this.links.get(link.id) !== link) return
    this.links.delete(link.id)
    this.guard(() => this.engine.closed(link.id, reason, performance.now()))
    this.drain()
  }

  private timeout(): void {
    this.timer = null
    this.timerAt = Infinity
    this.guard(() => this.engine.timeout(performance.now()))
    this.drain()
  }

  private guard(call: () => void): void {
    if (this.state === 'closed') return
    try {
      call()
    } catch (error) {
      this.crash(error)
    }
  }

  /** One poll, and all that it asks for. */
  private drain(): void {
    if (this.state === 'closed' || this.draining) return
    this.dirty = false
    this.draining = true
    let wake = NaN
    try {
      this.engine.poll(performance.now())
      this.reader.open(this.engine.output())
      wake = this.process()
    } catch (error) {
      this.draining = false
      return this.crash(error)
    }
    this.draining = false
    if (this.state === 'closing' && this.closedByEngine) this.shutDown()
    else this.arm(wake)
    while (this.waiting.length > 0 && !this.draining) (this.waiting.shift() as () => void)()
  }

  /** Reads the tape to its end; the answer is the wake time. */
  private process(): number {
    const tape = this.reader
    for (;;) {
      const type = tape.u8()
      switch (type) {
        case OUT.finished:
          this.finished()
          break
        case OUT.row:
          this.row()
          break
        case OUT.connect:
          this.connect()
          break
        case OUT.transmit:
          this.transmit()
          break
        case OUT.close:
          this.closeLink(tape.u32())
          break
        case OUT.event:
          this.event(tape.u8(), tape.u8(), tape.u8(), tape.mediumText())
          break
        case OUT.wake:
          return tape.f64()
        default:
          throw new Error(`the engine's tape has a record of unknown type ${type}`)
      }
    }
  }

  private finished(): void {
    const id = this.reader.u32()
    const slot = id & SLOT_MASK
    const pending = this.slots[slot]
    if (pending == null || pending.id !== id) return skipOutcome(this.reader)
    this.slots[slot] = null
    this.inFlight -= 1
    pending.finish(this.reader)
  }

  private row(): void {
    const id = this.reader.u32()
    const pending = this.slots[id & SLOT_MASK]
    if (pending == null || pending.id !== id) skipRow(this.reader)
    else pending.row(this.reader)
  }

  private connect(): void {
    const tape = this.reader
    const id = tape.u32()
    const port = tape.u16()
    const host = tape.shortText()
    const tlsName = tape.shortText()
    const link = new Link(this, id)
    this.links.set(id, link)
    link.connect(this.transport, { host, port, tlsName, tls: tlsName === '' ? null : this.tls ?? {}, timeout: tape.u32() })
  }

  private transmit(): void {
    const tape = this.reader
    const link = this.links.get(tape.u32())
    const pointer = tape.u32()
    const length = tape.u32()
    if (link !== undefined) link.write(this.copyOut(pointer, length))
  }

  private copyOut(pointer: number, length: number): Uint8Array {
    const memory = this.reader.bytes
    if (length > MOST_FROM_SLAB) return memory.slice(pointer, pointer + length)
    if (this.slabUsed + length > SLAB_BYTES) {
      this.slab = new Uint8Array(SLAB_BYTES)
      this.slabUsed = 0
    }
    const out = this.slab.subarray(this.slabUsed, this.slabUsed + length)
    out.set(memory.subarray(pointer, pointer + length))
    this.slabUsed += length
    return out
  }

  private closeLink(id: number): void {
    const link = this.links.get(id)
    this.links.delete(id)
    link?.shut()
  }

  private event(event: number, outcome: number, detail: number, text: string): void {
    if (event === EVENT.ready && this.state === 'connecting') {
      this.state = 'open'
      this.ready.resolve()
    } else if (event === EVENT.connectFailed && this.state === 'connecting') {
      this.ready.reject(connectError(text, outcome, detail))
      this.waiting.push(() => void this.close())
    } else if (event === EVENT.nodeAdded) this.membership('nodeAdded', text, 1)
    else if (event === EVENT.nodeRemoved) this.membership('nodeRemoved', text, -1)
    else if (event === EVENT.closed) this.closedByEngine = true
  }

  /** A node joined or left; the first one and the last one are more than that. */
  private membership(type: 'nodeAdded' | 'nodeRemoved', node: string, change: 1 | -1): void {
    this.tell({ type, node })
    this.nodes += change
    if (change > 0 && this.nodes === 1) this.tell({ type: 'connected' })
    if (change < 0 && this.nodes === 0) this.tell({ type: 'disconnected' })
  }

  private tell(event: ClientEvent): void {
    const { onEvent } = this
    if (onEvent !== undefined) queueMicrotask(() => onEvent(event))
  }

  /** Has the timer fire at `wake`. One that fires earlier is left alone: it costs less than to set it anew. */
  private arm(wake: number): void {
    if (Number.isNaN(wake)) return
    const holds = this.inFlight > 0 || this.state === 'connecting'
    if (this.timer !== null && this.timerAt <= wake) {
      if (holds && !this.timerHolds) this.hold()
      return
    }
    if (this.timer !== null) clearTimeout(this.timer)
    const delay = Math.ceil(wake - performance.now())
    this.timerAt = wake
    this.timer = setTimeout(this.onTimer, delay < 1 ? 1 : delay > LONGEST_TIMER ? LONGEST_TIMER : delay)
    this.timerHolds = true
    if (!holds) {
      this.timerHolds = false
      ;(this.timer as { unref?: () => void }).unref?.()
    }
  }

  private hold(): void {
    this.timerHolds = true
    ;(this.timer as { ref?: () => void } | null)?.ref?.()
  }

  /** The engine is closed: frees what is left. */
  private shutDown(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    for (const id of [...this.links.keys()]) this.closeLink(id)
    this.failPending((subject) => new ClientError(`${subject}: the client is closed`))
    this.state = 'closed'
    this.ready.reject(new ClientError('connect: the client was closed'))
    this.gone?.resolve()
    if (this.failure === null) this.engine.free()
  }

  private failPending(make: (subject: string) => AerospikeError): void {
    for (let slot = 0; slot < this.slots.length; slot++) {
      const pending = this.slots[slot]
      this.slots[slot] = null
      pending?.fail(make(pending.subject))
    }
    this.inFlight = 0
  }

  /** The engine trapped or its tape makes no sense: this client is finished, its memory is not trusted any more. */
  private crash(cause: unknown): void {
    if (this.state === 'closed') return
    const text = 'the engine failed by a defect of this package; connect again and please report it'
    this.failure = new RustPanicError(text, { cause })
    this.ready.reject(this.failure)
    this.failPending((subject) => new RustPanicError(`${subject}: ${text}`, { cause, inDoubt: true }))
    this.shutDown()
  }
}

function latch(): { resolve: () => void; reject: (error: unknown) => void; readonly promise: Promise<void> } {
  let resolve: () => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<void>((accept, refuse) => {
    resolve = accept
    reject = refuse
  })
  promise.catch(() => {})
  return { resolve, reject, promise }
}

function checkNotAborted(subject: string, signal: AbortSignal): void {
  checkSignal(signal)
  if (!signal.aborted) return
  throw new ClientError(`${subject}: cancelled before it was sent`, { resultCode: -5, cause: signal.reason })
}
