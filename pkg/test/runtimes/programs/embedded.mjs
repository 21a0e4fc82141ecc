/*
 * The server of `aerospike-wasm/testing` in this runtime: all scenarios by its own transport, which needs no port, and
 * over TCP where the runtime can listen.
 *
 * Imports the package and the scenarios: nothing of any runtime.
 */

import * as aerospike from 'aerospike-wasm'
import { TestServer } from 'aerospike-wasm/testing'
import { runAll } from '../e2e/run-all.mjs'

/** The package with another transport where none is passed. */
function packageWith(transport) {
  const connect = (config, options) => aerospike.connect(config, { transport, ...options })
  return { ...aerospike, connect, default: { ...aerospike.default, connect } }
}

/** Runs the scenarios: `{ passed, failed, left }`, with the number of records left behind. */
export async function embedded(nodes, tcp, print) {
  const server = await TestServer.start({ nodes, tcp })
  const hosts = server.hosts.map(([host, port]) => `${host}:${port}`).join(',')
  const result = await runAll(tcp ? aerospike : packageWith(server.transport), hosts, print)
  const left = server.recordCount()
  await server.close()
  return { ...result, left }
}

/** What a server must be able to do in any runtime, beside the scenarios. */
export async function features() {
  const server = await TestServer.start({ tcp: false })
  const client = await aerospike.connect({ hosts: server.hosts }, { transport: server.transport })
  const key = ['test', 'demo', 1]
  await client.put(key, { a: 1 }, { meta: { ttl: 60 } })
  server.advance(61)
  const { exists } = await client.exists(key)
  server.fail({ kind: 'answer', resultCode: 18 })
  const code = await client.put(key, { a: 1 }).then(() => 0, (error) => error.resultCode)
  await client.close()
  await server.close()
  return { exists, code }
}

export { TestServer }
