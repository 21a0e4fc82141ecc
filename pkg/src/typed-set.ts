/*
 * A set whose records are of one type: the client's calls by user key, with bins, values and operations checked.
 *
 * May import: record.ts, inspect.ts, types; the client as a type.
 * Invariant: adds nothing at run time but the key; every check of its own is the compiler's.
 */

import type { BatchReadStream } from './batch-stream.js'
import type { Client } from './client.js'
import { inspectable } from './inspect.js'
import { type BatchRecord, type BinTuple, type ExistsResult, Key, type Record } from './record.js'
import type {
  AnsweredBins, NameOf, NameOfType, OperationOn, OptionalName, TypedRow, WrittenBins
} from './typed.js'
import type {
  BatchOptions, BatchReadOptions, BatchRemoveRow, BatchStreamOptions, BatchWriteRow, Bins, OperateOptions, Operation,
  ReadOptions, UserKey, WriteMeta, WriteOptions
} from './types.js'
import type { Double } from './values.js'

type Operations = readonly Operation[]

/**
 * A set of records with bins of type `B` and user keys of type `U`. Get one from {@link Client.set}. It costs nothing to
 * make and needs no closing.
 *
 * @example
 * ```ts
 * interface User { name: string; age: number; email?: string }
 * const users = client.set<User>('test', 'users')
 * await users.put('ann', { name: 'Ann', age: 30 })
 * await users.increment('ann', 'age')
 * const { bins } = await users.get('ann') // bins: User
 * console.log(`${users.namespace}.${users.name}`) // test.users
 * ```
 */
export class TypedSet<B extends object, U extends UserKey = UserKey> {
  /** Namespace of the records. */
  readonly namespace: string
  /** Name of the set. */
  readonly name: string
  readonly #client: Client

  private constructor(client: Client, namespace: string, name: string) {
    this.#client = client
    this.namespace = namespace
    this.name = name
  }

  /** @internal */
  static of<B extends object, U extends UserKey>(client: Client, namespace: string, name: string): TypedSet<B, U> {
    return new TypedSet(client, namespace, name)
  }

  /**
   * The key of a record of this set.
   *
   * @example
   * ```ts
   * await client.exists(client.set<{ n: number }>('test', 'counters').key('today'))
   * ```
   */
  key(userKey: U): Key {
    return new Key(this.namespace, this.name, userKey)
  }

  #keys(userKeys: readonly U[]): Key[] {
    return Array.isArray(userKeys) ? userKeys.map((userKey) => this.key(userKey)) : (userKeys as never)
  }

  /**
   * Writes bins, as {@link Client.put}: any of the record's, null for one that it may lack.
   *
   * @example
   * ```ts
   * await client.set<{ name: string; draft?: string }>('test', 'posts').put(7, { name: 'Hello', draft: null })
   * ```
   */
  put(userKey: U, bins: WrittenBins<B>, options?: WriteOptions): Promise<void> {
    return this.#client.put(this.key(userKey), bins as Bins, options)
  }

  /**
   * Reads a record, as {@link Client.get}.
   *
   * @throws {@link RecordNotFound}
   * @example
   * ```ts
   * const { bins } = await client.set<{ age: number }>('test', 'users').get('ann')
   * const next: number = bins.age + 1
   * ```
   */
  get(userKey: U, options?: ReadOptions): Promise<Record<B>> {
    return this.#client.get<B>(this.key(userKey), options)
  }

  /**
   * Reads some bins of a record, as {@link Client.select}.
   *
   * @throws {@link RecordNotFound}
   * @example
   * ```ts
   * const { bins } = await client.set<{ name: string; age: number }>('test', 'users').select('ann', ['name'])
   * ```
   */
  select<const K extends NameOf<B>>(
    userKey: U,
    bins: readonly K[],
    options?: ReadOptions
  ): Promise<Record<Pick<B, K>>> {
    return this.#client.select<Pick<B, K>>(this.key(userKey), bins as never, options)
  }

  /**
   * Whether there is a record, as {@link Client.exists}.
   *
   * @example
   * ```ts
   * const { exists } = await client.set<{ n: number }>('test', 'counters').exists('today')
   * ```
   */
  exists(userKey: U, options?: ReadOptions): Promise<ExistsResult> {
    return this.#client.exists(this.key(userKey), options)
  }

  /**
   * Renews a record's life, as {@link Client.touch}.
   *
   * @throws {@link RecordNotFound}
   * @example
   * ```ts
   * await client.set<{ user: string }>('test', 'sessions').touch('s1', 1800)
   * ```
   */
  touch(userKey: U, ttl?: number, options?: WriteOptions): Promise<void> {
    return this.#client.touch(this.key(userKey), ttl, options)
  }

  /**
   * Adds to a number, as {@link Client.increment}.
   *
   * @example
   * ```ts
   * await client.set<{ n: number }>('test', 'counters').increment('today', 'n', 5)
   * ```
   */
  increment<const K extends NameOfType<B, number | bigint>>(
    userKey: U,
    bin: K,
    offset?: number | bigint | Double,
    options?: WriteOptions
  ): Promise<void> {
    return this.#client.increment<string>(this.key(userKey), bin, offset, options)
  }

  /**
   * Appends to a string or to bytes, as {@link Client.append}.
   *
   * @example
   * ```ts
   * await client.set<{ log: string }>('test', 'logs').append('today', 'log', 'line\n')
   * ```
   */
  append<const K extends NameOfType<B, string | Uint8Array>>(
    userKey: U,
    bin: K,
    value: B[K] & (string | Uint8Array),
    options?: WriteOptions
  ): Promise<void> {
    return this.#client.append<string>(this.key(userKey), bin, value, options)
  }

  /**
   * Puts a string or bytes before those of a bin, as {@link Client.prepend}.
   *
   * @example
   * ```ts
   * await client.set<{ name: string }>('test', 'users').prepend('ann', 'name', 'Dr. ')
   * ```
   */
  prepend<const K extends NameOfType<B, string | Uint8Array>>(
    userKey: U,
    bin: K,
    value: B[K] & (string | Uint8Array),
    options?: WriteOptions
  ): Promise<void> {
    return this.#client.prepend<string>(this.key(userKey), bin, value, options)
  }

  /**
   * Deletes a record, as {@link Client.remove}.
   *
   * @throws {@link RecordNotFound}
   * @example
   * ```ts
   * await client.set<{ n: number }>('test', 'counters').remove('yesterday')
   * ```
   */
  remove(userKey: U, options?: WriteOptions): Promise<void> {
    return this.#client.remove(this.key(userKey), options)
  }

  /**
   * Removes bins that a record may lack, as {@link Client.removeBin}.
   *
   * @example
   * ```ts
   * await client.set<{ name: string; draft?: string }>('test', 'posts').removeBin(7, 'draft')
   * ```
   */
  removeBin(
    userKey: U,
    bins: OptionalName<B> | readonly OptionalName<B>[],
    options?: WriteOptions
  ): Promise<void> {
    return this.#client.removeBin<string>(this.key(userKey), bins, options)
  }

  /**
   * Runs operations on one record, as {@link Client.operate}; the answer has the bins that they read.
   *
   * @example
   * ```ts
   * const counters = client.set<{ n: number; who: string }>('test', 'counters')
   * const { bins } = await counters.operate('today', [op.incr('n'), op.write('who', 'Ann'), op.read('n')])
   * const n: number = bins.n
   * ```
   */
  operate<const O extends readonly OperationOn<B>[]>(
    userKey: U,
    operations: O,
    options?: OperateOptions
  ): Promise<Record<AnsweredBins<B, O[number]>>> {
    return this.#client.operate(this.key(userKey), operations as Operations, options) as Promise<
      Record<AnsweredBins<B, O[number]>>
    >
  }

  /**
   * Runs operations on one record, as {@link Client.operateOrdered}.
   *
   * @example
   * ```ts
   * const counters = client.set<{ n: number }>('test', 'counters')
   * const { bins } = await counters.operateOrdered('today', [op.incr('n'), op.read('n')])
   * for (const [bin, value] of bins) console.log(bin, value)
   * ```
   */
  operateOrdered(
    userKey: U,
    operations: readonly OperationOn<B>[],
    options?: OperateOptions
  ): Promise<Record<BinTuple[]>> {
    return this.#client.operateOrdered(this.key(userKey), operations as Operations, options)
  }

  /**
   * Reads many records, as {@link Client.batchRead}.
   *
   * @example
   * ```ts
   * const users = client.set<{ name: string; age: number }>('test', 'users')
   * for (const row of await users.batchRead(['ann', 'bob'], ['age'])) console.log(row.key.userKey, row.bins?.age)
   * ```
   */
  batchRead<const K extends NameOf<B> = NameOf<B>>(
    userKeys: readonly U[],
    bins?: readonly K[] | null,
    options?: BatchReadOptions
  ): Promise<BatchRecord<Pick<B, K>>[]> {
    return this.#client.batchRead(this.#keys(userKeys), bins as readonly string[], options) as Promise<
      BatchRecord<Pick<B, K>>[]
    >
  }

  /**
   * Reads many records and gives their rows one by one, as {@link Client.batchReadStream}.
   *
   * @example
   * ```ts
   * const users = client.set<{ name: string; age: number }>('test', 'users')
   * for await (const row of users.batchReadStream(['ann', 'bob'], ['age'])) console.log(row.key.userKey, row.bins?.age)
   * ```
   */
  batchReadStream<const K extends NameOf<B> = NameOf<B>>(
    userKeys: Iterable<U>,
    bins?: readonly K[] | null,
    options?: BatchStreamOptions
  ): BatchReadStream<Pick<B, K>> {
    const listed = typeof userKeys === 'object' && userKeys !== null && Symbol.iterator in userKeys
    const keys = listed ? this.#each(userKeys) : (userKeys as never)
    return this.#client.batchReadStream<Pick<B, K>>(keys, bins as never, options)
  }

  *#each(userKeys: Iterable<U>): Generator<Key, void, undefined> {
    for (const userKey of userKeys) yield this.key(userKey)
  }

  /**
   * Writes bins of many records, as {@link Client.batchWrite}.
   *
   * @example
   * ```ts
   * const users = client.set<{ name: string; age: number }>('test', 'users')
   * await users.batchWrite([['ann', { age: 31 }], ['bob', { name: 'Bob', age: 40 }, { ttl: 3600 }]])
   * ```
   */
  batchWrite(rows: readonly TypedRow<U, B>[], options?: BatchOptions): Promise<BatchRecord<B>[]> {
    const keyed = Array.isArray(rows) ? rows.map((row) => this.#row(row)) : rows
    return this.#client.batchWrite(keyed as BatchWriteRow[], options) as Promise<BatchRecord<B>[]>
  }

  #row(row: TypedRow<U, B>): unknown {
    return Array.isArray(row) ? [this.key(row[0]), ...row.slice(1)] : row
  }

  /**
   * Runs the same operations on many records, as {@link Client.batchOperate}.
   *
   * @example
   * ```ts
   * const counters = client.set<{ n: number }>('test', 'counters')
   * for (const row of await counters.batchOperate(['a', 'b'], [op.incr('n'), op.read('n')])) console.log(row.bins?.n)
   * ```
   */
  batchOperate<const O extends readonly OperationOn<B>[]>(
    userKeys: readonly U[],
    operations: O,
    options?: BatchOptions
  ): Promise<BatchRecord<AnsweredBins<B, O[number]>>[]> {
    return this.#client.batchOperate(this.#keys(userKeys), operations as Operations, options) as Promise<
      BatchRecord<AnsweredBins<B, O[number]>>[]
    >
  }

  /**
   * Deletes many records, as {@link Client.batchRemove}; a meta beside a user key holds for its row.
   *
   * @example
   * ```ts
   * await client.set<{ n: number }>('test', 'counters').batchRemove(['a', ['b', { gen: 3 }]])
   * ```
   */
  batchRemove(
    rows: readonly (U | readonly [userKey: U, meta: WriteMeta])[],
    options?: BatchOptions
  ): Promise<BatchRecord<B>[]> {
    const keyed = Array.isArray(rows) ? rows.map((row) => this.#removal(row)) : rows
    return this.#client.batchRemove(keyed as BatchRemoveRow[], options) as Promise<BatchRecord<B>[]>
  }

  #removal(row: U | readonly [userKey: U, meta: WriteMeta]): unknown {
    return Array.isArray(row) ? [this.key(row[0] as U), row[1]] : this.key(row as U)
  }
}

inspectable(TypedSet, (set) => `TypedSet ${set.namespace}/${set.name}`)
