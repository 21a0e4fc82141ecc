/*
 * The examples, each started as its own user would start it, in a project with the package installed from its tarball.
 *
 * Imports Node, support/. Needs AEROSPIKE_TARBALL and AEROSPIKE_TESTSERVER.
 */

import assert from 'node:assert/strict'
import { readFile, symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connect } from '../../dist/entry/node.js'
import { startTestServer } from '../e2e/support/server.mjs'
import { startProgram } from './support/program.mjs'
import { makeProject } from './support/project.mjs'
import { runProgram } from './support/run.mjs'
import { missing, tools } from './support/tools.mjs'

const EXAMPLES = new URL('../../../examples/', import.meta.url).href
const MODULES = fileURLToPath(new URL('node_modules', import.meta.url))

let server
let folder
let client

before(async () => {
  server = await startTestServer(2)
  folder = await makeProject('examples', { [EXAMPLES]: 'examples' })
  await symlink(join(MODULES, 'ws'), join(folder, 'node_modules/ws'), 'junction')
  client = await connect({ hosts: server.hosts })
})

after(async () => {
  await client?.close()
  await server?.stop()
})

const options = (example, env = {}) => ({ cwd: join(folder, 'examples', example), env: { AEROSPIKE_HOSTS: server.hosts, ...env } })
const unless = (name) => ({ skip: tools[name] === null && missing(name) })

test('node: optimistic locking under contention loses no update', async () => {
  const { code, stdout, stderr } = await runProgram(process.execPath, ['optimistic-locking.mjs'], options('node'))
  assert.deepEqual([code, stderr], [0, ''])
  const conflicts = Number(/20 tellers, (\d+) conflicts/.exec(stdout)?.[1])
  assert.ok(conflicts >= 20, `${stdout}: no contention`)
  assert.match(stdout, /payments \d+, refused \d+, together 500\nmoney 1800 of 1800\n$/)
})

test('node: tests of an application with a server in their process', async () => {
  const { code, stdout, stderr } = await runProgram(process.execPath, ['--test', '--test-reporter=spec', 'testing.test.mjs'], options('node'))
  assert.deepEqual([code, stderr], [0, ''], stdout)
  assert.match(stdout, /pass 5\n.*fail 0\n/s)
})

test('deno: a job with typed code and narrow permissions', unless('deno'), async () => {
  const input = await readFile(new URL('deno/scores.txt', EXAMPLES), 'utf8')
  const args = ['run', '--check', '--allow-net', '--allow-env', '--allow-read', 'scores.ts']
  const { code, stdout, stderr } = await runProgram(tools.deno, args, { ...options('deno'), input })
  assert.equal(code, 0, stderr)
  assert.equal(stdout, 'ada: 151 points in 3 games\ngrace: 160 points in 2 games\nlinus: 5 points in 1 games\n')
  const bad = await runProgram(tools.deno, args, { ...options('deno'), input: 'ada 1\nada\n' })
  assert.notEqual(bad.code, 0)
  assert.match(bad.stderr, /line 2 is not 'player points': ada/)
})

test('bun: a server that counts visits, and ends in good order', unless('bun'), async () => {
  const program = startProgram(tools.bun, ['run', 'counter.ts'], options('bun'))
  const [, url] = await program.line(/^listening on (http.*)$/)
  const visit = async (page) => (await fetch(new URL(page, url))).json()
  assert.deepEqual(await visit('/a'), { page: '/a', visits: 1 })
  assert.deepEqual(await visit('/a'), { page: '/a', visits: 2 })
  const many = await Promise.all(Array.from({ length: 50 }, () => visit('/b')))
  assert.deepEqual(many.map(({ visits }) => visits).sort((a, b) => a - b), many.map((_, i) => i + 1))
  program.child.kill('SIGTERM')
  await program.line(/^closed$/)
  assert.equal(await program.ended, 0, program.output())
})

const WINDOW = 3
const windowNow = () => Math.floor(Date.now() / 1000 / WINDOW)
const nextWindow = () => sleep(WINDOW * 1000 - (Date.now() % (WINDOW * 1000)) + 100)

/** Runs `body` until it began and ended in the same window, and then what it gave. */
async function untilOneWindow(body) {
  for (let round = 0; ; round++) {
    await nextWindow()
    const window = windowNow()
    const check = await body(round, window)
    if (windowNow() === window || round === 5) return check()
  }
}

test('workers: a rate limiter at the edge', unless('workerd'), async () => {
  const { scripts } = JSON.parse(await readFile(new URL('workers/package.json', EXAMPLES), 'utf8'))
  const PATH = [join(MODULES, '.bin'), process.env.PATH].join(delimiter)
  const own = options('workers', { PATH, LIMIT: '3', WINDOW: String(WINDOW) })
  const built = await runProgram('sh', ['-c', scripts.build], own)
  assert.equal(built.code, 0, built.stderr)
  const program = startProgram('sh', ['-c', `exec ${scripts.start} --control-fd=1 --socket-addr=http=127.0.0.1:0`], own)
  try {
    const [, port] = await program.line(/"port":(\d+)/)
    const ask = async (ip) => {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'cf-connecting-ip': ip } })
      return [response.status, response.headers.get('ratelimit-remaining'), response.headers.has('retry-after')]
    }
    await untilOneWindow(async (round, window) => {
      const [one, two, three] = [1, 2, 3].map((n) => `203.0.${round}.${n}`)
      const first = []
      for (let i = 0; i < 5; i++) first.push(await ask(one))
      const others = await Promise.all([two, three].map(ask))
      const record = await client.get(['test', 'limits', `${one}/${window}`]).catch((error) => error)
      return () => {
        assert.deepEqual(first, [[200, '2', false], [200, '1', false], [200, '0', false], [429, '0', true], [429, '0', true]])
        assert.deepEqual(others, [[200, '2', false], [200, '2', false]])
        assert.equal(record.bins?.used, 5, String(record))
        assert.ok(record.meta.ttl >= 1 && record.meta.ttl <= 2 * WINDOW, `ttl ${record.meta.ttl}`)
      }
    })
    await nextWindow()
    assert.deepEqual(await ask('203.0.0.1'), [200, '2', false])
  } finally {
    await program.stop()
  }
})

test('lambda: the second invocation opens no connection, also after the environment slept', async () => {
  const program = startProgram(process.execPath, ['local.mjs'], options('lambda'))
  const invoke = async () => {
    program.send('{"user":"ada"}\n')
    return JSON.parse((await program.line(/^(\{.*\})$/))[1])
  }
  try {
    const first = await invoke()
    assert.deepEqual({ ...first, connectionsOpened: 0 }, { user: 'ada', visits: 1, cold: true, connectionsOpened: 0 })
    assert.ok(first.connectionsOpened >= 1)
    assert.deepEqual(await invoke(), { ...first, visits: 2, cold: false })
    program.child.kill('SIGSTOP')
    await sleep(1500)
    program.child.kill('SIGCONT')
    assert.deepEqual(await invoke(), { ...first, visits: 3, cold: false })
    program.child.stdin.end()
    assert.equal(await program.ended, 0)
  } finally {
    await program.stop('SIGKILL')
  }
})

test('lambda: an invocation that finds no server tells so, and the next one tries again', async () => {
  const env = { AEROSPIKE_HOSTS: '127.0.0.1:1' }
  const { stdout } = await runProgram(process.execPath, ['local.mjs'], { ...options('lambda', env), input: '{"user":"a"}\n{"user":"a"}\n' })
  const answers = stdout.trim().split('\n').map((line) => JSON.parse(line))
  assert.deepEqual(answers.map(({ errorType }) => errorType), ['ClusterError', 'ClusterError'])
})

test('websocket-tunnel: a client without TCP, in every runtime that has WebSockets', async (context) => {
  const secret = { TOKEN: 'a secret of this test' }
  const env = { ALLOW: server.hosts, PORT: '0', ...secret }
  const relay = startProgram(process.execPath, ['relay.mjs'], options('websocket-tunnel', env))
  try {
    const [, RELAY] = await relay.line(/^relay listening on (ws.*)$/)
    const starts = {
      node24: ['client.mjs'],
      deno: ['run', '--allow-net', '--allow-env', '--allow-read', 'client.mjs'],
      bun: ['run', 'client.mjs']
    }
    for (const [name, args] of Object.entries(starts)) {
      await context.test(name, unless(name), async () => {
        const { code, stdout, stderr } = await runProgram(tools[name], args, options('websocket-tunnel', { RELAY, ...secret }))
        assert.deepEqual([code, stdout], [0, 'through the tunnel: 2\n'], stderr)
      })
    }
    const refused = { TOKEN: 'a wrong one', AEROSPIKE_HOSTS: server.hosts, RELAY }
    await context.test('a wrong token is refused', unless('deno'), async () => {
      const { code, stderr } = await runProgram(tools.deno, starts.deno, options('websocket-tunnel', refused))
      assert.notEqual(code, 0)
      assert.match(stderr, /ClusterError: connect: .*connection refused/)
    })
    const elsewhere = { ...secret, RELAY, AEROSPIKE_HOSTS: '127.0.0.1:1' }
    await context.test('so is an address that is not allowed', unless('deno'), async () => {
      const { stderr } = await runProgram(tools.deno, starts.deno, options('websocket-tunnel', elsewhere))
      assert.match(stderr, /ClusterError: connect: 127\.0\.0\.1:1: connection refused/)
    })
  } finally {
    await relay.stop()
  }
})
