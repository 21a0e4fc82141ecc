/*
 * What a client tells of its cluster: events and statistics.
 *
 * May import: nothing.
 */

/**
 * Something that happened to the cluster as this client sees it.
 *
 * @example
 * ```ts
 * const onEvent = ({ type, node }: ClientEvent): void => console.log(type, node ?? '')
 * await using watched = await connect({ hosts: 'db', onEvent })
 * ```
 */
export interface ClientEvent {
  /** `connected` and `disconnected`: from no node to the first and back. */
  readonly type: 'nodeAdded' | 'nodeRemoved' | 'connected' | 'disconnected'
  /** Name of the node, where the event is about one. */
  readonly node?: string
}

/**
 * What a client counted for one node since it began, and the state of now.
 *
 * @example
 * ```ts
 * for (const node of client.statistics().nodes) {
 *   const { name, host, port, active, open, connecting, opened, closed } = node
 *   console.log(name, `${host}:${port}`, { active, open, connecting, opened, closed })
 *   const { inFlight, waiting, answered, serverErrors, timeouts, connectionErrors, retries } = node
 *   console.log({ inFlight, waiting, answered, serverErrors, timeouts, connectionErrors, retries })
 *   const { latency, latencySum } = node
 *   console.log(`${latencySum / answered} us on average`, `${latency[10] ?? 0} answers took 512 to 1024 us`)
 * }
 * ```
 */
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

/**
 * What a client counted since it began, and the state of now.
 *
 * @example
 * ```ts
 * const { inFlight, queued, nodes }: ClientStatistics = client.statistics()
 * console.log(`${inFlight} commands, ${queued} of them wait, ${nodes.length} nodes`)
 * ```
 */
export interface ClientStatistics {
  /** Commands that have not ended. */
  readonly inFlight: number
  /** Of these, commands that wait their turn (`maxConcurrentOperations`). */
  readonly queued: number
  /** The nodes, also those that left. */
  readonly nodes: readonly NodeStatistics[]
}
