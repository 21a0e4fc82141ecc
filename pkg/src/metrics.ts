/*
 * Statistics as Prometheus text (exposition format 0.0.4).
 *
 * May import: types of types.ts, observe.ts. The histogram has aerospike-py's name. By node its buckets are the core's; by
 * operation its labels and buckets are aerospike-py's.
 */

import type { ObservedCommand, Observer } from './observe.js'
import type { ClientStatistics, NodeStatistics } from './types.js'

type Labels = readonly (readonly [name: string, value: string])[]

const HISTOGRAM = 'db_client_operation_duration_seconds'

type NodeMetric = readonly [name: string, type: 'gauge' | 'counter', help: string, value: (node: NodeStatistics) => number]

const NODE_METRICS: readonly NodeMetric[] = [
  ['aerospike_node_active', 'gauge', 'Whether the node is part of the cluster.', (node) => (node.active ? 1 : 0)],
  ['aerospike_node_connections_open', 'gauge', 'Connections that are open.', (node) => node.open],
  ['aerospike_node_connections_connecting', 'gauge', 'Connections that are being made.', (node) => node.connecting],
  ['aerospike_node_in_flight', 'gauge', 'Commands and parts of batches on a connection.', (node) => node.inFlight],
  ['aerospike_node_waiting', 'gauge', 'Commands and parts of batches that wait for a connection.', (node) => node.waiting],
  ['aerospike_node_connections_opened_total', 'counter', 'Connections opened.', (node) => node.opened],
  ['aerospike_node_connections_closed_total', 'counter', 'Connections ended.', (node) => node.closed],
  ['aerospike_node_answers_total', 'counter', 'Attempts answered, with success or an error.', (node) => node.answered],
  ['aerospike_node_server_errors_total', 'counter', 'Attempts answered with an error.', (node) => node.serverErrors],
  ['aerospike_node_timeouts_total', 'counter', 'Attempts that timed out.', (node) => node.timeouts],
  ['aerospike_node_connection_errors_total', 'counter', 'Attempts lost with their connection.', (node) => node.connectionErrors],
  ['aerospike_node_retries_total', 'counter', 'Attempts that followed a failed one on this node.', (node) => node.retries]
]

/** Upper bounds of the buckets by operation, in seconds. */
const BOUNDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

interface Series {
  readonly labels: Labels
  /** Counts by bucket; the last is for all beyond the bounds. */
  readonly counts: number[]
  sum: number
}

/** Durations of commands by namespace, set, operation and error. */
export class OperationMetrics implements Observer {
  private readonly series = new Map<string, Series>()

  end(command: ObservedCommand): void {
    const { namespace, set, operation } = command
    const error = command.error === null ? '' : command.error.name
    const id = `${operation}/${error}/${namespace}/${set}`
    let series = this.series.get(id)
    if (series === undefined) {
      const labels: Labels = [
        ['db_system_name', 'aerospike'], ['db_namespace', namespace], ['db_collection_name', set],
        ['db_operation_name', operation], ['error_type', error]
      ]
      series = { labels, counts: new Array<number>(BOUNDS.length + 1).fill(0), sum: 0 }
      this.series.set(id, series)
    }
    const seconds = command.duration / 1000
    const bucket = BOUNDS.findIndex((bound) => seconds <= bound)
    series.counts[bucket === -1 ? BOUNDS.length : bucket] += 1
    series.sum += seconds
  }

  /** Adds the histogram to a scrape. */
  write(lines: string[]): void {
    header(lines, HISTOGRAM, 'histogram', 'Duration of database client operations')
    for (const { labels, counts, sum } of this.series.values()) histogram(lines, labels, BOUNDS.map(String), counts, sum)
  }
}

/** The text of one scrape. */
export function prometheusText(statistics: ClientStatistics, operations: OperationMetrics | null): string {
  const lines: string[] = []
  header(lines, 'aerospike_client_in_flight', 'gauge', 'Commands that have not ended.')
  sample(lines, 'aerospike_client_in_flight', [], statistics.inFlight)
  header(lines, 'aerospike_client_queued', 'gauge', 'Commands that wait their turn.')
  sample(lines, 'aerospike_client_queued', [], statistics.queued)
  for (const [name, type, help, value] of NODE_METRICS) {
    header(lines, name, type, help)
    for (const node of statistics.nodes) sample(lines, name, labelsOf(node), value(node))
  }
  if (operations === null) writeByNode(lines, statistics.nodes)
  else operations.write(lines)
  return `${lines.join('\n')}\n`
}

function writeByNode(lines: string[], nodes: readonly NodeStatistics[]): void {
  header(lines, HISTOGRAM, 'histogram', 'Duration of database client operations: from sending one to its answer, by node.')
  for (const node of nodes) {
    const bounds = node.latency.slice(1).map((_, i) => (2 ** i / 1e6).toFixed(6))
    histogram(lines, [['db_system_name', 'aerospike'], ...labelsOf(node)], bounds, node.latency, node.latencySum / 1e6)
  }
}

function labelsOf(node: NodeStatistics): Labels {
  return [['node', node.name], ['server_address', node.host], ['server_port', String(node.port)]]
}

/** One histogram: `counts` has one bucket more than there are bounds. */
function histogram(lines: string[], labels: Labels, bounds: readonly string[], counts: readonly number[], sum: number): void {
  let total = 0
  counts.forEach((count, i) => {
    total += count
    sample(lines, `${HISTOGRAM}_bucket`, [...labels, ['le', bounds[i] ?? '+Inf']], total)
  })
  sample(lines, `${HISTOGRAM}_sum`, labels, sum)
  sample(lines, `${HISTOGRAM}_count`, labels, total)
}

function header(lines: string[], name: string, type: string, help: string): void {
  lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
}

function sample(lines: string[], name: string, labels: Labels, value: number): void {
  const all = labels.map(([label, text]) => `${label}="${escape(text)}"`).join(',')
  lines.push(`${name}${all === '' ? '' : `{${all}}`} ${value}`)
}

function escape(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
}
