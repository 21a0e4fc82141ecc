/*
 * What calls return: keys, records and batch rows, as classes of stable shape that also unpack like tuples.
 *
 * May import: errors.ts, inspect.ts, types of types.ts.
 */

import { type AerospikeError, rowError } from './errors.js'
import { inspectable } from './inspect.js'
import type { ReadBins, ReadValue, UserKey } from './types.js'

/** `meta.ttl` of a record that never expires. @internal */
export const NEVER_EXPIRES = 0xffff_ffff

const HEX_SHOWN = 20

function hex(bytes: Uint8Array): string {
  let text = ''
  const shown = Math.min(bytes.length, HEX_SHOWN)
  for (let i = 0; i < shown; i++) text += bytes[i].toString(16).padStart(2, '0')
  return bytes.length > shown ? `${text}...` : text
}

/**
 * A record's key. Calls take it in the place of a tuple.
 *
 * @example
 * ```ts
 * const ann = new Key('test', 'demo', 'ann') // or the `key` of a record
 * const { namespace, set, userKey, digest } = ann
 * await client.touch(ann)
 * ```
 */
export class Key {
  /** Namespace of the record. */
  readonly namespace: string
  /** Set of the record; empty for none. */
  readonly set: string
  /** The key the application chose; null when only the digest is known. */
  readonly userKey: UserKey | null
  /** The 20-byte digest when the caller gave it, else null. */
  readonly digest: Uint8Array | null

  constructor(namespace: string, set: string, userKey: UserKey | null, digest: Uint8Array | null = null) {
    this.namespace = namespace
    this.set = set
    this.userKey = userKey
    this.digest = digest
  }

  /**
   * Namespace, set, user key and digest in this order.
   *
   * @example
   * ```ts
   * const [namespace, set, userKey] = (await client.get(key)).key
   * ```
   */
  *[Symbol.iterator](): IterableIterator<string | UserKey | Uint8Array | null> {
    yield this.namespace
    yield this.set
    yield this.userKey
    yield this.digest
  }

  /**
   * `namespace/set/userKey`; bytes in hexadecimal.
   *
   * @example
   * ```ts
   * console.log(`${(await client.get(key)).key}`) // test/demo/user1
   * ```
   */
  toString(): string {
    const user = this.userKey
    const shown =
      user === null
        ? `digest ${this.digest === null ? '?' : hex(this.digest)}`
        : typeof user === 'object'
          ? `0x${hex(user)}`
          : String(user)
    return `${this.namespace}/${this.set}/${shown}`
  }
}

/**
 * Generation and time to live of a record.
 *
 * @example
 * ```ts
 * const { gen, ttl } = (await client.get(key)).meta
 * const stub = new RecordMetadata(1, 3600) // for a test
 * ```
 */
export class RecordMetadata {
  /** Counts the writes of the record, from 1. */
  readonly gen: number
  /** Seconds until the record expires; 4294967295 when it never does. */
  readonly ttl: number

  constructor(gen: number, ttl: number) {
    this.gen = gen
    this.ttl = ttl
  }
}

/**
 * A record: `const { meta, bins } = record`, or `const [key, meta, bins] = record`.
 *
 * @example
 * ```ts
 * const { key: known, meta, bins } = await client.get(key)
 * const stub = new Record(new Key('test', 'demo', 'ann'), new RecordMetadata(1, 3600), { name: 'Ann' }) // for a test
 * ```
 */
export class Record<B = ReadBins> {
  /** The key the record was asked for by. */
  readonly key: Key
  /** Generation and time to live. */
  readonly meta: RecordMetadata
  /** The bins: values by name. */
  readonly bins: B

  constructor(key: Key, meta: RecordMetadata, bins: B) {
    this.key = key
    this.meta = meta
    this.bins = bins
  }

  /**
   * Key, meta and bins in this order.
   *
   * @example
   * ```ts
   * const [, meta, bins] = await client.get(key)
   * ```
   */
  *[Symbol.iterator](): Generator<Key | RecordMetadata | B, void, undefined> {
    yield this.key
    yield this.meta
    yield this.bins
  }
}

/**
 * One answer of `operateOrdered`: bin name and value.
 *
 * @example
 * ```ts
 * const answers: BinTuple[] = (await client.operateOrdered(key, [op.incr('n'), op.read('n')])).bins
 * for (const [bin, value] of answers) console.log(bin, value)
 * ```
 */
export type BinTuple = [bin: string, value: ReadValue]

/**
 * The answer of `exists`.
 *
 * @example
 * ```ts
 * const { key: asked, exists, meta } = await client.exists(key)
 * const stub = new ExistsResult(new Key('test', 'demo', 'ann'), null) // for a test
 * ```
 */
export class ExistsResult {
  /** The key that was asked for. */
  readonly key: Key
  /** Generation and time to live; null when there is no record. */
  readonly meta: RecordMetadata | null

  constructor(key: Key, meta: RecordMetadata | null) {
    this.key = key
    this.meta = meta
  }

  /**
   * Whether there is a record.
   *
   * @example
   * ```ts
   * if ((await client.exists(key)).exists) await client.remove(key)
   * ```
   */
  get exists(): boolean {
    return this.meta !== null
  }

  /**
   * Key and meta in this order.
   *
   * @example
   * ```ts
   * const [, meta] = await client.exists(key)
   * ```
   */
  *[Symbol.iterator](): IterableIterator<Key | RecordMetadata | null> {
    yield this.key
    yield this.meta
  }
}

/**
 * One row of a batch. A row that failed does not fail the call.
 *
 * @example
 * ```ts
 * for (const row of await client.batchOperate(keys, [op.incr('n'), op.read('n')])) {
 *   if (row.record !== null) console.log(row.key.userKey, row.record.meta.gen, row.results)
 *   else console.log(row.key.userKey, row.result, row.node, row.inDoubt ? 'perhaps written' : 'not written')
 * }
 * const stub = new BatchRecord('batchRead', new Key('test', 'demo', 'ann'), 2, null, false, 'A1', []) // for a test
 * ```
 */
export class BatchRecord<B = ReadBins> {
  /** The key of the row. */
  readonly key: Key
  /** Result code: 0, the server's (2: record not found), or a negative one of the client. */
  readonly result: number
  /** The record; null when the row failed. */
  readonly record: Record<B> | null
  /** True when the row failed and its write may have been applied. */
  readonly inDoubt: boolean
  /** The node that answered a row that failed; empty when the row went well or none answered. */
  readonly node: string
  /** `batchOperate`: all answers in the order of the operations. Else empty. */
  readonly results: BinTuple[]
  readonly #operation: string

  constructor(
    operation: string,
    key: Key,
    result: number,
    record: Record<B> | null,
    inDoubt: boolean,
    node: string,
    results: BinTuple[]
  ) {
    this.#operation = operation
    this.key = key
    this.result = result
    this.record = record
    this.inDoubt = inDoubt
    this.node = node
    this.results = results
  }

  /**
   * The bins of the record; null when the row failed.
   *
   * @example
   * ```ts
   * const names = (await client.batchRead(keys)).map((row) => row.bins?.['name'])
   * ```
   */
  get bins(): B | null {
    return this.record === null ? null : this.record.bins
  }

  /**
   * The row's failure as an error; null when it went well.
   *
   * @example
   * ```ts
   * for (const { error } of await client.batchRemove(keys)) if (error !== null) console.log(error.message)
   * ```
   */
  get error(): AerospikeError | null {
    return this.result === 0 ? null : rowError(`${this.#operation} ${this.key}`, this.result, this.inDoubt, this.node)
  }
}

inspectable(Key, (key, show) => {
  const digest = key.digest === null ? '' : `, digest 0x${hex(key.digest)}`
  return `Key(${show(key.namespace)}, ${show(key.set)}, ${show(key.userKey)}${digest})`
})
inspectable(Record, (record, show) => `Record ${record.key} ${life(record.meta)} ${show(record.bins)}`)
inspectable(ExistsResult, ({ key, meta }) => `ExistsResult ${key} ${meta === null ? 'no record' : life(meta)}`)
inspectable(BatchRecord, (row, show) => {
  if (row.record !== null) return `BatchRecord ${row.key} ${life(row.record.meta)} ${show(row.record.bins)}`
  return `BatchRecord ${row.key} ${row.error?.name} ${row.result}${row.inDoubt ? ', in doubt' : ''}`
})

function life({ gen, ttl }: RecordMetadata): string {
  return `gen ${gen} ttl ${ttl === NEVER_EXPIRES ? 'never' : ttl}`
}
