/*
 * TLS and passwords in every runtime, against the test server behind TLS: certificates that are good, expired, for another
 * name, self-signed, of an authority nobody trusts.
 *
 * Imports Node, support/. Needs AEROSPIKE_TARBALL and AEROSPIKE_TESTSERVER. Certificates are made here.
 */

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { inDays, makeAuthority, makeSelfSigned } from '../e2e/support/certificates.mjs'
import { startTestServer } from '../e2e/support/server.mjs'
import { startTls } from '../e2e/support/tls.mjs'
import { makeProject } from './support/project.mjs'
import { runProgram } from './support/run.mjs'
import { missing, tools } from './support/tools.mjs'
import { bundle, configure, serve } from './support/workerd.mjs'

const NAME = 'cluster.test'
const ALICE = { user: 'alice', password: 'correct horse battery' }
const GOOD = { bins: { alive: true } }

let authority
let folder
const servers = {}

before(async () => {
  authority = await makeAuthority('the authority of this test')
  const other = await makeAuthority('another authority')
  const certificates = {
    good: await authority.issue(NAME, { names: [NAME, '127.0.0.1'] }),
    expired: await authority.issue(NAME, { from: inDays(-3), until: inDays(-2) }),
    otherName: await authority.issue('elsewhere.test'),
    selfSigned: await makeSelfSigned(NAME),
    untrusted: await other.issue(NAME)
  }
  const users = ['--user', `${ALICE.user}:${ALICE.password}:read-write`]
  for (const [name, { cert, key }] of Object.entries(certificates)) {
    const server = await startTestServer(1, users)
    servers[name] = { server, tls: await startTls(server, NAME, { cert, key }) }
  }
  folder = await makeProject('tls', { [new URL('programs', import.meta.url).href]: 'programs' })
})

after(async () => {
  for (const { server, tls } of Object.values(servers)) {
    await tls.stop()
    await server.stop()
  }
})

const configOf = (name, more) => ({ hosts: servers[name].tls.hosts, ...ALICE, ...more })

describe('by node:tls', () => {
  const checks = { expired: 'expired', otherName: 'name', selfSigned: 'self-signed', untrusted: 'authority' }
  // What Deno says of a certificate that has expired is what it says of an unknown authority.
  const asDenoSays = { ...checks, expired: 'authority' }
  const runtimes = {
    'the machine\'s Node': [process.execPath, []],
    'Node 24': [tools.node24, []],
    Deno: [tools.deno, ['run', '--allow-net', '--allow-read', '--allow-env']],
    Bun: [tools.bun, ['run']]
  }
  for (const [name, [program, args]] of Object.entries(runtimes)) {
    test(name, { skip: program === null && missing(name) }, async () => {
      const tls = { ca: authority.pem }
      const lines = [configOf('good', { tls }), ...Object.keys(checks).map((one) => configOf(one, { tls })), configOf('good', { tls, password: 'wrong' })]
      const input = lines.map((line) => JSON.stringify(line)).join('\n')
      const { code, stdout, stderr } = await runProgram(program, [...args, 'programs/secure-main.mjs'], { cwd: folder, input })
      assert.equal(code, 0, stderr)
      const [good, ...bad] = stdout.trim().split('\n').map((line) => JSON.parse(line))
      const password = bad.pop()
      assert.deepEqual(good, GOOD)
      const expected = Object.entries(name === 'Deno' ? asDenoSays : checks)
      for (const [i, [what, check]] of expected.entries()) {
        assert.deepEqual([bad[i].name, bad[i].check], ['TlsError', check], `${what}: ${bad[i].message}`)
      }
      assert.deepEqual([password.name, password.resultCode], ['AdminError', 65])
    })
  }
})

describe('by workerd', { skip: tools.workerd === null && missing('workerd') }, () => {
  let worker

  before(async () => {
    await bundle(folder, 'programs/secure.mjs')
    await configure(folder, { trusted: [authority.pem] })
    worker = await serve(folder)
  })

  after(() => worker?.stop())

  const ask = async (config) => (await fetch(worker.url, { method: 'POST', body: JSON.stringify(config) })).json()

  test('a good certificate, for a name of its own', async () => {
    assert.deepEqual(await ask(configOf('good')), GOOD)
  })

  test('a good certificate, for the address', async () => {
    const hosts = servers.good.tls.hosts.map(([host, port]) => [host, port, host])
    assert.deepEqual(await ask(configOf('good', { hosts })), GOOD)
  })

  test('a wrong password', async () => {
    const { name, resultCode } = await ask(configOf('good', { password: 'wrong' }))
    assert.deepEqual([name, resultCode], ['AdminError', 65])
  })

  for (const what of ['expired', 'otherName', 'selfSigned', 'untrusted']) {
    test(`a certificate that is not good: ${what}`, async () => {
      const { name, check, message } = await ask(configOf(what))
      assert.deepEqual([name, check], ['TlsError', 'handshake'], message)
    })
  }

  test('a port where nobody speaks TLS, and one where nobody listens', async () => {
    const [clear] = servers.good.server.hosts.split(',')
    const answers = await Promise.all([clear, '127.0.0.1:1'].map((at) => {
      const [host, port] = at.split(':')
      return ask(configOf('good', { hosts: [[host, Number(port), NAME]], timeout: 2000 }))
    }))
    assert.equal(answers[1].message, 'connect: 127.0.0.1:1: connection failed')
    assert.ok(['TlsError', 'ClusterError'].includes(answers[0].name), answers[0].message)
  })

  test('what workerd cannot do is refused before anything is opened', async () => {
    const before = servers.good.tls.state.connections
    const answer = await ask(configOf('good', { tls: { ca: authority.pem } }))
    assert.deepEqual([answer.name, answer.resultCode], ['InvalidArgError', -2])
    assert.match(answer.message, /authorities of its own configuration/)
    assert.equal(servers.good.tls.state.connections, before)
  })
})
