/*
 * The public client: every call checks, encodes and submits at once, and returns the promise of its answer.
 *
 * May import: engine.ts, metrics.ts, policy.ts, pending.ts, config.ts, tape/*, record.ts, typed-set.ts, inspect.ts,
 * errors.ts, types.
 * Invariants: a call never throws, it returns a rejected promise; nothing is sent when any argument is refused; no
 * closure and no array is made per call beyond what the answer needs.
 */

import { clientBatch, writeBatchRead } from './batch.js'
import { BatchReadStream, ChunkPending, type ChunkSender } from './batch-stream.js'
import { checkConfig } from './config.js'
import { AerospikeError, ClientError } from './errors.js'
import { EngineDriver } from './engine.js'
import { Fault } from './fault.js'
import { inspectable } from './inspect.js'
import { prometheusText } from './metrics.js'
import { EXPECT, Pending } from './pending.js'
import { AT, BIT, Policies, type PolicyGroup, wireTtl } from './policy.js'
import type { BatchRecord, BinTuple, ExistsResult, Record } from './record.js'
import { writeBins, writeKey, writeOperation, writeReads, writeRemovals } from './tape/encode.js'
import { KIND, OP, TAG } from './tape/layout.js'
import { checkOffset, checkText, Plan } from './tape/operations.js'
import type { Runtime } from './transport.js'
import { TypedSet } from './typed-set.js'
import type {
  BinName, BinsOf, CheckedBins, CheckedOperations, CheckedRows, Given, NamesOf, SelectedBins
} from './typed.js'
import type {
  BatchOptions, BatchReadOptions, BatchRemoveRow, BatchStreamOptions, ClientConfig, ClientStatistics, ConnectOptions, KeyLike, OperateOptions,
  Operation, ReadBins, ReadOptions, UserKey, WriteMeta, WriteOptions
} from './types.js'
import { Double } from './values.js'
import type { EngineModule } from './wasm.js'

const DEFAULT_MESSAGE_LIMIT = 134_217_728

interface Cancellable {
  readonly signal?: AbortSignal
}

/**
 * A connection to a cluster. Get one from {@link connect}. All calls may be made at the same time; they share a few
 * connections. Every call takes its options last: `{ meta?, policy?, signal? }`.
 */
export class Client {
  readonly #driver: EngineDriver
  readonly #policies: Policies

  private constructor(driver: EngineDriver, policies: Policies) {
    this.#driver = driver
    this.#policies = policies
  }

  /** @internal */
  static over(driver: EngineDriver, policies: Policies): Client {
    return new Client(driver, policies)
  }

  /** Whether the client knows at least one node that answers. */
  isConnected(): boolean {
    return this.#driver.isConnected()
  }

  /** Names of the cluster's nodes. */
  getNodeNames(): string[] {
    return this.#driver.nodeNames()
  }

  /** What was counted so far, per node, and the state of now. */
  statistics(): ClientStatistics {
    return this.#driver.statistics()
  }

  /**
   * What was counted so far as Prometheus text. The latencies of answers are the histogram
   * `db_client_operation_duration_seconds`, by node.
   *
   * @example
   * ```ts
   * import { createServer } from 'node:http'
   *
   * createServer((_, response) => response.setHeader('content-type', 'text/plain; version=0.0.4').end(client.metrics())).listen(9464)
   * ```
   */
  metrics(): string {
    return prometheusText(this.#driver.statistics())
  }

  /**
   * Closes all connections. Commands in flight fail with a {@link ClientError}. Calling it again does nothing more.
   */
  close(): Promise<void> {
    return this.#driver.close()
  }

  /** Closes the client at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * Writes bins: creates the record, or changes these bins of it and leaves the others. Null removes a bin.
   *
   * @throws {@link RecordExistsError}, {@link RecordNotFound} as `policy.exists` asks; {@link RecordGenerationError}.
   */
  put<B extends object>(key: KeyLike, bins: CheckedBins<B>, options?: WriteOptions): Promise<void> {
    const driver = this.#driver
    try {
      const tape = driver.enter('put')
      tape.begin(KIND.write, this.#policies.resolve('write', options))
      const known = writeKey(tape, key)
      writeBins(tape, bins)
      const pending = new Pending('put', EXPECT.nothing, known, null, null)
      return driver.send(pending, options?.signal) as Promise<void>
    } catch (error) {
      return driver.refuse('put', error)
    }
  }

  /**
   * Reads a record with all its bins.
   *
   * @throws {@link RecordNotFound}
   */
  get<B extends object = ReadBins>(key: KeyLike, options?: ReadOptions): Promise<Record<B>> {
    const driver = this.#driver
    try {
      const tape = driver.enter('get')
      tape.begin(KIND.readAll, this.#policies.resolve('read', options))
      const pending = new Pending('get', EXPECT.record, writeKey(tape, key), null, null)
      return driver.send(pending, options?.signal) as Promise<Record<B>>
    } catch (error) {
      return driver.refuse('get', error)
    }
  }

  /**
   * Reads some bins of a record; those it does not have are left out.
   *
   * @throws {@link RecordNotFound}
   */
  select<const N extends string>(
    key: KeyLike,
    bins: readonly BinName<N>[],
    options?: ReadOptions
  ): Promise<Record<SelectedBins<N>>>
  select<B extends object = never>(key: KeyLike, bins: NamesOf<B>, options?: ReadOptions): Promise<Record<B>>
  select(key: KeyLike, bins: readonly string[], options?: ReadOptions): Promise<Record<ReadBins>> {
    const driver = this.#driver
    try {
      const tape = driver.enter('select')
      tape.begin(KIND.readNamed, this.#policies.resolve('read', options))
      const known = writeKey(tape, key)
      if (Array.isArray(bins) && bins.length === 0) {
        throw new Fault('bins', 'there is no bin to read; use exists() to read no bins, get() to read all')
      }
      writeReads(tape, bins)
      const pending = new Pending('select', EXPECT.record, known, null, null)
      return driver.send(pending, options?.signal) as Promise<Record<ReadBins>>
    } catch (error) {
      return driver.refuse('select', error)
    }
  }

  /** Whether there is a record, with its generation and time to live: `meta` is null when there is none. */
  exists(key: KeyLike, options?: ReadOptions): Promise<ExistsResult> {
    const driver = this.#driver
    try {
      const tape = driver.enter('exists')
      tape.begin(KIND.readNone, this.#policies.resolve('read', options))
      const pending = new Pending('exists', EXPECT.exists, writeKey(tape, key), null, null)
      return driver.send(pending, options?.signal) as Promise<ExistsResult>
    } catch (error) {
      return driver.refuse('exists', error)
    }
  }

  /**
   * Renews a record's life and raises its generation.
   *
   * @param ttl - Seconds, or a `TTL_*` constant; 0 leaves it to meta, policy or the namespace.
   * @throws {@link RecordNotFound}
   */
  touch(key: KeyLike, ttl = 0, options?: WriteOptions): Promise<void> {
    const driver = this.#driver
    try {
      const tape = driver.enter('touch')
      let policy = this.#policies.resolve('write', options)
      if (ttl !== 0) {
        policy = this.#policies.own('write', options)
        policy.view.setUint32(AT.ttl, wireTtl(ttl, 'ttl', policy.defaultTtl), true)
      }
      tape.begin(KIND.write, policy)
      const known = writeKey(tape, key)
      tape.u16(1)
      tape.u8(OP.touch)
      tape.u8(0)
      tape.u8(TAG.nil)
      const pending = new Pending('touch', EXPECT.nothing, known, null, null)
      return driver.send(pending, options?.signal) as Promise<void>
    } catch (error) {
      return driver.refuse('touch', error)
    }
  }

  /**
   * Adds to a number; creates record and bin when they do not exist. An integral offset adds an integer, `0.5` or a
   * {@link Double} a float.
   *
   * @throws {@link BinTypeError} when the bin holds another type of number, or none.
   */
  increment<const N extends string>(
    key: KeyLike,
    bin: BinName<N>,
    offset: number | bigint | Double = 1,
    options?: WriteOptions
  ): Promise<void> {
    return this.#single('increment', OP.incr, key, bin, offset, options)
  }

  /**
   * Appends to a string or to bytes; creates record and bin when they do not exist.
   *
   * @throws {@link BinTypeError}
   */
  append<const N extends string>(
    key: KeyLike,
    bin: BinName<N>,
    value: string | Uint8Array,
    options?: WriteOptions
  ): Promise<void> {
    return this.#single('append', OP.append, key, bin, value, options)
  }

  /**
   * Puts a string or bytes before those of the bin; creates record and bin when they do not exist.
   *
   * @throws {@link BinTypeError}
   */
  prepend<const N extends string>(
    key: KeyLike,
    bin: BinName<N>,
    value: string | Uint8Array,
    options?: WriteOptions
  ): Promise<void> {
    return this.#single('prepend', OP.prepend, key, bin, value, options)
  }

  #single(
    name: string,
    code: number,
    key: KeyLike,
    bin: string,
    value: unknown,
    options: WriteOptions | undefined
  ): Promise<void> {
    const driver = this.#driver
    try {
      const tape = driver.enter(name)
      tape.begin(KIND.write, this.#policies.resolve('write', options))
      const known = writeKey(tape, key)
      if (code === OP.incr) checkOffset(value, 'offset')
      else checkText(value, 'value')
      tape.u16(1)
      writeOperation(tape, code, bin, value, code === OP.incr ? 'offset' : 'value')
      const pending = new Pending(name, EXPECT.nothing, known, null, null)
      return driver.send(pending, options?.signal) as Promise<void>
    } catch (error) {
      return driver.refuse(name, error)
    }
  }

  /**
   * Deletes a record.
   *
   * @throws {@link RecordNotFound}; {@link RecordGenerationError} when `meta.gen` is given and differs.
   */
  remove(key: KeyLike, options?: WriteOptions): Promise<void> {
    const driver = this.#driver
    try {
      const tape = driver.enter('remove')
      tape.begin(KIND.remove, this.#policies.resolve('remove', options))
      const pending = new Pending('remove', EXPECT.nothing, writeKey(tape, key), null, null)
      return driver.send(pending, options?.signal) as Promise<void>
    } catch (error) {
      return driver.refuse('remove', error)
    }
  }

  /**
   * Removes bins. A record that has no bin left is deleted.
   *
   * @throws {@link RecordNotFound}
   */
  removeBin<const N extends string>(
    key: KeyLike,
    bins: BinName<N> | readonly BinName<N>[],
    options?: WriteOptions
  ): Promise<void> {
    const driver = this.#driver
    try {
      const tape = driver.enter('removeBin')
      tape.begin(KIND.write, this.#policies.resolve('write', options))
      const known = writeKey(tape, key)
      writeRemovals(tape, typeof bins === 'string' ? [bins] : bins)
      const pending = new Pending('removeBin', EXPECT.nothing, known, null, null)
      return driver.send(pending, options?.signal) as Promise<void>
    } catch (error) {
      return driver.refuse('removeBin', error)
    }
  }

  /**
   * Runs operations on one record, in order and atomically. `bins` of the answer holds the last answer per bin.
   *
   * @throws {@link RecordNotFound} for a READ or TOUCH of no record, and what the single operations throw.
   */
  operate<const O extends readonly Operation[]>(
    key: KeyLike,
    operations: CheckedOperations<O>,
    options?: OperateOptions
  ): Promise<Record>
  operate<B extends object = never>(
    key: KeyLike,
    operations: Given<B, readonly Operation[]>,
    options?: OperateOptions
  ): Promise<Record<B>>
  operate(key: KeyLike, operations: readonly Operation[], options?: OperateOptions): Promise<Record<ReadBins>> {
    return this.#operate('operate', EXPECT.record, key, operations, options) as Promise<Record<ReadBins>>
  }

  /**
   * Runs operations on one record, in order and atomically. `bins` of the answer is a list of `[bin, value]` in the
   * order of the operations: a READ gives the value read, null when the record has no such bin; a WRITE the value
   * written; any other operation an entry only when the server answers it. A READ of all bins gives one entry per bin.
   */
  operateOrdered<const O extends readonly Operation[]>(
    key: KeyLike,
    operations: CheckedOperations<O>,
    options?: OperateOptions
  ): Promise<Record<BinTuple[]>> {
    return this.#operate('operateOrdered', EXPECT.ordered, key, operations, options) as Promise<Record<BinTuple[]>>
  }

  #operate(
    name: string,
    expect: number,
    key: KeyLike,
    operations: unknown,
    options: OperateOptions | undefined
  ): Promise<unknown> {
    const driver = this.#driver
    try {
      const tape = driver.enter(name)
      const ordered = expect === EXPECT.ordered
      const policy = this.#policies.own('operate', options)
      const plan = new Plan(operations, policy.defaultTtl)
      if (ordered && plan.respondAll) policy.bytes[AT.bits] |= BIT.respondAll
      plan.applyTouch(policy)
      tape.begin(KIND.operate, policy)
      const known = writeKey(tape, key)
      plan.write(tape)
      const pending = new Pending(name, expect, known, null, ordered ? plan : null)
      return driver.send(pending, options?.signal)
    } catch (error) {
      return driver.refuse(name, error)
    }
  }

  /**
   * Reads many records. One row per key, in the order of the keys; a row without a record has `result` 2.
   *
   * @param bins - Names of bins to read; null or nothing for all, an empty list for none.
   */
  batchRead<const N extends string>(
    keys: readonly KeyLike[],
    bins?: readonly BinName<N>[] | null,
    options?: BatchReadOptions
  ): Promise<BatchRecord[]>
  batchRead<B extends object = never>(
    keys: readonly KeyLike[],
    bins?: NamesOf<B> | null,
    options?: BatchReadOptions
  ): Promise<BatchRecord<B>[]>
  batchRead(
    keys: readonly KeyLike[],
    bins?: readonly string[] | null,
    options?: BatchReadOptions
  ): Promise<BatchRecord[]> {
    return this.#batch('batchRead', 'batchRead', keys, bins, options)
  }

  /** Writes bins of many records: rows of `[key, bins, meta?]`. A failed row does not fail the call. */
  batchWrite<const R extends readonly (readonly [key: KeyLike, bins: object, meta?: WriteMeta])[]>(
    rows: CheckedRows<R>,
    options?: BatchOptions
  ): Promise<BatchRecord[]> {
    return this.#batch('batchWrite', 'batchWrite', rows as readonly unknown[], null, options)
  }

  /**
   * Runs the same operations on many records. `bins` of a row holds the last value of each bin, `results` all answers
   * in order. A failed row does not fail the call.
   */
  batchOperate<const O extends readonly Operation[]>(
    keys: readonly KeyLike[],
    operations: CheckedOperations<O>,
    options?: BatchOptions
  ): Promise<BatchRecord[]> {
    return this.#batch('batchOperate', 'batchWrite', keys, operations, options)
  }

  /**
   * Reads many records and gives their rows one by one, in the order in which the nodes answer. Keys are taken from any
   * iterable as rows are read, in chunks: no more than two chunks of rows are in flight or in memory, however slow the
   * reader is. Leaving the loop cancels what is in flight. A chunk that fails as a whole ends the stream with its error.
   *
   * @param bins - Names of bins to read; null or nothing for all, an empty list for none.
   * @example
   * ```ts
   * for await (const row of client.batchReadStream(keys, ['name'])) console.log(row.key.userKey, row.result, row.bins?.name)
   * ```
   */
  batchReadStream<const N extends string>(
    keys: Iterable<KeyLike>,
    bins?: readonly BinName<N>[] | null,
    options?: BatchStreamOptions
  ): BatchReadStream
  batchReadStream<B extends object = never>(
    keys: Iterable<KeyLike>,
    bins?: NamesOf<B> | null,
    options?: BatchStreamOptions
  ): BatchReadStream<B>
  batchReadStream(keys: Iterable<KeyLike>, bins?: readonly string[] | null, options?: BatchStreamOptions): BatchReadStream {
    return new BatchReadStream(this.#chunks(bins, options), keys, options)
  }

  #chunks(bins: readonly string[] | null | undefined, options: BatchStreamOptions | undefined): ChunkSender {
    const driver = this.#driver
    return {
      cancel: (pending) => driver.cancel(pending),
      send: (keys, first, sink) => {
        try {
          const tape = driver.enter('batchReadStream')
          const read = options?.policy == null ? undefined : { policy: options.policy }
          const known = writeBatchRead(tape, this.#policies, keys, bins, read, first)
          const pending = new ChunkPending(known ?? [], sink)
          void driver.send(pending, undefined)
          return pending
        } catch (error) {
          throw driver.refusal('batchReadStream', error)
        }
      }
    }
  }

  /**
   * A set whose records are of one type, by user key.
   *
   * @example
   * ```ts
   * const users = client.set<{ name: string; age: number }>('test', 'users')
   * await users.put('ann', { name: 'Ann', age: 30 })
   * ```
   */
  set<B extends BinsOf<B>, U extends UserKey = UserKey>(namespace: string, set: string): TypedSet<B, U> {
    return new TypedSet<B, U>(this, namespace, set)
  }

  /** Deletes many records: keys, or pairs of key and meta. A row without a record has `result` 2. */
  batchRemove(rows: readonly BatchRemoveRow[], options?: BatchOptions): Promise<BatchRecord[]> {
    return this.#batch('batchRemove', 'batchWrite', rows, null, options)
  }

  #batch(
    name: keyof typeof clientBatch,
    group: PolicyGroup,
    rows: readonly unknown[],
    detail: unknown,
    options: Cancellable | undefined
  ): Promise<BatchRecord[]> {
    const driver = this.#driver
    try {
      const tape = driver.enter(name)
      const pending = clientBatch[name](tape, this.#policies, group, rows, detail, options)
      if (pending === null) {
        tape.leave()
        return Promise.resolve([])
      }
      return driver.send(pending, options?.signal) as Promise<BatchRecord[]>
    } catch (error) {
      return driver.refuse(name, error)
    }
  }
}

inspectable(Client, (client, show) => {
  const { inFlight, queued } = client.statistics()
  return `Client ${show({ connected: client.isConnected(), nodes: client.getNodeNames(), inFlight, queued })}`
})

/** Connects with a given module and runtime; entries bind both. */
export async function connectWith(
  module: EngineModule,
  runtime: Runtime,
  config: ClientConfig,
  options: ConnectOptions = {}
): Promise<Client> {
  const { driver, policies } = prepare(module, runtime, config, options)
  const signal = options.signal
  const cancel = (): void => {
    driver.abandon(new ClientError('connect: cancelled', { resultCode: -5, cause: signal?.reason }))
  }
  if (signal?.aborted) cancel()
  signal?.addEventListener('abort', cancel)
  try {
    await driver.start()
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
  return Client.over(driver, policies)
}

function prepare(
  module: EngineModule,
  runtime: Runtime,
  config: ClientConfig,
  options: ConnectOptions
): { driver: EngineDriver; policies: Policies } {
  try {
    const checked = checkConfig(config, () => runtime.hosts?.())
    const policies = new Policies(config.policies)
    const transport = options.transport ?? runtime.transport
    if (typeof transport.connect !== 'function') throw new Fault('transport', 'has no method connect(endpoint, on)')
    const limit = config.maxMessageBytes ?? DEFAULT_MESSAGE_LIMIT
    return { driver: new EngineDriver(module, checked, runtime, transport, limit), policies }
  } catch (error) {
    if (error instanceof Fault) throw error.toError('connect')
    if (error instanceof AerospikeError) throw error
    throw new ClientError(`connect: ${String(error)}`, { cause: error })
  }
}
