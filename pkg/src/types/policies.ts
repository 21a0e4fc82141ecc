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

/** Properties of a write: the second half of a record, and the policy fields that aerospike-py also takes here. */
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

/** What every command takes. */
export interface BasePolicy {
  /** Longest silence on the connection in ms, 0 for no limit. Default 30000. */
  readonly socketTimeout?: number
  /** Longest time for the command with all its attempts in ms, 0 for no limit. Default 1000. */
  readonly totalTimeout?: number
  /** How long a connection may stay silent after a timeout before it is closed, in ms. Default 0. */
  readonly timeoutDelay?: number
  /** Attempts after the first, 0 to 65535. Default 2 for reads, 0 for anything that writes. */
  readonly maxRetries?: number
  /** Pause between attempts in ms. Default 0. */
  readonly sleepBetweenRetries?: number
  /** A packed filter expression; the command applies only to records for which it is true. Default none. */
  readonly filterExpression?: Uint8Array | null
}

/** Policy of `get`, `select` and `exists`. */
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

/** Policy of `put`, `increment`, `append`, `prepend`, `touch`, `remove` and `removeBin`. */
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

/** Policy of `operate` and `operateOrdered`: those of reads and writes together. Retries default to 0. */
export interface OperatePolicy extends ReadPolicy, WritePolicy {}

/** Policy of `batchRead`. */
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

/** Policy of `batchWrite`, `batchOperate` and `batchRemove`. Retries default to 0 when a row writes, else to 2. */
export interface BatchPolicy extends BatchReadPolicy, WritePolicy {}

/** Last argument of reads. */
export interface ReadOptions {
  /** How the command is carried out; its fields win over the client's. */
  readonly policy?: ReadPolicy
  /** Cancels the command. */
  readonly signal?: AbortSignal
}

/** Last argument of writes. */
export interface WriteOptions {
  /** Generation, time to live and their like. */
  readonly meta?: WriteMeta
  /** How the command is carried out; its fields win over the client's. */
  readonly policy?: WritePolicy
  /** Cancels the command; the error says whether the write is in doubt. */
  readonly signal?: AbortSignal
}

/** Last argument of `operate` and `operateOrdered`. */
export interface OperateOptions {
  /** Generation, time to live and their like. */
  readonly meta?: WriteMeta
  /** How the command is carried out; its fields win over the client's. */
  readonly policy?: OperatePolicy
  /** Cancels the command; the error says whether the write is in doubt. */
  readonly signal?: AbortSignal
}

/** Last argument of `batchRead`. */
export interface BatchReadOptions {
  /** How the command is carried out; its fields win over the client's. */
  readonly policy?: BatchReadPolicy
  /** Cancels the command. */
  readonly signal?: AbortSignal
}

/** Last argument of `batchReadStream`. */
export interface BatchStreamOptions extends BatchReadOptions {
  /**
   * How many keys go in one command, 1 to 100000; timeouts hold for each of them. Two chunks at most are in flight or in
   * memory at a time. Default 500.
   */
  readonly chunkSize?: number
}

/** Last argument of the other batch calls. */
export interface BatchOptions {
  /** Properties of every row that has no meta of its own. */
  readonly meta?: WriteMeta
  /** How the command is carried out; its fields win over the client's. */
  readonly policy?: BatchPolicy
  /** Cancels the command; the error says whether writes are in doubt. */
  readonly signal?: AbortSignal
}

/** One row of `batchWrite`. The row's meta wins over the policy. */
export type BatchWriteRow = readonly [key: KeyLike, bins: Bins, meta?: WriteMeta]

/** One row of `batchRemove`: a key, or a key and its own `gen`, `key`, `commitLevel`, `durableDelete`. */
export type BatchRemoveRow = KeyLike | readonly [key: KeyLike, meta: WriteMeta]

/** Default policies of a client; a call's own policy wins field by field. */
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
