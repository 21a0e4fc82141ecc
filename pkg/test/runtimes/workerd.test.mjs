/*
 * What is special about workerd: sockets and timers that belong to one request, a clock that moves only with I/O, errors
 * without numbers.
 *
 * Imports Node, support/. Needs AEROSPIKE_TARBALL and AEROSPIKE_TESTSERVER.
 */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { badPeers, withPeer, withProxy } from '../e2e/support/peers.mjs'
import { startTestServer } from '../e2e/support/server.mjs'
import { makeProject } from './support/project.mjs'
import { missing, tools } from './support/tools.mjs'
import { bundle, configure, serve } from './support/workerd.mjs'

const ELSEWHERE = /^(\w+): this client was connected in another request.* connect in each request, or keep the client in a Durable Object$/
const skip = tools.workerd === null && missing('workerd')

let server
let worker
let release

before(async () => {
  if (skip) return
  server = await startTestServer(1)
  const folder = await makeProject('workerd', { [new URL('programs', import.meta.url).href]: 'programs' })
  await bundle(folder, 'programs/requests.mjs')
  const silent = await new Promise((resolve) => {
    const held = new Promise((free) => (release = free))
    withPeer(badPeers.silent, (hosts) => (resolve(hosts), held))
  })
  await configure(folder, { bindings: { AEROSPIKE_HOSTS: server.hosts, SILENT: silent }, objects: ['Object'] })
  worker = await serve(folder)
})

after(async () => {
  await worker?.stop()
  release?.()
  await server?.stop()
})

async function ask(path) {
  const response = await fetch(`${worker.url}/${path}`, { signal: AbortSignal.timeout(20_000) })
  const answer = await response.json()
  assert.equal(response.status, 200, answer.unexpected)
  return answer
}

test('a client of another request refuses every call, before anything is sent', { skip }, async () => {
  assert.deepEqual(await ask('keep'), { n: 1 })
  const answers = await ask('elsewhere')
  assert.equal(answers.length, 9)
  for (const answer of answers) {
    assert.equal(answer.class, 'ClientError')
    assert.match(answer.message, ELSEWHERE)
    assert.match(answer.cause, /different request/)
    assert.equal(answer.inDoubt, false)
  }
  assert.deepEqual((await ask('anew')).bins, { n: 1 })
})

test('it can be closed from there, and says so afterwards', { skip }, async () => {
  await ask('keep')
  assert.deepEqual(await ask('closeElsewhere'), { class: 'ClientError', message: 'get: the client is closed; connect again', inDoubt: false })
})

test('a request that leaves a command behind does not harm the next one', { skip }, async () => {
  await ask('keep')
  assert.equal(await ask('abandon'), 'left')
  for (let i = 0; i < 3; i++) assert.deepEqual(await ask('anew'), { bins: { n: 1 }, abandoned: true })
})

test('requests at the same time have clients of their own', { skip }, async () => {
  await ask('keep')
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask('anew')))
  assert.ok(answers.every(({ bins }) => bins.n === 1))
})

test('a Durable Object keeps its client from request to request', { skip }, async () => {
  const first = await ask('object')
  assert.ok(first.opened >= 1)
  for (let n = 2; n <= 5; n++) assert.deepEqual(await ask('object'), { n, opened: first.opened })
})

test('connect outside of a request says why not', { skip }, async () => {
  const { class: name, message } = await ask('top')
  assert.equal(name, 'ClientError')
  assert.match(message, /^connect: .*not allowed within global scope.*within a handler/)
})

test('addresses that do not answer end as ClusterError', { skip }, async () => {
  const [refused, unknown] = await ask('refused')
  assert.deepEqual([refused.class, refused.message], ['ClusterError', 'connect: 127.0.0.1:1: connection failed'])
  assert.deepEqual([unknown.class, unknown.message], ['ClusterError', 'connect: no-such-host.invalid:3000: connection failed'])
})

test('timeouts come when they are due', { skip }, async () => {
  const { error, took } = await ask('silent')
  assert.equal(error.class, 'ClusterError')
  assert.match(error.message, /no answer in time/)
  assert.ok(took >= 290 && took < 3000, `took ${took} ms`)
})

test('a command that is not answered times out; a write is in doubt', { skip }, async () => {
  let messages = 0
  const swallow = () => ++messages > 1
  const { get, put, took } = await withProxy(server.hosts, swallow, (hosts) => ask(`stalled?hosts=${hosts}`))
  assert.deepEqual([get.class, get.inDoubt, put.class, put.inDoubt], ['AerospikeTimeoutError', false, 'AerospikeTimeoutError', true])
  // The client's own policies would wait for a minute.
  assert.ok(took >= 290 && took < 15_000, `took ${took} ms`)
})

test('a clock that stands still and then jumps does no harm', { skip }, async () => {
  assert.deepEqual(await ask('clock'), { stood: true, all: true, bins: { n: 1 } })
})

test('many commands at once, two clients in one request', { skip }, async () => {
  assert.equal(await ask('many'), true)
})
