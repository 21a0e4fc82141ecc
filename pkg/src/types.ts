/*
 * The types of the public API: keys, bins, operations, policies and the configuration.
 *
 * May import: types of values.ts, record.ts, transport.ts, enums.ts, observe.ts, security.ts.
 * Invariant: every option that policy.ts or config.ts accepts is here with its unit and default.
 */

import type {
  AuthMode, BatchConcurrency, PolicyCommitLevel, PolicyExists, PolicyGen, PolicyKey, PolicyReadModeAp,
  PolicyReadModeSc, PolicyReplica
} from './enums.js'
import type { Observer } from './observe.js'
import type { Key } from './record.js'
import type { TlsOptions } from './security.js'
import type { Transport } from './transport.js'
import type { Double, GeoJSON, HyperLogLog, UnknownValue } from './values.js'

/**
 * What identifies a record within its set. A number must be a safe integer; a BigInt must fit 64 bits. Bytes hash as
 * BLOB, as in the official clients.
 */
export type UserKey = string | number | bigint | Uint8Array

/**
 * `[namespace, set, userKey]`, or with the 20-byte digest as a fourth element; then `userKey` may be null. A namespace
 * has 1 to 31 bytes, a set up to 63; an empty set is no set.
 */
export type KeyTuple =
  | readonly [namespace: string, set: string | null, userKey: UserKey]
  | readonly [namespace: string, set: string | null, userKey: UserKey | null, digest: Uint8Array]

/** A key as calls take it: a tuple, or the `key` of a record. */
export type KeyLike = KeyTuple | Key

/** A key of a map: string, integer or bytes. */
export type MapKey = string | number | bigint | Uint8Array

/**
 * A value that can be written. An integral number is an Integer, any other a Float; `new Double(3)` is a Float. A
 * BigInt is an Integer within 64 bits. A plain object is a map with string keys, a `Map` any map. Null removes a bin,
 * and is a value inside a list or map.
 */
export type BinValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | Double
  | GeoJSON
  | HyperLogLog
  | UnknownValue
  | readonly BinValue[]
  | { readonly [key: string]: BinValue }
  | ReadonlyMap<MapKey, BinValue>

/**
 * A value that was read. Integers beyond 2^53 are BigInt, floats numbers, bytes an own `Uint8Array`. A map is a plain
 * object when all its keys are strings, else a `Map`.
 */
export type ReadValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | GeoJSON
  | HyperLogLog
  | UnknownValue
  | ReadValue[]
  | { [key: string]: ReadValue }
  | Map<ReadValue, ReadValue>

/** Bins to write: values by bin name. A name has 1 to 15 bytes. */
export interface Bins {
  readonly [name: string]: BinValue
}

/** Bins that were read. */
export interface ReadBins {
  [name: string]: ReadValue
}

/** Reads a bin, or all bins. Made by `op.read`. */
export interface ReadOperation<N extends string = string> {
  /** `OPERATOR_READ`. */
  readonly op: 1
  /** The bin; none to read all bins. */
  readonly bin?: N | undefined
  /** A READ takes no value. */
  readonly val?: undefined
}

/** Writes a bin. Made by `op.write`. */
export interface WriteOperation<N extends string = string, V extends BinValue = BinValue> {
  /** `OPERATOR_WRITE`. */
  readonly op: 2
  /** The bin. */
  readonly bin: N
  /** The value; null removes the bin. */
  readonly val: V
}

/** Adds to a number. Made by `op.incr`. */
export interface IncrOperation<N extends string = string> {
  /** `OPERATOR_INCR`. */
  readonly op: 5
  /** The bin. */
  readonly bin: N
  /** What to add; default 1. */
  readonly val?: number | bigint | Double | undefined
}

/** Appends to a string or bytes. Made by `op.append`. */
export interface AppendOperation<N extends string = string, V extends string | Uint8Array = string | Uint8Array> {
  /** `OPERATOR_APPEND`. */
  readonly op: 9
  /** The bin. */
  readonly bin: N
  /** What to append. */
  readonly val: V
}

/** Puts a string or bytes before those of a bin. Made by `op.prepend`. */
export interface PrependOperation<N extends string = string, V extends string | Uint8Array = string | Uint8Array> {
  /** `OPERATOR_PREPEND`. */
  readonly op: 10
  /** The bin. */
  readonly bin: N
  /** What to put before. */
  readonly val: V
}

/** Renews the record's life. Made by `op.touch`. */
export interface TouchOperation {
  /** `OPERATOR_TOUCH`. */
  readonly op: 11
  /** A TOUCH concerns the whole record. */
  readonly bin?: undefined
  /** Seconds or a `TTL_*` constant; default that of meta or policy. */
  readonly val?: number | undefined
}

/** Deletes the record. Made by `op.delete`. */
export interface DeleteOperation {
  /** `OPERATOR_DELETE`. */
  readonly op: 12
  /** A DELETE concerns the whole record. */
  readonly bin?: undefined
  /** A DELETE takes no value. */
  readonly val?: undefined
}

/** One operation of `operate`, `operateOrdered` or `batchOperate`: a plain object, by hand or by a function of `op`. */
export type Operation =
  | ReadOperation
  | WriteOperation
  | IncrOperation
  | AppendOperation
  | PrependOperation
  | TouchOperation
  | DeleteOperation

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

/**
 * A seed: `'host:port'`, `'host'` (port 3000), `'[::1]:3000'`, or host and port as a list. With TLS, also
 * `'host:tlsName:port'` or `[host, port, tlsName]`: the name that the server's certificate must be for.
 */
export type Host = string | readonly [host: string, port: number, tlsName?: string]

/** Something that happened to the cluster as this client sees it. */
export interface ClientEvent {
  /** `connected` and `disconnected`: from no node to the first and back. */
  readonly type: 'nodeAdded' | 'nodeRemoved' | 'connected' | 'disconnected'
  /** Name of the node, where the event is about one. */
  readonly node?: string
}

/** What a client counted for one node since it began, and the state of now. */
export interface NodeStatistics {
  /** Name of the node. */
  readonly name: string
  /** Host by which it is reached. */
  readonly host: string
  /** Port by which it is reached. */
  readonly port: number
  /** Whether it is part of the cluster now. */
  readonly active: boolean
  /** Connections that are open. */
  readonly open: number
  /** Connections that are being made. */
  readonly connecting: number
  /** Commands, and parts of batches, that are on a connection. */
  readonly inFlight: number
  /** Commands, and parts of batches, that wait for a connection. */
  readonly waiting: number
  /** Connections opened. */
  readonly opened: number
  /** Connections ended. */
  readonly closed: number
  /** Attempts the node answered, with success or an error. */
  readonly answered: number
  /** Of these, answered with an error; a record that does not exist is one. */
  readonly serverErrors: number
  /** Attempts that timed out. */
  readonly timeouts: number
  /** Attempts that ended with their connection. */
  readonly connectionErrors: number
  /** Attempts that followed a failed one on this node. */
  readonly retries: number
  /** Answers by latency: element `n` counts those under 2^n microseconds, and not under 2^(n-1). */
  readonly latency: readonly number[]
  /** Latencies of all answers together, in microseconds. */
  readonly latencySum: number
}

/** What a client counted since it began, and the state of now. */
export interface ClientStatistics {
  /** Commands that have not ended. */
  readonly inFlight: number
  /** Of these, commands that wait their turn (`maxConcurrentOperations`). */
  readonly queued: number
  /** The nodes, also those that left. */
  readonly nodes: readonly NodeStatistics[]
}

/** What `connect` takes. */
export interface ClientConfig {
  /**
   * Where to find the cluster: a list of seeds, or text such as `'h1:3000,h2:3000'`. Default, on Node, Deno and Bun: the
   * environment variable `AEROSPIKE_HOSTS`.
   */
  readonly hosts?: string | readonly Host[]
  /** Protects connections by TLS. `{}` trusts what the runtime trusts; hosts with a TLS name imply it. */
  readonly tls?: TlsOptions
  /** Name of the user to log in as, up to 63 bytes. */
  readonly user?: string
  /** Password of `user`: up to 72 bytes, which are sent as a hash; or up to 1024 with AUTH_EXTERNAL, sent as they are. */
  readonly password?: string
  /**
   * Who knows the password: AUTH_INTERNAL the cluster (default), AUTH_EXTERNAL another service (LDAP), to which the cluster
   * passes it on. AUTH_PKI takes neither user nor password: the certificate in `tls` says who the client is. The last two
   * need TLS.
   */
  readonly authMode?: AuthMode
  /** Longest time to wait for the answer to a login in ms. Default 5000. */
  readonly loginTimeout?: number
  /** Refuse nodes of any other cluster. Default: any. */
  readonly clusterName?: string
  /** Longest time to open a connection in ms. Default 1000. */
  readonly timeout?: number
  /** How often the cluster is checked, in ms. Default 1000. */
  readonly tendInterval?: number
  /** A connection unused for this long in ms is closed; 0 for never. Default: below the server's own limit. */
  readonly idleTimeout?: number
  /** Most connections to one node. Default 100. */
  readonly maxConnsPerNode?: number
  /** Connections to keep open to each node. Default 0. */
  readonly minConnsPerNode?: number
  /** Most connections being made to one node at a time, so that a node that restarts is not met by all callers at once. Default
   * 0: as many as commands wait for. */
  readonly openingConnectionThreshold?: number
  /** Racks this client is close to, the closest first, for reads with `POLICY_REPLICA_PREFER_RACK`. Default: none. */
  readonly rackIds?: readonly number[]
  /** Use the nodes' alternate addresses, for clusters behind address translation. Default false. */
  readonly useServicesAlternate?: boolean
  /** Most commands in flight on one connection; 1 sends each one only when the one before it was answered. Default
   * 64. */
  readonly pipelineDepth?: number
  /** Connections per node over which commands are spread before more of them share one. Default 2. */
  readonly pipelineConnections?: number
  /** Failed attempts on one node within `errorRateWindow`, after which the node is left alone until the window ends; 0 for
   * never. Default 100. */
  readonly maxErrorRate?: number
  /** The window of `maxErrorRate`, in tend intervals. Default 1. */
  readonly errorRateWindow?: number
  /** Most commands at work at a time; more wait their turn. Default 0: no limit. */
  readonly maxConcurrentOperations?: number
  /** Longest time in ms that a command may wait its turn before it fails with BackpressureError; 0 for as long as it takes.
   * Its own timeouts begin with its turn. Default 0. */
  readonly operationQueueTimeoutMs?: number
  /** Hears of nodes that join and leave, and of the cluster that is lost and found. Called on a later turn. */
  readonly onEvent?: (event: ClientEvent) => void
  /** Hears of every command, for tracing and metrics. Costs nothing when there is none. */
  readonly observer?: Observer
  /**
   * Count durations by operation, namespace, set and error, with aerospike-py's labels and buckets, rather than by node, for
   * `client.metrics()`. Costs a little with every command. Default false.
   */
  readonly operationMetrics?: boolean
  /** Largest message to send or accept, in bytes. Default 134217728. */
  readonly maxMessageBytes?: number
  /** Name of the application, shown in the server's statistics. */
  readonly applicationId?: string
  /** Default policies. */
  readonly policies?: DefaultPolicies
}

/** Second argument of `connect`. */
export interface ConnectOptions {
  /** Makes the connections. Default: the runtime's own TCP. */
  readonly transport?: Transport
  /** Gives up connecting. */
  readonly signal?: AbortSignal
}
