/*
 * Rows of a batch one by one, with no more of them in memory than two chunks.
 *
 * May import: errors.ts, fault.ts, record.ts, pending.ts, signals.ts.
 * Invariants: keys are taken and sent only inside `next`, never while the engine's tape is read; rows sent for and rows
 * kept are together never more than two chunks; after its end a stream holds no command, no signal and no row.
 */

import { ClientError } from './errors.js'
import { Fault, show, unknownName } from './fault.js'
import { type Canceller, EXPECT, Pending } from './pending.js'
import type { BatchRecord, Key } from './record.js'
import { type Cancellable, checkSignal, unwatch, watch } from './signals.js'
import type { BatchStreamOptions, ReadBins } from './types.js'

const NAME = 'batchReadStream'
const CHUNK = 500
const MOST_CHUNK = 100_000
const OPTIONS = ['policy', 'signal', 'chunkSize']

/** One chunk in flight: its rows go to the stream as they arrive. @internal */
export class ChunkPending extends Pending {
  private readonly sink: (row: BatchRecord) => void

  constructor(keys: readonly Key[], sink: (row: BatchRecord) => void) {
    super(NAME, EXPECT.batch, null, keys, null)
    this.sink = sink
  }

  protected override keep(_index: number, row: BatchRecord): void {
    this.sink(row)
  }
}

/** What a stream needs of its client. @internal */
export interface ChunkSender extends Canceller {
  /** Sends a batch read; `first` is the place of its first key among all. Throws what the arguments deserve. */
  send(keys: readonly unknown[], first: number, sink: (row: BatchRecord) => void): ChunkPending
}

interface Waiter {
  resolve(result: IteratorResult<BatchRecord, undefined>): void
  reject(reason: unknown): void
}

/** Checked options of a stream. */
interface Settings {
  readonly chunkSize: number
  readonly signal: AbortSignal | undefined
}

function checkOptions(options: BatchStreamOptions | undefined): Settings {
  if (options === undefined) return { chunkSize: CHUNK, signal: undefined }
  if (typeof options !== 'object' || options === null) throw new Fault('options', `${show(options)} is not an object`)
  for (const name of Object.keys(options)) if (!OPTIONS.includes(name)) throw unknownName('', name, OPTIONS)
  const { chunkSize = CHUNK, signal } = options
  if (!Number.isInteger(chunkSize) || chunkSize < 1 || chunkSize > MOST_CHUNK) {
    throw new Fault('chunkSize', `${show(chunkSize)} is not an integer from 1 to ${MOST_CHUNK}`)
  }
  checkSignal(signal)
  return { chunkSize, signal: signal ?? undefined }
}

function iterate(keys: unknown): Iterator<unknown> {
  const iterable = keys as Iterable<unknown> | null | undefined
  if (typeof keys === 'string' || typeof iterable?.[Symbol.iterator] !== 'function') {
    throw new Fault('keys', `${show(keys)} is not an iterable of keys`)
  }
  return iterable[Symbol.iterator]()
}

/**
 * Rows of {@link Client.batchReadStream}, in the order in which the nodes answer. Leaving the loop cancels what is in
 * flight.
 *
 * @example
 * ```ts
 * for await (const row of client.batchReadStream(keys, ['name'])) {
 *   if (row.bins?.name === 'Ann') break
 * }
 * ```
 */
export class BatchReadStream<B = ReadBins> implements AsyncIterableIterator<BatchRecord<B>> {
  readonly #sender: ChunkSender
  readonly #chunkSize: number
  readonly #signal: AbortSignal | undefined
  readonly #source: Iterator<unknown> | null
  readonly #inFlight = new Set<ChunkPending>()
  readonly #waiters: Waiter[] = []
  readonly #onAbort: Cancellable = { cancel: () => this.#abort() }
  readonly #onRow = (row: BatchRecord): void => this.#take(row)
  #rows: BatchRecord[] = []
  #head = 0
  #awaited = 0
  #sent = 0
  #started = false
  #filling = false
  #exhausted = false
  #closed = false
  #failed = false
  #error: unknown = null

  private constructor(sender: ChunkSender, keys: unknown, options: BatchStreamOptions | undefined) {
    this.#sender = sender
    let settings: Settings = { chunkSize: CHUNK, signal: undefined }
    let source: Iterator<unknown> | null = null
    try {
      settings = checkOptions(options)
      source = iterate(keys)
    } catch (error) {
      this.#failed = true
      this.#error = error instanceof Fault ? error.toError(NAME) : error
    }
    this.#chunkSize = settings.chunkSize
    this.#signal = settings.signal
    this.#source = source
  }

  /** @internal */
  static of<B>(sender: ChunkSender, keys: unknown, options: BatchStreamOptions | undefined): BatchReadStream<B> {
    return new BatchReadStream(sender, keys, options)
  }

  /**
   * The stream itself: it can be gone through once.
   *
   * @example
   * ```ts
   * for await (const row of client.batchReadStream(keys)) console.log(row.result)
   * ```
   */
  [Symbol.asyncIterator](): this {
    return this
  }

  /**
   * The next row. What went wrong is thrown after the rows that arrived before it, and ends the stream.
   *
   * @example
   * ```ts
   * const first = await client.batchReadStream(keys).next()
   * ```
   */
  next(): Promise<IteratorResult<BatchRecord<B>, undefined>> {
    return this.#next() as Promise<IteratorResult<BatchRecord<B>, undefined>>
  }

  async #next(): Promise<IteratorResult<BatchRecord, undefined>> {
    this.#start()
    this.#fill()
    if (this.#head < this.#rows.length) return { value: this.#shift(), done: false }
    if (this.#failed) throw this.#takeError()
    if (this.#isDone()) this.#close()
    if (this.#closed) return { value: undefined, done: true }
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }))
  }

  /**
   * Ends the stream: what is in flight is cancelled, what was not read is dropped.
   *
   * @example
   * ```ts
   * const stream = client.batchReadStream(keys)
   * await stream.next()
   * await stream.return()
   * ```
   */
  async return(): Promise<IteratorResult<BatchRecord<B>, undefined>> {
    this.#drop()
    return { value: undefined, done: true }
  }

  /**
   * Ends the stream at the end of an `await using` block.
   *
   * @example
   * ```ts
   * await using stream = client.batchReadStream(keys)
   * const { value } = await stream.next()
   * ```
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#drop()
  }

  #start(): void {
    if (this.#started || this.#closed) return
    this.#started = true
    if (this.#failed) this.#close()
    else if (this.#signal?.aborted) this.#abort()
    else if (this.#signal !== undefined) watch(this.#signal, this.#onAbort)
  }

  #shift(): BatchRecord {
    const row = this.#rows[this.#head]
    this.#head += 1
    if (this.#head === this.#rows.length || this.#head > this.#chunkSize) {
      this.#rows = this.#rows.slice(this.#head)
      this.#head = 0
    }
    return row
  }

  /** Sends for chunks while two of them have room. */
  #fill(): void {
    if (this.#filling) return
    this.#filling = true
    try {
      while (!this.#exhausted && !this.#closed && this.#room() >= this.#chunkSize) this.#sendChunk()
    } catch (error) {
      this.#failWith(error)
    } finally {
      this.#filling = false
    }
  }

  #room(): number {
    return 2 * this.#chunkSize - this.#awaited - (this.#rows.length - this.#head)
  }

  #sendChunk(): void {
    const keys = this.#takeKeys()
    if (keys.length === 0 || this.#closed) return
    const pending = this.#sender.send(keys, this.#sent, this.#onRow)
    this.#sent += keys.length
    this.#awaited += keys.length
    this.#inFlight.add(pending)
    pending.promise.then(() => this.#settle(pending), (error: unknown) => this.#failWith(error))
  }

  /** The next keys of the source; one that throws is not asked again. */
  #takeKeys(): unknown[] {
    const keys: unknown[] = []
    let going = false
    try {
      while (keys.length < this.#chunkSize) {
        const { done, value } = (this.#source as Iterator<unknown>).next()
        if (done) return keys
        keys.push(value)
      }
      going = true
      return keys
    } finally {
      this.#exhausted ||= !going
    }
  }

  #take(row: BatchRecord): void {
    if (this.#closed) return
    this.#awaited -= 1
    const waiter = this.#waiters.shift()
    if (waiter === undefined) this.#rows.push(row)
    else waiter.resolve({ value: row, done: false })
  }

  #settle(pending: ChunkPending): void {
    this.#inFlight.delete(pending)
    if (!this.#closed && this.#isDone()) this.#close()
  }

  #isDone(): boolean {
    return this.#exhausted && this.#inFlight.size === 0 && this.#head === this.#rows.length
  }

  #abort(): void {
    const { reason } = this.#signal as AbortSignal
    this.#rows = []
    this.#head = 0
    this.#failWith(new ClientError(`${NAME}: cancelled after ${this.#sent} keys`, { resultCode: -5, cause: reason }))
  }

  #failWith(error: unknown): void {
    if (this.#closed) return
    this.#failed = true
    this.#error = error
    this.#close()
  }

  #takeError(): unknown {
    this.#failed = false
    return this.#error
  }

  /** Closes, and forgets the rows and the error that nobody will ask for. */
  #drop(): void {
    this.#rows = []
    this.#head = 0
    this.#failed = false
    this.#close()
  }

  /** Sends no more, cancels what is in flight, lets go of signal and source, and tells whoever waits. */
  #close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#signal !== undefined) unwatch(this.#signal, this.#onAbort)
    for (const pending of this.#inFlight) this.#sender.cancel(pending)
    this.#inFlight.clear()
    const waiters = this.#waiters.splice(0)
    if (this.#failed) waiters.shift()?.reject(this.#takeError())
    for (const waiter of waiters) waiter.resolve({ value: undefined, done: true })
    if (!this.#exhausted) this.#source?.return?.()
  }
}
