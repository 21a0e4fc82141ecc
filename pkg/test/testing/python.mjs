/*
 * The official Python client's checks against the server of `aerospike-wasm/testing` over TCP, on one node and on three.
 *
 * Imports Node and the built package. Needs PYTHON: an interpreter with the package `aerospike`.
 */

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { TestServer } from '../../dist/entry/testing-node.js'

const CHECKS = fileURLToPath(new URL('../../../tests/python/official_client.py', import.meta.url))

function run(hosts) {
  const child = spawn(process.env.PYTHON, [CHECKS], { env: { ...process.env, AEROSPIKE_HOSTS: hosts }, stdio: 'inherit' })
  return new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
}

for (const nodes of [1, 3]) {
  const server = await TestServer.start({ nodes, keepAlive: true })
  const code = await run(server.hosts.map(([host, port]) => `${host}:${port}`).join(','))
  const left = server.recordCount()
  await server.close()
  if (code !== 0 || left !== 0) {
    console.log(`${nodes} node(s): exit code ${code}, ${left} records left behind`)
    process.exitCode = 1
  }
}
