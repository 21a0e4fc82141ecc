/*
 * Why a connection fails is told in the same words by every runtime that has `node:net`.
 *
 * Imports Node, support/. Needs AEROSPIKE_TARBALL.
 */

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { badPeers, withPeer } from '../e2e/support/peers.mjs'
import { makeProject } from './support/project.mjs'
import { runProgram } from './support/run.mjs'
import { missing, tools } from './support/tools.mjs'

const REASONS = [
  [null, '127.0.0.1:1', 'connection refused'],
  [null, '[::1]:1', 'connection refused|host unreachable'],
  [null, 'no-such-host.invalid:3000', 'host name not found'],
  [(socket) => socket.once('data', () => socket.end()), null, 'connection closed by the server'],
  [(socket) => socket.resetAndDestroy(), null, 'connection reset'],
  [badPeers.silent, null, 'no answer in time'],
  [badPeers.http, null, 'the peer does not speak the Aerospike protocol']
]

const runtimes = {
  'the machine\'s Node': [process.execPath, []],
  'Node 24': [tools.node24, []],
  // Without --allow-env: nothing of the environment is needed when there are hosts.
  Deno: [tools.deno, ['run', '--no-prompt', '--allow-net', '--allow-read=node_modules']],
  Bun: [tools.bun, ['run']]
}

let folder

before(async () => {
  folder = await makeProject('reasons', { [new URL('programs', import.meta.url).href]: 'programs' })
})

/** Runs `body(hosts)` beside the peers of REASONS. */
function withPeers(body, hosts = []) {
  if (hosts.length === REASONS.length) return body(hosts)
  const [peer, address] = REASONS[hosts.length]
  return peer === null ? withPeers(body, [...hosts, address]) : withPeer(peer, (at) => withPeers(body, [...hosts, at]))
}

for (const [name, [program, args]] of Object.entries(runtimes)) {
  test(`${name} says why it cannot connect`, { skip: program === null && missing(name) }, () => withPeers(async (hosts) => {
    const { code, stdout, stderr } = await runProgram(program, [...args, 'programs/reasons.mjs', ...hosts], { cwd: folder })
    assert.equal(code, 0, stderr)
    const lines = stdout.trim().split('\n')
    assert.equal(lines.length, REASONS.length, stdout)
    for (const [i, [, , reason]] of REASONS.entries()) assert.match(lines[i], new RegExp(`^ClusterError: connect: PEER: (${reason})$`))
  }))
}
