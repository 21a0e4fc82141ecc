/*
 * The shared scenarios against the server of `aerospike-wasm/testing`: on one node and on three, over TCP and by its own
 * transport.
 *
 * Imports Node, the built package, the scenarios.
 */

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as aerospike from '../../dist/entry/node.js'
import { TestServer } from '../../dist/entry/testing-node.js'
import { scenarios } from '../e2e/scenarios.mjs'
import { clientConfig, Run } from '../e2e/support/context.mjs'

/** The package with another transport where none is passed. */
function packageWith(transport) {
  const connect = (config, options) => aerospike.connect(config, { transport, ...options })
  return { ...aerospike, connect, default: { ...aerospike.default, connect } }
}

for (const nodes of [1, 3]) {
  for (const way of ['TCP', 'the transport']) {
    describe(`${nodes} node(s) by ${way}`, () => {
      let server
      let run

      before(async () => {
        server = await TestServer.start({ nodes, tcp: way === 'TCP' })
        const api = way === 'TCP' ? aerospike : packageWith(server.transport)
        const hosts = server.hosts.map(([host, port]) => `${host}:${port}`).join(',')
        run = new Run(api, await api.connect({ hosts, ...clientConfig }), hosts)
      })

      after(async () => {
        await run?.client.close()
        assert.equal(server.recordCount(), 0, 'every scenario cleans up')
        await server?.close()
      })

      for (const one of scenarios) test(one.name, { timeout: 60_000 }, () => run.scenario(one))
    })
  }
}
