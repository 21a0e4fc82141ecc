/*
 * Policies, meta, and the last arguments of the calls.
 *
 * May import: types of data.ts, enums.ts.
 * Invariant: every option that policy.ts accepts is here with its unit and default.
 */

import type {
  BatchConcurrency, PolicyCommitLevel, PolicyExists, PolicyGen, PolicyKey, PolicyReadModeAp, PolicyReadModeSc, PolicyReplica
} from '../enums.js'
import type { Bins, KeyLike } from './data.js'

/**
 * Properties of a write: the second half of a record, and the policy fields that aerospike-py also takes here.
 *
 * @example
 * ```ts
 * const { gen } = (await client.get(key)).meta
 * await client.put(key, { n: 1 }, { meta: { gen, ttl: 3600 } })
 * const durable: WriteMeta = { commitLevel: POLICY_COMMIT_LEVEL_ALL, durableDelete: true }
 * await client.batchWrite([[keys[0], { n: 1 }, { key: POLICY_KEY_SEND, exists: POLICY_EXISTS_CREATE_ONLY }]], { meta: durable })
 * ```
 */
export interface WriteMeta {
  /** Expected generation. Given alone it implies `POLICY_GEN_EQ`. */
  readonly gen?: number
  /** Time to live in seconds, 1 to 315360000, or a `TTL_*` constant. Default `TTL_NAMESPACE_DEFAULT`. */
  readonly ttl?: number
  /** As {@link WritePolicy.key}. */
  readonly key?: PolicyKey
  /** As {@link WritePolicy.exists}. */
  readonly exists?: PolicyExists
  /** As {@link WritePolicy.commitLevel}. */
  readonly commitLevel?: PolicyCommitLevel
  /** As {@link WritePolicy.durableDelete}. */
  readonly durableDelete?: boolean
}

/**
 * What every command takes.
 *
 * @example
 * ```ts
 * const patient: BasePolicy = { totalTimeout: 2000, socketTimeout: 500, maxRetries: 3, sleepBetweenRetries: 50 }
 * await client.get(key, { policy: patient })
 * // [GT, [BIN, int, 'n'], 5], packed; and the connection may answer for 3 s after a timeout
 * const filterExpression = new Uint8Array([0x93, 3, 0x93, 81, EXP_TYPE_INT, 0xa1, 0x6e, 5])
 * await client.get(key, { policy: { filterExpression, timeoutDelay: 3000 } })
 * ```
 */
export interface BasePolicy {
  /** Longest silence on the connection in ms, 0 for no limit. Default 30000. */
  readonly socketTimeout?: number
  /** Longest time for the command with all its attempts in ms, 0 for no limit. Default 1000. */
  readonly totalTimeout?: number
  /**
   * How long a connection may stay silent after a timeout before it is closed, in ms. Default 0: closed when all else on it
   * has ended.
   */
  readonly timeoutDelay?: number
  /** Attempts after the first, 0 to 65535. Default 2 for reads, 0 for anything that writes. */
  readonly maxRetries?: number
  /** Pause between attempts in ms. Default 0. */
  readonly sleepBetweenRetries?: number
  /** A packed filter expression; the command applies only to records for which it is true. Default none. */
  readonly filterExpression?: Uint8Array | null
}

/**
 * Policy of `get`, `select` and `exists`.
 *
 * @example
 * ```ts
 * const near: ReadPolicy = { replica: POLICY_REPLICA_PREFER_RACK, totalTimeout: 50 }
 * const strict: ReadPolicy = { readModeSc: POLICY_READ_MODE_SC_LINEARIZE, readModeAp: POLICY_READ_MODE_AP_ALL }
 * const renewing: ReadPolicy = { readTouchTtlPercent: 80 }
 * await client.get(key, { policy: { ...near, ...renewing } })
 * ```
 */
export interface ReadPolicy extends BasePolicy {
  /** A `POLICY_REPLICA_*` constant. Default `POLICY_REPLICA_SEQUENCE`. */
  readonly replica?: PolicyReplica
  /** A `POLICY_READ_MODE_AP_*` constant. Default `POLICY_READ_MODE_AP_ONE`. */
  readonly readModeAp?: PolicyReadModeAp
  /** A `POLICY_READ_MODE_SC_*` constant. Default `POLICY_READ_MODE_SC_SESSION`. */
  readonly readModeSc?: PolicyReadModeSc
  /** 1 to 100: a read renews the record's life when less than this percentage is left; or a `READ_TOUCH_TTL_PERCENT_*`
   * constant. Default `READ_TOUCH_TTL_PERCENT_SERVER_DEFAULT`. */
  readonly readTouchTtlPercent?: number
}

/**
 * Policy of `put`, `increment`, `append`, `prepend`, `touch`, `remove` and `removeBin`.
 *
 * @example
 * ```ts
 * const create: WritePolicy = { exists: POLICY_EXISTS_CREATE_ONLY, key: POLICY_KEY_SEND, ttl: 3600 }
 * await client.put(key, { n: 1 }, { policy: create })
 * const newer: WritePolicy = { gen: POLICY_GEN_GT, commitLevel: POLICY_COMMIT_LEVEL_MASTER }
 * await client.put(key, { n: 2 }, { meta: { gen: 7 }, policy: newer })
 * await client.remove(key, { policy: { durableDelete: true } })
 * ```
 */
export interface WritePolicy extends BasePolicy {
  /** `POLICY_KEY_SEND` stores the user key with the record. Default `POLICY_KEY_DIGEST`. */
  readonly key?: PolicyKey
  /** A `POLICY_EXISTS_*` constant. Default `POLICY_EXISTS_IGNORE`. */
  readonly exists?: PolicyExists
  /** A `POLICY_GEN_*` constant: how `meta.gen` is compared. Default `POLICY_GEN_IGNORE`, or EQ when `meta.gen` is
   * given. */
  readonly gen?: PolicyGen
  /** A `POLICY_COMMIT_LEVEL_*` constant. Default `POLICY_COMMIT_LEVEL_ALL`. */
  readonly commitLevel?: PolicyCommitLevel
  /** Leave a tombstone when the record is deleted (Enterprise Edition). Default false. */
  readonly durableDelete?: boolean
  /** Time to live in seconds, 1 to 315360000, or a `TTL_*` constant. Default `TTL_NAMESPACE_DEFAULT`. */
  readonly ttl?: number
}

/**
 * Policy of `operate` and `operateOrdered`: those of reads and writes together. Retries default to 0.
 *
 * @example
 * ```ts
 * const policy: OperatePolicy = { key: POLICY_KEY_SEND, replica: POLICY_REPLICA_MASTER, maxRetries: 0 }
 * await client.operate(key, [op.incr('n'), op.read('n')], { policy })
 * ```
 */
export interface OperatePolicy extends ReadPolicy, WritePolicy {}

/**
 * Policy of `batchRead`.
 *
 * @example
 * ```ts
 * const policy: BatchReadPolicy = {
 *   concurrency: BATCH_CONCURRENCY_SEQUENTIAL, allowInline: false, allowInlineSsd: false, respondAllKeys: true
 * }
 * await client.batchRead(keys, ['name'], { policy })
 * ```
 */
export interface BatchReadPolicy extends ReadPolicy {
  /** Let the server answer from its network thread when the namespace is in memory. Default true. */
  readonly allowInline?: boolean
  /** The same for namespaces on devices. Default false. */
  readonly allowInlineSsd?: boolean
  /** Answer every row although one fails. Default true. */
  readonly respondAllKeys?: boolean
  /** A `BATCH_CONCURRENCY_*` constant. Default `BATCH_CONCURRENCY_PARALLEL`. */
  readonly concurrency?: BatchConcurrency
}

/**
 * Policy of `batchWrite`, `batchOperate` and `batchRemove`. Retries default to 0 when a row writes, else to 2.
 *
 * @example
 * ```ts
 * const policy: BatchPolicy = { totalTimeout: 5000, exists: POLICY_EXISTS_UPDATE_ONLY, respondAllKeys: false }
 * await client.batchWrite(keys.map((one) => [one, { seen: true }]), { policy })
 * ```
 */
export interface BatchPolicy extends BatchReadPolicy, WritePolicy {}

/**
 * Last argument of reads.
 *
 * @example
 * ```ts
 * const options: ReadOptions = { policy: { totalTimeout: 50 }, signal: AbortSignal.timeout(100) }
 * const { bins } = await client.get(key, options)
 * ```
 */
export interface ReadOptions {
  /** How the command is carried out; its fields win over the client's. */
  readonly policy?: ReadPolicy
  /** Cancels the command. */
  readonly signal?: AbortSignal
}

/**
 * Last argument of writes.
 *
 * @example
 * ```ts
 * const options: WriteOptions = { meta: { ttl: 60 }, policy: { key: POLICY_KEY_SEND }, signal: AbortSignal.timeout(100) }
 * await client.put(key, { n: 1 }, options)
 * ```
 */
export interface WriteOptions {
  /** Generation, time to live and their like. */
  readonly meta?: WriteMeta
  /** How the command is carried out; its fields win over the client's. */
  readonly policy?: WritePolicy
  /** Cancels the command; the error says whether the write is in doubt. */
  readonly signal?: AbortSignal
}

/**
 * Last argument of `operate` and `operateOrdered`.
 *
 * @example
 * ```ts
 * const options: OperateOptions = { meta: { ttl: 60 }, policy: { totalTimeout: 50 }, signal: AbortSignal.timeout(100) }
 * await client.operate(key, [op.incr('n'), op.read('n')], options)
 * ```
 */
export interface OperateOptions {
  /** Generation, time to live and their like. */
  readonly meta?: WriteMeta
  /** How the command is carried out; its fields win over the client's. */
  readonly policy?: OperatePolicy
  /** Cancels the command; the error says whether the write is in doubt. */
  readonly signal?: AbortSignal
}

/**
 * Last argument of `batchRead`.
 *
 * @example
 * ```ts
 * const options: BatchReadOptions = { policy: { totalTimeout: 500 }, signal: AbortSignal.timeout(1000) }
 * const rows = await client.batchRead(keys, null, options)
 * ```
 */
export interface BatchReadOptions {
  /** How the command is carried out; its fields win over the client's. */
  readonly policy?: BatchReadPolicy
  /** Cancels the command. */
  readonly signal?: AbortSignal
}

/**
 * Last argument of `batchReadStream`.
 *
 * @example
 * ```ts
 * const options: BatchStreamOptions = { chunkSize: 1000, policy: { totalTimeout: 5000 } }
 * for await (const row of client.batchReadStream(keys, null, options)) console.log(row.bins)
 * ```
 */
export interface BatchStreamOptions extends BatchReadOptions {
  /**
   * How many keys go in one command, 1 to 100000; timeouts hold for each of them. Two chunks at most are in flight or in
   * memory at a time. Default 500.
   */
  readonly chunkSize?: number
}

/**
 * Last argument of the other batch calls.
 *
 * @example
 * ```ts
 * const options: BatchOptions = { meta: { ttl: 60 }, policy: { maxRetries: 1 }, signal: AbortSignal.timeout(1000) }
 * await client.batchOperate(keys, [op.incr('n')], options)
 * ```
 */
export interface BatchOptions {
  /** Properties of every row that has no meta of its own. */
  readonly meta?: WriteMeta
  /** How the command is carried out; its fields win over the client's. */
  readonly policy?: BatchPolicy
  /** Cancels the command; the error says whether writes are in doubt. */
  readonly signal?: AbortSignal
}

/**
 * One row of `batchWrite`. The row's meta wins over the policy.
 *
 * @example
 * ```ts
 * const rows: BatchWriteRow[] = [[keys[0], { n: 1 }], [keys[1], { n: 2 }, { ttl: 60 }]]
 * await client.batchWrite(rows)
 * ```
 */
export type BatchWriteRow = readonly [key: KeyLike, bins: Bins, meta?: WriteMeta]

/**
 * One row of `batchRemove`: a key, or a key and its own `gen`, `key`, `commitLevel`, `durableDelete`.
 *
 * @example
 * ```ts
 * const rows: BatchRemoveRow[] = [keys[0], [keys[1], { gen: 3 }]]
 * await client.batchRemove(rows)
 * ```
 */
export type BatchRemoveRow = KeyLike | readonly [key: KeyLike, meta: WriteMeta]

/**
 * Default policies of a client; a call's own policy wins field by field.
 *
 * @example
 * ```ts
 * const policies: DefaultPolicies = {
 *   read: { totalTimeout: 50, maxRetries: 2 },
 *   write: { totalTimeout: 200, key: POLICY_KEY_SEND },
 *   operate: { totalTimeout: 200 },
 *   remove: { durableDelete: true },
 *   batch: { totalTimeout: 5000 }
 * }
 * await using other = await connect({ hosts: 'db', policies })
 * ```
 */
export interface DefaultPolicies {
  /** For `get`, `select` and `exists`. */
  readonly read?: ReadPolicy
  /** For `put`, `increment`, `append`, `prepend`, `touch` and `removeBin`. */
  readonly write?: WritePolicy
  /** For `operate` and `operateOrdered`. */
  readonly operate?: OperatePolicy
  /** For `remove`. */
  readonly remove?: WritePolicy
  /** For all batch calls; a `maxRetries` given here holds for batches that write, too. */
  readonly batch?: BatchPolicy
}
