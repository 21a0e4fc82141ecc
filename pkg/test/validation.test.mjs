/* Every argument the package refuses: InvalidArgError, before anything is sent, naming field, value and limit. */

import assert from 'node:assert/strict'
import test from 'node:test'
import * as aerospike from '../dist/index.js'
import { connectWith } from '../dist/connect.js'
import { fakeClient, fakeRuntime } from './support/client.mjs'
import { fakeModule } from './support/fake-engine.mjs'

const KEY = ['test', 'demo', 'k']
const { InvalidArgError } = aerospike

/** Expects `call(client)` to be refused with `pattern` and `field`, and nothing to be submitted. */
function refuses(name, call, pattern, field) {
  test(name, async () => {
    const { client, engine } = await fakeClient()
    await assert.rejects(
      () => {
        const promise = call(client)
        assert.ok(promise instanceof Promise, 'a call returns a promise')
        return promise
      },
      (error) => {
        assert.ok(error instanceof InvalidArgError, `${error?.stack}`)
        assert.match(error.message, pattern)
        if (field !== undefined) assert.equal(error.field, field)
        assert.equal(error.inDoubt, false)
        return true
      }
    )
    assert.equal(engine.commands.length, 0)
    await client.put(KEY, { after: 1 })
    assert.equal(engine.commands.length, 1)
  })
}

const put = (bins, options) => (client) => client.put(KEY, bins, options)
const get = (key) => (client) => client.get(key)
const operate = (operation) => (client) => client.operate(KEY, [operation])

refuses('unknown option', put({ a: 1 }, { polcy: {} }), /put: polcy: unknown option 'polcy', did you mean 'policy'\?/, 'polcy')
refuses('policy field as option', put({ a: 1 }, { totalTimeout: 5 }), /belongs into \{ policy: \{ totalTimeout \} \}/)
refuses('meta field as option', put({ a: 1 }, { ttl: 5 }), /ttl.*belongs into/)
refuses('unknown policy key', put({ a: 1 }, { policy: { timeout: 1 } }), /policy.timeout: .*'totalTimeout'/, 'policy.timeout')
refuses('misspelt policy key', put({ a: 1 }, { policy: { socketTimout: 1 } }), /unknown policy key 'socketTimout', did you mean 'socketTimeout'\?/)
refuses('policy key in meta', put({ a: 1 }, { meta: { totalTimeout: 1 } }), /unknown meta key 'totalTimeout', it belongs into \{ policy:/, 'meta.totalTimeout')
refuses('snake case as option', put({ a: 1 }, { total_timeout: 1 }), /unknown option 'total_timeout', did you mean \{ policy: \{ totalTimeout \} \}\?/)
refuses('prototype names', put({ a: 1 }, { policy: { constructor: 1 } }), /unknown policy key 'constructor', known are/)
for (const [theirs, ours] of Object.entries({
  socket_timeout: 'socketTimeout', total_timeout: 'totalTimeout', max_retries: 'maxRetries', sleep_between_retries: 'sleepBetweenRetries',
  timeout_delay: 'timeoutDelay', durable_delete: 'durableDelete', commit_level: 'commitLevel', filter_expression: 'filterExpression',
  send_key: 'key', sendKey: 'key', generation: 'gen', retries: 'maxRetries', expiration: 'ttl'
})) {
  refuses(`policy key ${theirs}`, put({ a: 1 }, { policy: { [theirs]: 1 } }), new RegExp(`unknown policy key '${theirs}', did you mean '${ours}'`))
}
for (const theirs of ['read_mode_ap', 'read_touch_ttl_percent', 'allow_inline', 'allow_inline_ssd', 'respond_all_keys']) {
  const ours = theirs.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())
  refuses(`policy key ${theirs}`, (c) => c.batchRead([KEY], null, { policy: { [theirs]: 1 } }), new RegExp(`did you mean '${ours}'`))
}
refuses('snake case', put({ a: 1 }, { policy: { max_retries: 1 } }), /did you mean 'maxRetries'\?/)
refuses('unknown meta key', put({ a: 1 }, { meta: { tll: 1 } }), /meta.tll: .*'ttl'/, 'meta.tll')
refuses('policy of another call', (c) => c.get(KEY, { policy: { exists: 1 } }), /policy.exists: 'exists' does not apply/)
refuses('meta of a read', (c) => c.get(KEY, { meta: {} }), /unknown option 'meta'/)
refuses('policy not an object', put({ a: 1 }, { policy: 5 }), /policy: 5 is not an object/)
refuses('options not an object', put({ a: 1 }, 5), /options: 5 is not an object/)
refuses('enum out of range', put({ a: 1 }, { policy: { exists: 99 } }), /policy.exists: 99 is none of .*0 to 4/, 'policy.exists')
refuses('enum not an integer', put({ a: 1 }, { policy: { gen: 0.5 } }), /policy.gen: 0.5/)
refuses('enum as text', put({ a: 1 }, { policy: { key: 'send' } }), /policy.key: 'send' is none of POLICY_KEY_DIGEST/)
refuses('negative timeout', put({ a: 1 }, { policy: { totalTimeout: -1 } }), /policy.totalTimeout: -1 is not an integer from 0/)
refuses('retries', put({ a: 1 }, { policy: { maxRetries: 70000 } }), /70000 is not an integer from 0 to 65535/)
refuses('flag', put({ a: 1 }, { policy: { durableDelete: 1 } }), /durableDelete: 1 is not true or false/)
refuses('filter', put({ a: 1 }, { policy: { filterExpression: {} } }), /filterExpression: an object is not a Uint8Array/)
refuses('touch percent', (c) => c.get(KEY, { policy: { readTouchTtlPercent: 101 } }), /101 is not an integer from -1 to 100/)
refuses('generation', put({ a: 1 }, { meta: { gen: -1 } }), /meta.gen: -1/)
refuses('signal', put({ a: 1 }, { signal: {} }), /signal: is not an AbortSignal/)

for (const ttl of [-4, 315360001, 1.5, NaN, '60', 60n]) {
  refuses(`TTL ${String(ttl)} in meta`, put({ a: 1 }, { meta: { ttl } }), /meta.ttl: .*315360000/, 'meta.ttl')
  refuses(`TTL ${String(ttl)} in touch`, (c) => c.touch(KEY, ttl), /touch: ttl: .*315360000/, 'ttl')
}

refuses('bin name empty', put({ '': 1 }), /bins: the bin name is empty; it needs 1 to 15 bytes/, 'bins')
refuses('bin name of 16', put({ abcdefghijklmnop: 1 }), /'abcdefghijklmnop' is 16 bytes long; the limit of a bin name is 15/)
refuses('bin name of 16 bytes in 8 characters', put({ ääääääää: 1 }), /'ääääääää' is 16 bytes long/)
refuses('bin name in increment', (c) => c.increment(KEY, 'abcdefghijklmnop', 1), /increment: bin: .*16 bytes/, 'bin')
refuses('bin name in select', (c) => c.select(KEY, ['a', '']), /select: bins\[1\]: .*empty/, 'bins[1]')
refuses('bin name in removeBin', (c) => c.removeBin(KEY, [5]), /bins\[0\]: bin name 5 is not a string/)
refuses('bin name in operate', operate({ op: 1, bin: 'abcdefghijklmnop' }), /ops\[0\].bin: .*16 bytes/, 'ops[0].bin')
refuses('no bins', put({}), /put: bins: there is no bin to write/)
refuses('bins null', put(null), /bins: null is not a plain object/)
refuses('bins array', put([1]), /bins: an array of 1 is not a plain object/)
refuses('bins a Map', put(new Map()), /bins: a Map is not a plain object/)
refuses('no bins to select', (c) => c.select(KEY, []), /use exists\(\)/)
refuses('select text', (c) => c.select(KEY, 'a'), /bins: 'a' is not an array/)
refuses('no bins to remove', (c) => c.removeBin(KEY, []), /no bin to remove/)

refuses('namespace empty', get(['', 'demo', 'k']), /get: key.namespace: .*empty; it needs 1 to 31 bytes/, 'key.namespace')
refuses('namespace of 32', get(['n'.repeat(32), 'demo', 'k']), /32 bytes long; the limit of a namespace is 31/)
refuses('namespace a number', get([1, 'demo', 'k']), /key.namespace: 1 is not a string/)
refuses('set of 64', get(['test', 's'.repeat(64), 'k']), /key.set: .*64 bytes long; the limit of a set is 63/, 'key.set')
refuses('set a number', get(['test', 5, 'k']), /key.set: 5 is not a string/)
refuses('key text', get('test'), /key: 'test' is not \[namespace, set, userKey\]/, 'key')
refuses('key undefined', get(undefined), /key: undefined is not/)
refuses('key of two', get(['test', 'demo']), /key: an array of 2/)
refuses('key of five', get(['a', 'b', 'c', null, 1]), /key: an array of 5/)
for (const bad of [1.5, NaN, Infinity, 2 ** 53, true, null, undefined, {}, [1], Symbol('x'), () => 1, new Date()]) {
  refuses(`user key ${typeof bad === 'symbol' ? 'symbol' : String(bad)}`, get(['test', 'demo', bad]), /key.userKey/, 'key.userKey')
}
refuses('user key beyond 64 bits', get(['test', 'demo', 2n ** 63n]), /beyond 64 bits; the limits are -9223372036854775808 and/)
refuses('user key with half a surrogate pair', get(['test', 'demo', '\ud800']), /surrogate/)
refuses('digest of 19', get(['test', 'demo', 'k', new Uint8Array(19)]), /key.digest: 19 bytes; a digest has exactly 20/)
refuses('digest text', get(['test', 'demo', 'k', 'x'.repeat(20)]), /key.digest: .* is not a Uint8Array/)
refuses('no user key and no digest', get(['test', 'demo', null, null]), /key.userKey: null/)

refuses('undefined', put({ a: undefined }), /bins.a: undefined is not a value/, 'bins.a')
refuses('undefined inside', put({ a: [1, { b: undefined }] }), /bins.a\[1\].b: undefined/, 'bins.a[1].b')
refuses('BigInt beyond 64 bits', put({ a: 2n ** 63n }), /bins.a: 9223372036854775808n is beyond 64 bits/)
refuses('integral number beyond 64 bits', put({ a: 1e19 }), /bins.a: integer 10000000000000000000 is beyond 64 bits; use new Double/)
refuses('function', put({ a: () => 1 }), /a function is not a value/)
refuses('symbol', put({ a: Symbol('x') }), /a symbol is not a value/)
refuses('Date', put({ a: new Date() }), /a Date is not a value; use getTime/)
refuses('Set', put({ a: new Set() }), /use \[...set\]/)
refuses('Float64Array', put({ a: new Float64Array(1) }), /use new Uint8Array\(view/)
refuses('class', put({ a: new (class Foo {})() }), /an instance of Foo is not a value/)
refuses('map key', put({ a: new Map([[1.5, 1]]) }), /bins.a.get\(1.5\): 1.5 is not a map key/)
refuses('map key null', put({ a: new Map([[null, 1]]) }), /null is not a map key/)
refuses('map key twice', put({ a: new Map([[1, 1], [1n, 2]]) }), /in the map twice/)

const cyclicList = [1]
cyclicList.push([cyclicList])
refuses('cyclic list', put({ a: cyclicList }), /bins.a\[1\]: the value is cyclic/, 'bins.a[1]')
const cyclicMap = { b: {} }
cyclicMap.b.c = cyclicMap
refuses('cyclic map', put({ a: [cyclicMap] }), /bins.a\[0\].b.c: the value is cyclic/)
let deep = 1
for (let i = 0; i < 65; i++) deep = i % 2 ? [deep] : { d: deep }
refuses('nested 65 deep', put({ a: deep }), /bins.a: lists and maps nest deeper than 64/, 'bins.a')
test('nested 64 deep is fine', async () => {
  const { client } = await fakeClient()
  let value = 1
  for (let i = 0; i < 64; i++) value = [value]
  await client.put(KEY, { a: value })
})

refuses('NaN offset', (c) => c.increment(KEY, 'n', NaN), /increment: offset: NaN/, 'offset')
refuses('NaN in a Double', (c) => c.increment(KEY, 'n', new aerospike.Double(NaN)), /offset: NaN/)
for (const offset of ['1', true, null, [1]]) refuses(`offset ${offset}`, (c) => c.increment(KEY, 'n', offset), /offset: .* is not a number/)
refuses('append a number', (c) => c.append(KEY, 's', 5), /append: value: 5 is not a string or a Uint8Array/, 'value')
refuses('prepend null', (c) => c.prepend(KEY, 's', null), /prepend: value: null/)

refuses('ops not an array', (c) => c.operate(KEY, { op: 1 }), /operate: ops: an object is not an array/)
refuses('ops empty', (c) => c.operateOrdered(KEY, []), /operateOrdered: ops: there is no operation/)
refuses('op unsupported', operate({ op: 99, bin: 'a' }), /ops\[0\].op: 99 is not supported; use an OPERATOR_\*/, 'ops[0].op')
refuses('op missing', operate({ bin: 'a' }), /ops\[0\].op: is missing/)
refuses('op null', operate(null), /ops\[0\]: null is not an operation/)
refuses('op with unknown field', operate({ op: 1, bin: 'a', value: 1 }), /ops\[0\].value: unknown operation key 'value', did you mean 'val'/)
refuses('WRITE without val', operate({ op: 2, bin: 'a' }), /ops\[0\].val: is missing/, 'ops[0].val')
refuses('WRITE without bin', operate({ op: 2, val: 1 }), /ops\[0\].bin: is missing/)
refuses('APPEND without val', operate({ op: 9, bin: 'a' }), /ops\[0\].val: is missing/)
refuses('INCR of NaN', operate({ op: 5, bin: 'a', val: NaN }), /ops\[0\].val: NaN/)
refuses('INCR of text', operate({ op: 5, bin: 'a', val: 'x' }), /ops\[0\].val: 'x' is not a number/)
refuses('READ with val', operate({ op: 1, bin: 'a', val: 1 }), /a READ takes no value/)
refuses('DELETE with bin', operate({ op: 12, bin: 'a' }), /DELETE concerns the whole record; to remove one bin/)
refuses('TOUCH with a bad TTL', operate({ op: 11, val: -9 }), /ops\[0\].val: -9 is not a TTL/)
refuses('TOUCH against meta', (c) => c.operate(KEY, [{ op: 11, val: 5 }], { meta: { ttl: 6 } }), /one TTL/)

refuses('batch keys', (c) => c.batchRead('x'), /batchRead: keys: 'x' is not an array/)
refuses('batch key', (c) => c.batchRead([KEY, ['test', 'x'.repeat(64), 1]]), /batchRead: keys\[1\].set: .*64 bytes/, 'keys[1].set')
refuses('batch bins', (c) => c.batchRead([KEY], 'a'), /bins: 'a' is not an array/)
refuses('batch write row', (c) => c.batchWrite([KEY]), /batchWrite: rows\[0\]/)
refuses('batch write bins', (c) => c.batchWrite([[KEY, { a: undefined }]]), /rows\[0\].bins.a: undefined/)
refuses('batch write meta', (c) => c.batchWrite([[KEY, { a: 1 }, { tl: 1 }]]), /rows\[0\].meta.tl: unknown/)
refuses('batch operate', (c) => c.batchOperate([KEY], [{ op: 3, bin: 'a' }]), /batchOperate: ops\[0\].op: 3 is not supported/)
refuses('batch remove meta', (c) => c.batchRemove([[KEY, { gen: 'x' }]]), /keys\[0\].meta.gen: 'x'/)

test('a getter that calls the client does not spoil the command', async () => {
  const { client, engine } = await fakeClient()
  let inner
  await client.put(KEY, { a: 1, get b() { inner = client.get(KEY); inner.catch(() => {}); return 2 }, c: 3 })
  await assert.rejects(inner, /a getter of a value must not call the client/)
  assert.deepEqual(engine.commands[0].operations.map((op) => [op.bin, op.value.value]), [['a', 1n], ['b', 2n], ['c', 3n]])
})

test('a getter that throws rejects with its own error', async () => {
  const { client } = await fakeClient()
  await assert.rejects(client.put(KEY, { get a() { throw new TypeError('mine') } }), { name: 'TypeError', message: 'mine' })
  await client.put(KEY, { a: 1 })
})

const CONFIGS = [
  [undefined, /config: undefined is not an object/],
  [{}, /config.hosts: is missing: give hosts such as '127.0.0.1:3000', or set AEROSPIKE_HOSTS/],
  [{ hosts: [] }, /config.hosts: the list is empty/],
  [{ hosts: '' }, /names no host/],
  [{ hosts: 'h:99999' }, /port 99999 is not an integer from 1 to 65535/],
  [{ hosts: 'h:0' }, /port 0/],
  [{ hosts: 'h:abc' }, /port 'abc' is not a number/],
  [{ hosts: 'a:b:c' }, /port 'c' is not a number/],
  [{ hosts: 'a:b:c:1' }, /an IPv6 address with a port is written/],
  [{ hosts: ['127.0.0.1', 3000] }, /\[\['127.0.0.1', 3000\]\]/],
  [{ hosts: [['h', '3000']] }, /config.hosts\[0\]: port '3000' is not a number/],
  [{ hosts: [['', 3000]] }, /host '' is not a name/],
  [{ hosts: [5] }, /config.hosts\[0\]: 5 is neither/],
  [{ hosts: 'h', timeOut: 5 }, /config.timeOut: .*'timeout'/],
  ...Object.entries({
    cluster_name: 'clusterName', idle_timeout: 'idleTimeout', max_conns_per_node: 'maxConnsPerNode', app_id: 'applicationId',
    min_conns_per_node: 'minConnsPerNode', conn_pools_per_node: 'pipelineConnections', tend_interval: 'tendInterval',
    use_services_alternate: 'useServicesAlternate', max_concurrent_operations: 'maxConcurrentOperations',
    operation_queue_timeout_ms: 'operationQueueTimeoutMs', connTimeoutMs: 'timeout', tenderInterval: 'tendInterval', host: 'hosts'
  }).map(([theirs, ours]) => [{ hosts: 'h', [theirs]: 1 }, new RegExp(`unknown config key '${theirs}', did you mean '${ours}'`)]),
  [{ hosts: 'h', policies: { raed: {} } }, /policies.raed: unknown policy key 'raed', did you mean 'read'/],
  [{ hosts: 'h', policies: { read: { total_timeout: 1 } } }, /policies.read.total_timeout: unknown policy key .*'totalTimeout'/],
  [{ hosts: 'h', operationMetrics: 1 }, /config.operationMetrics: 1 is not true or false/],
  [{ hosts: 'h', onEvent: 5 }, /config.onEvent: 5 is not a function/],
  [{ hosts: 'h', maxConcurrentOperations: -1 }, /config.maxConcurrentOperations: -1 is not an integer from 0/],
  [{ hosts: 'h', timeout: 0 }, /config.timeout: 0 is not an integer from 1/],
  [{ hosts: 'h', clusterName: 5 }, /config.clusterName: 5 is not a string/],
  [{ hosts: 'h', useServicesAlternate: 1 }, /useServicesAlternate: 1 is not true or false/],
  [{ hosts: 'h', mergeCommands: 'no' }, /mergeCommands: 'no' is not true or false/],
  [{ hosts: 'h', rackIds: 1 }, /config.rackIds: 1 is not a list of up to 16 racks/],
  [{ hosts: 'h', rackIds: [1, -1] }, /config.rackIds\[1\]: -1 is not an integer from 0 to 1000000/],
  [{ hosts: 'h', openingConnectionThreshold: -1 }, /openingConnectionThreshold: -1 is not an integer from 0/],
  [{ hosts: 'h', minConnsPerNode: 5, maxConnsPerNode: 2 }, /minConnsPerNode: 5 is more than/],
  [{ hosts: 'h', policies: { raed: {} } }, /policies.raed: .*'read'/],
  [{ hosts: 'h', policies: { read: { exists: 1 } } }, /policies.read.exists/],
  [{ hosts: 'h', policies: { write: { ttl: -9 } } }, /policies.write.ttl: -9/]
]
for (const [config, pattern] of CONFIGS) {
  test(`config ${JSON.stringify(config)}`, async () => {
    const { module, engines } = fakeModule()
    await assert.rejects(connectWith(module, fakeRuntime(), config), (error) => {
      assert.ok(error instanceof InvalidArgError, error.stack)
      assert.match(error.message, pattern)
      return true
    })
    assert.equal(engines.length, 0)
  })
}

test('hosts of every form', async () => {
  for (const [hosts, seeds] of [
    ['h', [['h', 3000, '']]],
    ['h:4000', [['h', 4000, '']]],
    ['h1:3000, h2:3001', [['h1', 3000, ''], ['h2', 3001, '']]],
    ['[::1]:3100', [['::1', 3100, '']]],
    ['::1', [['::1', 3000, '']]],
    [[['h', 3000]], [['h', 3000, '']]],
    [['h:5', ['[::1]', 6], '[fe80::1]'], [['h', 5, ''], ['::1', 6, ''], ['fe80::1', 3000, '']]]
  ]) {
    const { engine } = await fakeClient({}, { hosts })
    assert.deepEqual(engine.config.seeds, seeds)
  }
})

test('the configuration reaches the engine', async () => {
  const { engine } = await fakeClient({}, {
    clusterName: 'c', timeout: 1, tendInterval: 2, idleTimeout: 3, maxConnsPerNode: 4, minConnsPerNode: 1,
    useServicesAlternate: true, maxMessageBytes: 5000, pipelineDepth: 6, applicationId: 'app', rackIds: [3, 1],
    openingConnectionThreshold: 2, mergeCommands: false
  })
  const { seeds, ...rest } = engine.config
  assert.equal(seeds.length, 1)
  assert.deepEqual(rest, {
    connect_timeout_ms: 1, tend_interval_ms: 2, idle_timeout_ms: 3, max_conns_per_node: 4, min_conns_per_node: 1,
    max_message_bytes: 5000, pipeline_depth: 6, cluster_name: 'c', application_id: 'app', use_services_alternate: true,
    racks: [3, 1], opening_connection_threshold: 2, merge_commands: false
  })
})

for (const [options, pattern] of [
  [{ transprt: {} }, /connect: transprt: unknown option 'transprt', did you mean 'transport'\?/], [5, /connect: options: 5 is not an object/],
  [null, /options: null/], [{ signal: {} }, /connect: signal: is not an AbortSignal/], [{ policy: {} }, /unknown option 'policy', known are transport, signal/]
]) {
  test(`options of connect ${JSON.stringify(options)}`, async () => {
    const { module, engines } = fakeModule()
    await assert.rejects(connectWith(module, fakeRuntime(), { hosts: 'h' }, options), (error) => {
      assert.ok(error instanceof InvalidArgError, `${error}`)
      assert.match(error.message, pattern)
      return true
    })
    assert.equal(engines.length, 0)
  })
}
