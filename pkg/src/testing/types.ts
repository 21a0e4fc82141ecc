/*
 * What users of the test server pass and get.
 *
 * May import: nothing.
 */

/**
 * A namespace of the test server. What is left out is as a real server has it by default.
 *
 * @example
 * ```ts
 * const strict: TestNamespace = { name: 'strict', allowTtl: false, disallowNullSet: true, maxRecordSize: 4096 }
 * const cache: TestNamespace = { name: 'cache', defaultTtl: 60, defaultReadTouchPercent: 80 }
 * const server = await TestServer.start({ namespaces: ['test', strict, cache, { name: 'full', rejectWrites: true }] })
 * ```
 */
export interface TestNamespace {
  /** Its name, up to 31 bytes. */
  readonly name: string
  /** TTL in seconds of a write that does not say one; 0 for never. Default 0. */
  readonly defaultTtl?: number
  /** Whether a write may ask for a finite TTL; else such a write fails with 22. Default true. */
  readonly allowTtl?: boolean
  /** Percent of its TTL below which a read touches a record, when the read does not say; 0 for never. Default 0. */
  readonly defaultReadTouchPercent?: number
  /** The largest stored form of a record in bytes; a larger one fails with 13. Default 1048576. */
  readonly maxRecordSize?: number
  /** Whether a write must name a set; one without fails with 4. Default false. */
  readonly disallowNullSet?: boolean
  /** Whether all writes fail with 22. Default false. */
  readonly rejectWrites?: boolean
}

/**
 * What `TestServer.start` takes.
 *
 * @example
 * ```ts
 * const options: TestServerOptions = { nodes: 3, replicationFactor: 2, clusterName: 'tests', namespaces: ['test', 'cache'] }
 * await using server = await TestServer.start(options)
 * // For a program in another process, and for clients of this process only.
 * await using shared = await TestServer.start({ port: 3000, keepAlive: true })
 * await using quiet = await TestServer.start({ tcp: false })
 * ```
 */
export interface TestServerOptions {
  /** How many nodes the cluster has, 1 to 16. Default 1. */
  readonly nodes?: number
  /** The namespaces, by name or with their settings. Default `['test', 'bar']`. */
  readonly namespaces?: readonly (string | TestNamespace)[]
  /** Name of the cluster. Default `'testserver'`. */
  readonly clusterName?: string
  /** How many nodes hold each partition, 1 to 16; at most as many as there are. Default 2. */
  readonly replicationFactor?: number
  /**
   * Whether the nodes listen on 127.0.0.1. Default: where the runtime can (Node, Deno, Bun). Without it only clients with
   * the server's own {@link EmbeddedServer.transport | transport} reach it, and no port is opened.
   */
  readonly tcp?: boolean
  /** Port of the first node, those of the others follow it. Default 0: free ports. */
  readonly port?: number
  /**
   * Whether the open ports keep the process alive, for clients in other processes. Default false: the process ends when
   * nothing else is left to do, even if the server was never closed.
   */
  readonly keepAlive?: boolean
}

/**
 * One node of the test server.
 *
 * @example
 * ```ts
 * const { name, host, port, up }: TestNode = server.nodes[0]
 * console.log(`${name} at ${host}:${port} is ${up ? 'up' : 'down'}`)
 * ```
 */
export interface TestNode {
  /** The name that clients and errors know it by, such as `'A1'`. */
  readonly name: string
  /** Where clients find it. */
  readonly host: string
  /** Where clients find it; a port that is really open only with `tcp`. */
  readonly port: number
  /** False while it is stopped. */
  readonly up: boolean
}

/**
 * Which commands a fault meets.
 *
 * @example
 * ```ts
 * const twice: FaultTarget = { count: 2, node: 0 }
 * server.fail({ kind: 'drop', ...twice })
 * ```
 */
export interface FaultTarget {
  /**
   * How many commands: every attempt counts, also those that a client makes by itself, and a batch counts once per node.
   * Default 1.
   */
  readonly count?: number
  /** Index of the node whose commands are meant. Default: any node. */
  readonly node?: number
}

/**
 * The command is not executed and answered with this result code, such as `AEROSPIKE_ERR_DEVICE_OVERLOAD` (18).
 *
 * @example
 * ```ts
 * const busy: AnswerFault = { kind: 'answer', resultCode: AEROSPIKE_ERR_KEY_BUSY }
 * server.fail(busy)
 * const error = await client.put(key, { n: 1 }).catch((reason: unknown) => reason)
 * ```
 */
export interface AnswerFault extends FaultTarget {
  /** This kind of fault. */
  readonly kind: 'answer'
  /** 1 to 255. */
  readonly resultCode: number
}

/**
 * The command is executed; its answer, and all behind it on the connection, comes so much later.
 *
 * @example
 * ```ts
 * const slow: DelayFault = { kind: 'delay', milliseconds: 200 }
 * server.fail(slow)
 * await client.get(key, { policy: { totalTimeout: 100, maxRetries: 0 } }).catch((error) => error instanceof AerospikeTimeoutError)
 * ```
 */
export interface DelayFault extends FaultTarget {
  /** This kind of fault. */
  readonly kind: 'delay'
  /** Real time, not moved by `advance`. */
  readonly milliseconds: number
}

/**
 * The command is executed; no answer ever comes.
 *
 * @example
 * ```ts
 * const silent: SwallowFault = { kind: 'swallow' }
 * server.fail(silent)
 * await client.increment(key, 'n').catch((error) => error.inDoubt) // true: it was counted
 * ```
 */
export interface SwallowFault extends FaultTarget {
  /** This kind of fault. */
  readonly kind: 'swallow'
}

/**
 * The command is executed; the connection closes after so many bytes of the answer.
 *
 * @example
 * ```ts
 * const cut: CutFault = { kind: 'cut', bytes: 10 }
 * server.fail(cut)
 * await client.get(key) // a read is tried again
 * ```
 */
export interface CutFault extends FaultTarget {
  /** This kind of fault. */
  readonly kind: 'cut'
  /** How many bytes of the answer still arrive. */
  readonly bytes: number
}

/**
 * The command is executed; bytes come that are no answer.
 *
 * @example
 * ```ts
 * const garbage: GarbageFault = { kind: 'garbage' }
 * server.fail(garbage)
 * await client.get(key).catch((error) => console.log(error.message))
 * ```
 */
export interface GarbageFault extends FaultTarget {
  /** This kind of fault. */
  readonly kind: 'garbage'
}

/**
 * The command is not executed, and the connection closes without an answer.
 *
 * @example
 * ```ts
 * const drop: DropFault = { kind: 'drop', count: 3 }
 * server.fail(drop)
 * await client.get(key).catch((error) => error instanceof ClusterError)
 * ```
 */
export interface DropFault extends FaultTarget {
  /** This kind of fault. */
  readonly kind: 'drop'
}

/**
 * What {@link EmbeddedServer.fail} can do to commands.
 *
 * @example
 * ```ts
 * const faults: TestFault[] = [{ kind: 'delay', milliseconds: 50 }, { kind: 'cut', bytes: 8, node: 1 }]
 * for (const fault of faults) server.fail(fault)
 * ```
 */
export type TestFault = AnswerFault | DelayFault | SwallowFault | CutFault | GarbageFault | DropFault

/**
 * Which records are meant: those of a namespace, of a set in it, or of a set in every namespace.
 *
 * @example
 * ```ts
 * const demo: RecordFilter = { namespace: 'test', set: 'demo' }
 * if (server.recordCount(demo) > 0) server.clear(demo)
 * server.clear({ set: null }) // those without a set
 * ```
 */
export interface RecordFilter {
  /** Their namespace; any when it is left out. */
  readonly namespace?: string
  /** The name of a set; `null` for records without one. */
  readonly set?: string | null
}
