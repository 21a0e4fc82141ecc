/*
 * Typed sets, builders of operations, streams of rows, and what a client tells about itself.
 *
 * Imports support/check.mjs.
 */

import { equal, ok, rejects } from '../support/check.mjs'

export const typed = [
  {
    name: 'typed sets: every call, by user key',
    async run({ client, key, aerospike }) {
      const { op } = aerospike
      const [[, , ann], [, , bob]] = [key(), key()]
      const users = client.set('test', 'e2e')
      await users.put(ann, { name: 'Ann', age: 30, email: 'a@x' })
      await users.increment(ann, 'age')
      await users.append(ann, 'name', ' Lee')
      await users.prepend(ann, 'name', 'Dr. ')
      await users.removeBin(ann, 'email')
      equal((await users.get(ann)).bins, { name: 'Dr. Ann Lee', age: 31 })
      equal((await users.select(ann, ['age'])).bins, { age: 31 })
      await users.touch(ann, 600)
      ok((await users.exists(ann)).meta.ttl > 500, 'renewed')
      equal((await users.operate(ann, [op.incr('age', 4), op.read('age')])).bins, { age: 35 })
      equal((await users.operateOrdered(ann, [op.write('name', 'Ann'), op.read('name')])).bins, [['name', 'Ann'], ['name', 'Ann']])
      equal((await users.batchWrite([[ann, { age: 1 }], [bob, { age: 2 }, { ttl: 60 }]])).map((row) => row.result), [0, 0])
      equal((await users.batchRead([ann, bob], ['age'])).map((row) => row.bins), [{ age: 1 }, { age: 2 }])
      equal((await users.batchOperate([ann, bob], [op.incr('age'), op.read('age')])).map((row) => row.bins), [{ age: 2 }, { age: 3 }])
      equal((await users.batchRemove([ann, [bob, { gen: 99 }]])).map((row) => row.result), [0, 3])
      await users.remove(bob)
      await rejects(users.get(bob), aerospike.RecordNotFound)
    }
  },
  {
    name: 'operations by builders: as one, in order',
    async run({ client, key, aerospike }) {
      const { op } = aerospike
      const k = key()
      await client.put(k, { s: 'b', gone: 1 })
      const operations = [
        op.write('n', 1), op.incr('n', 2), op.append('s', 'c'), op.prepend('s', 'a'), op.write('gone', null), op.touch(600), op.read('n'),
        op.read('s')
      ]
      equal((await client.operate(k, operations)).bins, { n: 3, s: 'abc' })
      equal((await client.get(k)).bins, { n: 3, s: 'abc' })
      await client.operate(k, [op.read('n'), op.delete()])
      equal((await client.exists(k)).meta, null)
    }
  },
  {
    name: 'batchReadStream: every key gets its row once, from any iterable, over all nodes',
    async run({ client, keys }) {
      const all = keys(1200)
      await client.batchWrite(all.filter((_, i) => i % 2 === 0).map((key, i) => [key, { i, other: 'x' }]))
      const found = new Map()
      for await (const row of client.batchReadStream(new Set(all), ['i'], { chunkSize: 100 })) {
        ok(!found.has(row.key.userKey), 'a row comes once')
        found.set(row.key.userKey, row.result === 0 ? row.bins : row.result)
      }
      equal(all.map((key) => found.get(key[2])), all.map((_, i) => (i % 2 === 0 ? { i: i / 2 } : 2)))
    }
  },
  {
    name: 'batchReadStream: leaving the loop leaves nothing behind',
    async run({ connect, keys }) {
      const client = await connect()
      const all = keys(3000)
      for (let i = 0; i < 5; i++) {
        for await (const row of client.batchReadStream(all, null, { chunkSize: 1000 })) {
          equal(row.result, 2)
          break
        }
      }
      await client.exists(all[0])
      equal(client.statistics().inFlight, 0)
    }
  },
  {
    name: 'metrics and observers: what was done is told',
    async run({ connect, keys, aerospike }) {
      const told = []
      const client = await connect({ observer: { end: (command) => told.push([command.name, command.error?.name]) } })
      const all = keys(20)
      await Promise.all(all.map((key) => client.put(key, { a: 1 })))
      await rejects(client.put(all[0], { a: 1 }, { policy: { exists: aerospike.POLICY_EXISTS_CREATE_ONLY } }), aerospike.RecordExistsError)
      equal(told, [...all.map(() => ['PUT test.e2e', undefined]), ['PUT test.e2e', 'RecordExistsError']])
      const sum = (name) => {
        const lines = client.metrics().split('\n').filter((line) => line.startsWith(`${name}{`))
        return lines.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0)
      }
      equal([sum('aerospike_node_answers_total'), sum('aerospike_node_server_errors_total')], [21, 1])
      equal(sum('db_client_operation_duration_seconds_count'), 21)
      const seconds = sum('db_client_operation_duration_seconds_sum')
      // The clock of a runtime may be as coarse as a millisecond, which a server in the same process is faster than.
      ok(seconds >= 0 && seconds < 21 * 30, `${seconds} s`)
    }
  }
]
