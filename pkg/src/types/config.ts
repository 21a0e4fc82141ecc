/*
 * What `connect` takes.
 *
 * May import: types of policies.ts, statistics.ts, enums.ts, observe.ts, security.ts, transport.ts.
 * Invariant: every option that config.ts accepts is here with its unit and default.
 */

import type { AuthMode } from '../enums.js'
import type { Observer } from '../observe.js'
import type { TlsOptions } from '../security.js'
import type { Transport } from '../transport.js'
import type { DefaultPolicies } from './policies.js'
import type { ClientEvent } from './statistics.js'

/**
 * A seed: `'host:port'`, `'host'` (port 3000), `'[::1]:3000'`, or host and port as a list. With TLS, also
 * `'host:tlsName:port'` or `[host, port, tlsName]`: the name that the server's certificate must be for.
 *
 * @example
 * ```ts
 * const hosts: Host[] = ['db1', 'db2:3100', '[::1]:3000', ['db3', 3000], ['db4', 4333, 'cluster.example']]
 * ```
 */
export type Host = string | readonly [host: string, port: number, tlsName?: string]

/**
 * What `connect` takes.
 *
 * @example
 * ```ts
 * const config: ClientConfig = {
 *   hosts: 'db1:3000,db2:3000', clusterName: 'main', applicationId: 'shop', rackIds: [1], useServicesAlternate: false,
 *   policies: { read: { totalTimeout: 50 }, write: { key: POLICY_KEY_SEND } },
 *   onEvent: (event) => console.log(event.type, event.node),
 *   observer: { end: (command) => console.log(command.name, command.duration) }, operationMetrics: true
 * }
 * await using client = await connect(config)
 * ```
 * @example
 * ```ts
 * // Protected, with a user.
 * await using secured = await connect({
 *   hosts: [['db1', 4333, 'cluster.example']], tls: {}, authMode: AUTH_EXTERNAL, user: 'ann', password: 'secret', loginTimeout: 2000
 * })
 * ```
 * @example
 * ```ts
 * // Connections, what to do about nodes that fail, and how much may be under way. These are the defaults, but for the last two.
 * await using tuned = await connect({
 *   hosts: 'db', timeout: 1000, tendInterval: 1000, idleTimeout: 55_000, maxMessageBytes: 134_217_728,
 *   maxConnsPerNode: 100, minConnsPerNode: 0, openingConnectionThreshold: 0, pipelineDepth: 64, pipelineConnections: 2,
 *   mergeCommands: true, maxErrorRate: 100, errorRateWindow: 1,
 *   maxConcurrentOperations: 1000, operationQueueTimeoutMs: 50
 * })
 * ```
 */
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
  /**
   * Eight or more commands on records that leave in one turn for one node travel as rows of one batch request, for half of the
   * processor time. Each keeps its answer, timeout, retries and error; the server counts it as a row of a batch. Default true.
   */
  readonly mergeCommands?: boolean
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

/**
 * Second argument of `connect`.
 *
 * @example
 * ```ts
 * declare const transport: Transport
 * const options: ConnectOptions = { transport, signal: AbortSignal.timeout(5000) }
 * await using other = await connect({ hosts: 'db' }, options)
 * ```
 */
export interface ConnectOptions {
  /** Makes the connections. Default: the runtime's own TCP. */
  readonly transport?: Transport
  /** Gives up connecting. */
  readonly signal?: AbortSignal
}
