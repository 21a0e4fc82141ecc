/*
 * Runs the scenarios on Node, against AEROSPIKE_HOSTS or a test server of AEROSPIKE_TESTSERVER_NODES nodes.
 *
 * Imports Node, the built package, the scenarios.
 */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as aerospike from '../../dist/entry/node.js'
import { scenarios } from './scenarios.mjs'
import { clientConfig, Run } from './support/context.mjs'
import { openServer } from './support/server.mjs'

let server
let run

before(async () => {
  server = await openServer()
  const client = await aerospike.connect({ hosts: server.hosts, ...clientConfig })
  run = new Run(aerospike, client, server.hosts)
})

after(async () => {
  await run?.client.close()
  await server?.stop()
})

test('every scenario has a name of its own', () => {
  assert.equal(new Set(scenarios.map((one) => one.name)).size, scenarios.length)
})

for (const one of scenarios) test(one.name, { timeout: 60_000 }, () => run.scenario(one))
