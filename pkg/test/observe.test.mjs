/* Observers, diagnostics channels and metrics. */

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'
import test from 'node:test'
import { connectWith } from '../dist/connect.js'
import { commandChannels } from '../dist/entry/diagnostics.js'
import * as aerospike from '../dist/index.js'
import { fakeClient, fakeRuntime } from './support/client.mjs'
import { fakeModule } from './support/fake-engine.mjs'

const KEY = ['test', 'demo', 'k']
const { op } = aerospike

function recorder() {
  const seen = []
  return {
    seen,
    start(command) {
      seen.push(['start', command.name, command.error, command.duration])
      return seen.length
    },
    end(command, state) {
      seen.push(['end', command.name, state, command.error?.resultCode ?? 0])
      this.last = command
    }
  }
}

test("every call is observed under aerospike-py's name, from its start to its end", async () => {
  const observer = recorder()
  const { client } = await fakeClient({}, { observer })
  const calls = [
    ['PUT', client.put(KEY, { a: 1 })], ['GET', client.get(KEY)], ['SELECT', client.select(KEY, ['a'])], ['EXISTS', client.exists(KEY)],
    ['TOUCH', client.touch(KEY)], ['INCREMENT', client.increment(KEY, 'n')], ['APPEND', client.append(KEY, 's', 'x')],
    ['PREPEND', client.prepend(KEY, 's', 'x')], ['DELETE', client.remove(KEY)], ['REMOVE_BIN', client.removeBin(KEY, 'a')],
    ['OPERATE', client.operate(KEY, [op.read()])], ['OPERATE_ORDERED', client.operateOrdered(KEY, [op.read()])],
    ['BATCH_READ', client.batchRead([KEY])], ['BATCH_WRITE', client.batchWrite([[KEY, { a: 1 }]])],
    ['BATCH_OPERATE', client.batchOperate([KEY], [op.read()])], ['BATCH_REMOVE', client.batchRemove([KEY])]
  ]
  const names = calls.map(([name]) => `${name} test.demo`)
  assert.deepEqual(observer.seen, names.map((name) => ['start', name, null, 0]), 'starts are told at once')
  await Promise.all(calls.map(([, promise]) => promise))
  assert.deepEqual(observer.seen.slice(calls.length), names.map((name, i) => ['end', name, i + 1, 0]))
})

test('attributes are those of spans; a failure adds its class and code', async () => {
  const observer = recorder()
  const { client } = await fakeClient(
    { answer: (id, _c, tape) => tape.serverError(id, 5) }, { observer, hosts: 'h1:3100,h2', clusterName: 'c' }
  )
  await assert.rejects(client.put(KEY, { secret: 1 }))
  const { last } = observer
  assert.deepEqual(last.attributes(), {
    'db.system.name': 'aerospike', 'db.namespace': 'test', 'db.collection.name': 'demo', 'db.operation.name': 'PUT',
    'server.address': 'h1', 'server.port': 3100, 'db.aerospike.cluster_name': 'c', 'error.type': 'RecordExistsError',
    'db.response.status_code': '5'
  })
  assert.ok(last.error instanceof aerospike.RecordExistsError)
  assert.ok(last.duration > 0 && last.startTime > 0)
  assert.deepEqual([last.operation, String(last.key), last.keys], ['put', 'test/demo/k', 1])
})

test('a batch: its size, the set of its first key; failed rows are no failure', async () => {
  const observer = recorder()
  const { client } = await fakeClient({ answer: (id, _c, tape) => tape.row(id, 0, 2).row(id, 1, 2).ok(id) }, { observer })
  await client.batchRead([KEY, ['test', 'other', 1]])
  assert.equal(observer.last.error, null)
  assert.equal(observer.last.key, null)
  assert.equal(observer.last.attributes()['db.operation.batch.size'], 2)
  assert.equal(observer.last.attributes()['db.collection.name'], 'demo')
})

test('refused arguments are not observed', async () => {
  const observer = recorder()
  const { client } = await fakeClient({ refuse: (command) => (command.kind === 1 ? ['client', 'too many'] : null) }, { observer })
  await assert.rejects(client.put(KEY, { a: undefined }))
  await assert.rejects(client.get(KEY), aerospike.BackpressureError)
  assert.deepEqual(observer.seen, [])
})

test("an observer sees the caller's asynchronous context", async () => {
  const storage = new AsyncLocalStorage()
  const stores = []
  const observer = { start: () => stores.push(storage.getStore()), end: () => stores.push(storage.getStore()) }
  const { client } = await fakeClient({}, { observer })
  await storage.run('mine', () => client.get(KEY))
  assert.deepEqual(stores, ['mine', 'mine'])
})

test('what an observer throws reaches the process and not the command', async () => {
  const thrown = []
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => thrown.push(error.message))
  const observer = {
    start() { throw new Error('at start') },
    end() { throw new Error('at end') }
  }
  const { client } = await fakeClient({}, { observer })
  assert.equal((await client.get(KEY)).meta.gen, 1)
  await new Promise((resolve) => setImmediate(resolve))
  process.removeAllListeners('uncaughtException')
  for (const listener of listeners) process.on('uncaughtException', listener)
  assert.deepEqual(thrown, ['at start', 'at end'])
})

for (const [observer, pattern] of [
  [5, /config.observer: 5 is not an object/], [{ start: 5 }, /config.observer.start: 5 is not a function/], [{ end: 'x' }, /observer.end/]
]) {
  test(`observer ${JSON.stringify(observer)}`, async () => {
    await assert.rejects(fakeClient({}, { observer }), (error) => error instanceof aerospike.InvalidArgError && pattern.test(error.message))
  })
}

async function channelClient(script = {}) {
  const { module } = fakeModule({ answer: (id, _c, tape) => tape.ok(id), ...script })
  return connectWith(module, { ...fakeRuntime(), channels: commandChannels }, { hosts: 'h' })
}

test("diagnostics channels: the events of Node's tracingChannel, in its order", async () => {
  const client = await channelClient({ answer: (id, command, tape) => (command.kind === 1 ? tape.serverError(id, 2) : tape.ok(id)) })
  const channels = tracingChannel('aerospike:command')
  const events = []
  const handlers = Object.fromEntries(
    ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((name) => [name, (command) => events.push([name, command])])
  )
  assert.equal(commandChannels.hasSubscribers, false)
  await client.put(KEY, { unseen: 1 })
  channels.subscribe(handlers)
  assert.equal(commandChannels.hasSubscribers, true)
  await client.put(KEY, { a: 1 })
  await assert.rejects(client.get(KEY))
  channels.unsubscribe(handlers)
  await client.put(KEY, { unseen: 1 })
  assert.deepEqual(
    events.map(([name, command]) => `${name} ${command.operation}`),
    ['start put', 'end put', 'asyncStart put', 'asyncEnd put', 'start get', 'end get', 'error get', 'asyncStart get', 'asyncEnd get']
  )
  assert.ok(events[0][1] === events[3][1] && events[0][1] instanceof aerospike.ObservedCommand)
  assert.equal(events[8][1].error.resultCode, 2)
})

test('nothing is made without subscribers', async () => {
  const client = await channelClient()
  const { now } = performance
  let calls = 0
  performance.now = () => (calls++, now.call(performance))
  const before = calls
  const promise = client.get(KEY)
  const submitted = calls - before
  await promise
  performance.now = now
  assert.equal(submitted, 1, 'only the time of the command itself is taken')
})

const NODE = {
  name: 'A"1\\', host: 'h', port: 3000, active: true, open: 2, connecting: 0, inFlight: 1, waiting: 0, opened: 3, closed: 1,
  answered: 7, serverErrors: 1, timeouts: 2, connectionErrors: 0, retries: 4, latencySum: 1500,
  latency: [1, 0, 2, ...new Array(20).fill(0), 4]
}

/** Reads the exposition format strictly: every sample belongs to the metric declared before it. */
function parse(text) {
  assert.ok(text.endsWith('\n'))
  const samples = new Map()
  let current = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const type = /^# TYPE ([a-z_]+) (gauge|counter|histogram)$/.exec(line)
    if (type !== null) current = type[1]
    if (line.startsWith('#')) {
      assert.match(line, /^# (HELP [a-z_]+ .+|TYPE [a-z_]+ (gauge|counter|histogram))$/)
      continue
    }
    const sample = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\]|\\.)*",?)*)\})? (\S+)$/.exec(line)
    assert.ok(sample !== null && sample[1].replace(/_(bucket|sum|count)$/, '') === current.replace(/_(bucket|sum|count)$/, ''), line)
    assert.ok(Number.isFinite(Number(sample[3])), line)
    assert.ok(!samples.has(`${sample[1]}{${sample[2]}}`), `twice: ${line}`)
    samples.set(`${sample[1]}{${sample[2] ?? ''}}`, Number(sample[3]))
  }
  return samples
}

test('metrics: Prometheus text of the statistics', async () => {
  const { client } = await fakeClient({ nodes: [NODE, { ...NODE, name: 'B', active: false }] })
  const samples = parse(client.metrics())
  const labels = 'node="A\\"1\\\\",server_address="h",server_port="3000"'
  const all = `db_system_name="aerospike",${labels}`
  const duration = 'db_client_operation_duration_seconds'
  for (const [sample, value] of Object.entries({
    'aerospike_client_in_flight{}': 0, [`aerospike_node_active{${labels}}`]: 1, [`aerospike_node_connections_open{${labels}}`]: 2,
    [`aerospike_node_answers_total{${labels}}`]: 7, [`aerospike_node_timeouts_total{${labels}}`]: 2,
    [`aerospike_node_retries_total{${labels}}`]: 4, [`${duration}_bucket{${all},le="0.000001"}`]: 1,
    [`${duration}_bucket{${all},le="0.000002"}`]: 1, [`${duration}_bucket{${all},le="0.000004"}`]: 3,
    [`${duration}_bucket{${all},le="4.194304"}`]: 3, [`${duration}_bucket{${all},le="+Inf"}`]: 7, [`${duration}_sum{${all}}`]: 0.0015,
    [`${duration}_count{${all}}`]: 7
  })) assert.equal(samples.get(sample), value, sample)
  assert.equal([...samples.keys()].filter((name) => name.startsWith(`${duration}_bucket`)).length, 2 * NODE.latency.length)
})

test("operationMetrics: aerospike-py's labels and buckets, by operation", async () => {
  const observer = recorder()
  const { client } = await fakeClient(
    { answer: (id, command, tape) => (command.kind === 1 ? tape.serverError(id, 2) : tape.ok(id)), nodes: [NODE] },
    { operationMetrics: true, observer }
  )
  const duration = 'db_client_operation_duration_seconds'
  assert.ok(!client.metrics().includes(`${duration}_bucket`), 'nothing was done yet')
  await Promise.all([client.put(KEY, { a: 1 }), client.put(KEY, { a: 2 }), client.put(['test', 'other', 1], { a: 2 }), client.removeBin(KEY, 'a')])
  await assert.rejects(client.get(KEY))
  const samples = parse(client.metrics())
  const labels = (operation, error = '', set = 'demo') =>
    `db_system_name="aerospike",db_namespace="test",db_collection_name="${set}",db_operation_name="${operation}",error_type="${error}"`
  for (const [of, count] of [
    [labels('put'), 2], [labels('put', '', 'other'), 1], [labels('remove_bin'), 1], [labels('get', 'RecordNotFound'), 1]
  ]) {
    assert.equal(samples.get(`${duration}_count{${of}}`), count, of)
    assert.equal(samples.get(`${duration}_bucket{${of},le="+Inf"}`), count)
    assert.equal(samples.get(`${duration}_bucket{${of},le="10"}`), count)
    assert.ok(samples.get(`${duration}_bucket{${of},le="0.001"}`) <= count)
    assert.ok(samples.get(`${duration}_sum{${of}}`) > 0)
  }
  assert.equal([...samples.keys()].filter((name) => name.startsWith(`${duration}_bucket{`)).length, 4 * 10)
  assert.ok([...samples.keys()].some((name) => name.startsWith('aerospike_node_answers_total')))
  assert.equal(observer.seen.length, 10, 'an observer hears of them as well')
})
