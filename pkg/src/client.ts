/*
 * The public client: every call checks, encodes and submits at once, and returns the promise of its answer.
 *
 * May import: batch.ts, batch-stream.ts, inspect.ts, metrics.ts, pending.ts, policy.ts, record.ts, tape/*, typed-set.ts,
 * engine.ts as a type, types.
 * Invariants: a call never throws, it returns a rejected promise; nothing is sent when any argument is refused; no
 * closure and no array is made per call beyond what the answer needs.
 */

import { chunkSender, clientBatch } from './batch.js'
import { BatchReadStream } from './batch-stream.js'
import type { EngineDriver } from './engine.js'
import { Fault } from './fault.js'
import { inspectable } from './inspect.js'
import { prometheusText } from './metrics.js'
import { EXPECT, Pending } from './pending.js'
import { AT, BIT, Policies, type PolicyGroup, wireTtl } from './policy.js'
import type { BatchRecord, BinTuple, ExistsResult, Record } from './record.js'
import { writeBins, writeKey, writeOperation, writeReads, writeRemovals } from './tape/encode.js'
import { KIND, OP, TAG } from './tape/layout.js'
import { checkOffset, checkText, Plan } from './tape/operations.js'
import { TypedSet } from './typed-set.js'
import type { BinName, BinsOf, CheckedBins, CheckedOperations, CheckedRows, Given, NamesOf, SelectedBins } from './typed.js'
import type {
  BatchOptions, BatchReadOptions, BatchRemoveRow, BatchStreamOptions, ClientStatistics, KeyLike, OperateOptions,
  Operation, ReadBins, ReadOptions, UserKey, WriteMeta, WriteOptions
} from './types.js'
import { Double } from './values.js'

interface Cancellable {
  readonly signal?: AbortSignal
}

/**
 * A connection to a cluster. Get one from {@link connect}. All calls may be made at the same time; they share a few
 * connections. Every call takes its options last: `{ meta?, policy?, signal? }`.
 *
 * @example
 * ```ts
 * const client = await connect({ hosts: [['127.0.0.1', 3000]] })
 * await client.put(['test', 'demo', 'user1'], { name: 'Alice' })
 * await client.close()
 * ```
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

  /**
   * Whether the client knows at least one node that answers.
   *
   * @example
   * ```ts
   * if (!client.isConnected()) console.log('no node answers')
   * ```
   */
  isConnected(): boolean {
    return this.#driver.isConnected()
  }

  /**
   * Names of the cluster's nodes.
   *
   * @example
   * ```ts
   * console.log(client.getNodeNames()) // [ 'BB9020011AC4202' ]
   * ```
   */
  getNodeNames(): string[] {
    return this.#driver.nodeNames()
  }

  /**
   * What was counted so far, per node, and the state of now.
   *
   * @example
   * ```ts
   * for (const node of client.statistics().nodes) console.log(node.name, node.inFlight, node.retries)
   * ```
   */
  statistics(): ClientStatistics {
    return this.#driver.statistics()
  }

  /**
   * What was counted so far as Prometheus text. The histogram `db_client_operation_duration_seconds` is by node, or by
   * operation when the configuration says `operationMetrics`.
   *
   * @example
   * ```ts
   * import { createServer } from 'node:http'
   *
   * const type = 'text/plain; version=0.0.4'
   * createServer((_, response) => response.setHeader('content-type', type).end(client.metrics())).listen(9464)
   * ```
   */
  metrics(): string {
    return prometheusText(this.#driver.statistics(), this.#driver.operationMetrics)
  }

  /**
   * Closes all connections. Commands in flight fail with a {@link ClientError}. Calling it again does nothing more.
   *
   * @example
   * ```ts
   * await client.close()
   * ```
   */
  close(): Promise<void> {
    return this.#driver.close()
  }

  /**
   * Closes the client at the end of an `await using` block.
   *
   * @example
   * ```ts
   * await using client = await connect({ hosts: '127.0.0.1:3000' })
   * await client.put(['test', 'demo', 'user1'], { name: 'Alice' })
   * ```
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * Writes bins: creates the record, or changes these bins of it and leaves the others. Null removes a bin.
   *
   * @throws {@link RecordExistsError}, {@link RecordNotFound} as `policy.exists` asks; {@link RecordGenerationError}.
   * @example
   * ```ts
   * await client.put(['test', 'demo', 'user1'], { name: 'Alice', age: 30, tags: ['a', 'b'], draft: null })
   * await client.put(key, { n: 1 }, { meta: { ttl: 300 }, policy: { exists: aerospike.POLICY_EXISTS_CREATE_ONLY } })
   * ```
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
   * @example
   * ```ts
   * const { meta, bins } = await client.get(key)
   * const user = await client.get<{ name: string; age: number }>(key) // user.bins.age is a number
   * ```
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
   * @example
   * ```ts
   * const { bins } = await client.select(key, ['name', 'age'])
   * ```
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

  /**
   * Whether there is a record, with its generation and time to live: `meta` is null when there is none.
   *
   * @example
   * ```ts
   * const { meta } = await client.exists(key)
   * if (meta !== null) console.log(meta.gen, meta.ttl)
   * ```
   */
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
   * @example
   * ```ts
   * await client.touch(key, 600)
   * ```
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
   * @example
   * ```ts
   * await client.increment(key, 'visits')
   * await client.increment(key, 'score', -0.5)
   * ```
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
   * @example
   * ```ts
   * await client.append(key, 'name', ' Smith')
   * ```
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
   * @example
   * ```ts
   * await client.prepend(key, 'name', 'Dr. ')
   * ```
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
   * @example
   * ```ts
   * await client.remove(key)
   * await client.remove(keys[1]!, { meta: { gen: 3 } }) // only this generation
   * ```
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
   * @example
   * ```ts
   * await client.removeBin(key, ['draft', 'temp'])
   * ```
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
   * @example
   * ```ts
   * const { bins } = await client.operate(key, [op.write('name', 'Bob'), op.incr('visits'), op.read('visits')])
   * ```
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
   *
   * @example
   * ```ts
   * const { bins } = await client.operateOrdered(key, [op.write('name', 'Bob'), op.incr('n'), op.read('n')])
   * console.log(bins) // [ [ 'name', 'Bob' ], [ 'n', 2 ] ]
   * ```
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
   * @example
   * ```ts
   * for (const row of await client.batchRead(keys, ['name'])) {
   *   console.log(row.key.userKey, row.result, row.bins?.name)
   * }
   * ```
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

  /**
   * Writes bins of many records: rows of `[key, bins, meta?]`. A failed row does not fail the call.
   *
   * @example
   * ```ts
   * const rows = await client.batchWrite([[keys[0]!, { n: 1 }], [keys[1]!, { n: 2 }, { ttl: 60 }]])
   * const failed = rows.filter((row) => row.error !== null)
   * ```
   */
  batchWrite<const R extends readonly (readonly [key: KeyLike, bins: object, meta?: WriteMeta])[]>(
    rows: CheckedRows<R>,
    options?: BatchOptions
  ): Promise<BatchRecord[]> {
    return this.#batch('batchWrite', 'batchWrite', rows as readonly unknown[], null, options)
  }

  /**
   * Runs the same operations on many records. `bins` of a row holds the last value of each bin, `results` all answers
   * in order. A failed row does not fail the call.
   *
   * @example
   * ```ts
   * for (const row of await client.batchOperate(keys, [op.incr('views'), op.read('views')])) console.log(row.bins?.views)
   * ```
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
    return BatchReadStream.of(chunkSender(this.#driver, this.#policies, bins, options), keys, options)
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
    return TypedSet.of<B, U>(this, namespace, set)
  }

  /**
   * Deletes many records: keys, or pairs of key and meta. A row without a record has `result` 2.
   *
   * @example
   * ```ts
   * await client.batchRemove([keys[0]!, [keys[1]!, { gen: 3 }]])
   * ```
   */
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
