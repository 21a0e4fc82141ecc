/*
 * Errors: the class, code and text of each failure a server can be brought to, and of each refused argument.
 *
 * Imports support/check.mjs.
 */

import { equal, ok, rejects } from '../support/check.mjs'

export const errors = [
  {
    name: 'errors: each carries class, name, code, doubt, node, attempts and a message',
    async run({ client, key, aerospike }) {
      const k = key()
      const error = await rejects(client.get(k), aerospike.RecordNotFound)
      equal(Object.keys(error).sort(), ['attempts', 'inDoubt', 'node', 'resultCode'])
      const what = 'record not found (AEROSPIKE_ERR_RECORD_NOT_FOUND 2)'
      const advice = 'check namespace, set and type of the user key, or expect it'
      equal(error.message, `get ${k.join('/')}: ${what} [node ${error.node}, 1 attempt]; ${advice}`)
      equal(`${error}`, `RecordNotFound: ${error.message}`)
      equal(error.resultCode, aerospike.AEROSPIKE_ERR_RECORD_NOT_FOUND)
    }
  },
  {
    name: 'errors: a record that is too big',
    async run({ client, key, aerospike }) {
      const k = key()
      await rejects(client.put(k, { a: new Uint8Array(1_200_000) }), aerospike.RecordTooBig, { resultCode: 13, inDoubt: false })
      equal((await client.exists(k)).exists, false)
      await client.put(k, { a: new Uint8Array(600_000) })
      await rejects(client.append(k, 'a', new Uint8Array(600_000)), aerospike.RecordTooBig, { resultCode: 13 })
      equal((await client.get(k)).bins.a.length, 600_000)
    }
  },
  {
    name: 'errors: a namespace that the cluster does not have',
    async run({ client, unique, aerospike }) {
      const key = ['nowhere', 'e2e', unique()]
      const expected = { resultCode: 20, inDoubt: false, message: /nowhere/ }
      await rejects(client.put(key, { a: 1 }), aerospike.ServerError, expected)
      await rejects(client.get(key), aerospike.ServerError, expected)
      await rejects(client.exists(key), aerospike.ServerError, expected)
      await rejects(client.remove(key), aerospike.ServerError, expected)
    }
  },
  {
    name: 'errors: a namespace that the cluster does not have, in one row of a batch',
    async run({ client, key, unique, aerospike }) {
      const k = key()
      await client.put(k, { a: 1 })
      const rows = await client.batchRead([k, ['nowhere', 'e2e', unique()], k])
      equal(rows.map((row) => row.result), [0, 20, 0])
      ok(rows[1].error instanceof aerospike.ServerError, `${rows[1].error}`)
    }
  },
  {
    name: 'errors: GeoJSON that is none',
    async run({ client, key, aerospike }) {
      const k = key()
      for (const text of ['{"type":"Point"}', 'nonsense', '{"type":"Point","coordinates":[1000,0]}']) {
        await rejects(client.put(k, { g: new aerospike.GeoJSON(text) }), aerospike.ServerError, { resultCode: 160, inDoubt: false })
      }
    }
  },
  {
    name: 'errors: a parameter the server refuses',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1 })
      const replace = { policy: { exists: aerospike.POLICY_EXISTS_REPLACE } }
      await rejects(client.removeBin(k, ['a'], replace), aerospike.ServerError, { resultCode: 4, inDoubt: false })
      await rejects(client.increment(k, 'a', 1, replace), aerospike.ServerError, { resultCode: 4 })
    }
  },
  {
    name: 'errors: keys that are none are refused before anything is sent',
    async run({ client, aerospike }) {
      const bad = [
        [null, 'key'], ['test', 'key'], [['test', 'e2e'], 'key'], [['test', 'e2e', 'k', new Uint8Array(20), 1], 'key'],
        [['', 'e2e', 'k'], 'key.namespace'], [[1, 'e2e', 'k'], 'key.namespace'], [['n'.repeat(32), 'e2e', 'k'], 'key.namespace'],
        [['test', 5, 'k'], 'key.set'], [['test', 's'.repeat(64), 'k'], 'key.set'], [['test', 'e2e', 1.5], 'key.userKey'],
        [['test', 'e2e', null], 'key.userKey'], [['test', 'e2e', undefined], 'key.userKey'], [['test', 'e2e', true], 'key.userKey'],
        [['test', 'e2e', 2 ** 53], 'key.userKey'], [['test', 'e2e', 2n ** 63n], 'key.userKey'], [['test', 'e2e', []], 'key.userKey'],
        [['test', 'e2e', null, new Uint8Array(19)], 'key.digest']
      ]
      for (const [key, field] of bad) {
        const error = await rejects(client.get(key), aerospike.InvalidArgError, { field, resultCode: -2, inDoubt: false, node: '' })
        ok(error.message.startsWith('get: '), error.message)
        await rejects(client.put(key, { a: 1 }), aerospike.InvalidArgError, { field })
      }
    }
  },
  {
    name: 'errors: bins that are none are refused before anything is sent',
    async run({ client, key, aerospike }) {
      const k = key()
      const cyclic = { list: [] }
      cyclic.list.push(cyclic)
      let deep = 1
      for (let i = 0; i < 2000; i++) deep = [deep]
      const bad = [
        [null, 'bins'], ['text', 'bins'], [[1], 'bins'], [{}, 'bins'], [{ a_name_too_long_: 1 }, /^bins/], [{ '': 1 }, /^bins/],
        [{ a: undefined }, 'bins.a'], [{ a: 2n ** 63n }, 'bins.a'], [{ a: 2 ** 63 }, 'bins.a'], [{ a: -(2 ** 64) }, 'bins.a'], [{ a: () => 1 }, 'bins.a'],
        [{ a: Symbol('x') }, 'bins.a'], [{ a: [1, undefined] }, 'bins.a[1]'], [{ a: { b: [{ c: undefined }] } }, 'bins.a.b[0].c'],
        [{ a: new Date(0) }, 'bins.a'], [{ a: new Set([1]) }, 'bins.a'], [{ a: cyclic }, /^bins\.a/], [{ a: deep }, /^bins\.a/],
        [{ a: new Map([[1.5, 1]]) }, /^bins\.a/], [{ a: new Map([[null, 1]]) }, /^bins\.a/], [{ a: new Float64Array(1) }, 'bins.a']
      ]
      for (const [bins, field] of bad) {
        await rejects(client.put(k, bins), aerospike.InvalidArgError, { field, resultCode: -2, message: /^put/ })
      }
      equal((await client.exists(k)).exists, false)
    }
  },
  {
    name: 'errors: options that are not known, or not in range, are refused',
    async run({ client, key, aerospike }) {
      const k = key()
      const bad = [
        [{ timeout: 1 }, /timeout/], [{ policy: { timeout: 1 } }, 'policy.timeout'], [{ policy: { exists: 99 } }, 'policy.exists'],
        [{ policy: { exists: '4' } }, 'policy.exists'], [{ policy: { gen: 3 } }, 'policy.gen'], [{ policy: { key: 2 } }, 'policy.key'],
        [{ policy: { commitLevel: -1 } }, 'policy.commitLevel'], [{ policy: { durableDelete: 1 } }, 'policy.durableDelete'],
        [{ policy: { totalTimeout: -1 } }, 'policy.totalTimeout'], [{ policy: { maxRetries: 1.5 } }, 'policy.maxRetries'],
        [{ policy: { filterExpression: 'a' } }, 'policy.filterExpression'], [{ policy: { replica: 0 } }, 'policy.replica'],
        [{ policy: 5 }, 'policy'], [{ meta: { generation: 1 } }, 'meta.generation'], [{ meta: { gen: 1.5 } }, 'meta.gen'],
        [{ meta: { gen: -1 } }, 'meta.gen'], [{ meta: [] }, 'meta'], [{ signal: {} }, 'signal'], [5, 'options']
      ]
      for (const [options, field] of bad) await rejects(client.put(k, { a: 1 }, options), aerospike.InvalidArgError, { field })
      await rejects(client.get(k, { meta: {} }), aerospike.InvalidArgError, { message: /meta/ })
      await rejects(client.get(k, { policy: { exists: 1 } }), aerospike.InvalidArgError, { field: 'policy.exists' })
      await rejects(client.put(k, { a: 1 }, { policy: { total_timeout: 1 } }), aerospike.InvalidArgError, { message: /did you mean 'totalTimeout'/ })
      equal((await client.exists(k)).exists, false)
    }
  },
  {
    name: 'errors: the stack of a refused argument shows the caller',
    async run({ client, aerospike }) {
      async function callerWithAName() {
        await client.put(null, {})
      }
      const error = await rejects(callerWithAName(), aerospike.InvalidArgError)
      ok(error.stack.includes('callerWithAName'), error.stack)
    }
  }
]
