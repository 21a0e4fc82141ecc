/* All scenarios without any socket: against the test server of the package itself, in the same process. */

import * as exported from 'aerospike-wasm'
import { TestServer } from 'aerospike-wasm/testing'
import { runAll } from '../e2e/run-all.mjs'

const NODES = 3

/** Runs them; gives `{ passed, failed }`. */
export async function runInMemory(print) {
  const server = await TestServer.start({ nodes: NODES, tcp: false })
  const connect = (config, options) => exported.connect(config, { transport: server.transport, ...options })
  const aerospike = { ...exported, connect, default: { ...exported.default, connect } }
  const hosts = server.hosts.map(([host, port]) => `${host}:${port}`).join(',')
  const result = await runAll(aerospike, hosts, (line) => print(`in memory: ${line}`))
  await server.close()
  return result
}
