/*
 * Statistics as Prometheus text (exposition format 0.0.4).
 *
 * May import: types of types.ts. The histogram has aerospike-py's name; its buckets are the core's, per node.
 */

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
  ['aerospike_node_connection_errors_total', 'counter', 'Attempts that ended with their connection.', (node) => node.connectionErrors],
  ['aerospike_node_retries_total', 'counter', 'Attempts that followed a failed one on this node.', (node) => node.retries]
]

/** The text of one scrape. */
export function prometheusText(statistics: ClientStatistics): string {
  const lines: string[] = []
  header(lines, 'aerospike_client_in_flight', 'gauge', 'Commands that have not ended.')
  sample(lines, 'aerospike_client_in_flight', [], statistics.inFlight)
  header(lines, 'aerospike_client_queued', 'gauge', 'Commands that wait their turn.')
  sample(lines, 'aerospike_client_queued', [], statistics.queued)
  for (const [name, type, help, value] of NODE_METRICS) {
    header(lines, name, type, help)
    for (const node of statistics.nodes) sample(lines, name, labelsOf(node), value(node))
  }
  header(lines, HISTOGRAM, 'histogram', 'Duration of database client operations: from sending one to its answer, by node.')
  for (const node of statistics.nodes) histogram(lines, node)
  return `${lines.join('\n')}\n`
}

function labelsOf(node: NodeStatistics): Labels {
  return [['node', node.name], ['server_address', node.host], ['server_port', String(node.port)]]
}

function histogram(lines: string[], node: NodeStatistics): void {
  const labels: Labels = [['db_system_name', 'aerospike'], ...labelsOf(node)]
  const last = node.latency.length - 1
  let count = 0
  for (let i = 0; i < last; i++) {
    count += node.latency[i]
    sample(lines, `${HISTOGRAM}_bucket`, [...labels, ['le', (2 ** i / 1e6).toFixed(6)]], count)
  }
  count += node.latency[last]
  sample(lines, `${HISTOGRAM}_bucket`, [...labels, ['le', '+Inf']], count)
  sample(lines, `${HISTOGRAM}_sum`, labels, node.latencySum / 1e6)
  sample(lines, `${HISTOGRAM}_count`, labels, count)
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
