/*
 * What a client tells of its cluster: events and statistics.
 *
 * May import: nothing.
 */

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
