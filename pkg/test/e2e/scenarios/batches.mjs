/*
 * Batches: many records in one call, each row with its own result.
 *
 * Imports support/check.mjs.
 */

import { equal, ok, rejects, within } from '../support/check.mjs'
import { builders } from './operations.mjs'
import { binEquals } from './reads.mjs'

const NEVER = 4_294_967_295

function results(rows) {
  return rows.map((row) => row.result)
}

function bins(rows) {
  return rows.map((row) => row.bins)
}

export const batches = [
  {
    name: 'batchRead: all bins, rows in the order of the keys, misses in their place',
    async run({ client, keys, aerospike }) {
      const all = keys(5)
      await client.put(all[0], { a: 1, b: 'x' })
      await client.put(all[3], { a: 4 })
      const rows = await client.batchRead(all)
      equal(results(rows), [0, 2, 2, 0, 2])
      equal(bins(rows), [{ a: 1, b: 'x' }, null, null, { a: 4 }, null])
      const [hit, miss] = rows
      ok(hit instanceof aerospike.BatchRecord && hit.record instanceof aerospike.Record, 'classes')
      equal({ ...hit.record.meta }, { gen: 1, ttl: NEVER })
      equal([hit.key.userKey, hit.inDoubt, hit.error], [all[0][2], false, null])
      equal([miss.record, miss.inDoubt, miss.key.userKey], [null, false, all[1][2]])
      ok(miss.error instanceof aerospike.RecordNotFound && miss.error.message.includes(all[1][2]), `${miss.error}`)
      ok(client.getNodeNames().includes(miss.node), `node '${miss.node}' of the row that failed`)
    }
  },
  {
    name: 'batchRead: some bins, no bins, no keys',
    async run({ client, keys }) {
      const all = keys(3)
      await Promise.all(all.slice(0, 2).map((key, i) => client.put(key, { a: i, b: -i, c: 'c' })))
      equal(bins(await client.batchRead(all, ['b', 'a', 'nope'])), [{ b: 0, a: 0 }, { b: -1, a: 1 }, null])
      const none = await client.batchRead(all, [])
      equal([bins(none), results(none)], [[{}, {}, null], [0, 0, 2]])
      equal(none[0].record.meta.gen, 1)
      equal(bins(await client.batchRead(all, null)).length, 3)
      equal(await client.batchRead([]), [])
    }
  },
  {
    name: 'batchRead: one key, and the same key several times',
    async run({ client, key }) {
      const k = key()
      await client.put(k, { a: 1 })
      equal(bins(await client.batchRead([k])), [{ a: 1 }])
      equal(bins(await client.batchRead([k, k, k])), [{ a: 1 }, { a: 1 }, { a: 1 }])
    }
  },
  {
    name: 'batchRead: across sets and namespaces, with keys of all kinds',
    async run({ client, key, own }) {
      const id = Math.floor(Math.random() * 2 ** 50)
      const all = [
        key(), key('e2e-other'), key('', 'test'), key('e2e', 'bar'), own(['test', 'e2e', id]), own(['bar', null, BigInt(id)]),
        own(['test', 'e2e', crypto.getRandomValues(new Uint8Array(9))]), own(['test', 'e2e', null, crypto.getRandomValues(new Uint8Array(20))])
      ]
      await Promise.all(all.map((one, i) => client.put(one, { i })))
      equal(bins(await client.batchRead(all)), all.map((_, i) => ({ i })))
    }
  },
  {
    name: 'batchRead: every policy of batches is accepted',
    async run({ client, keys, aerospike }) {
      const all = keys(10)
      await Promise.all(all.map((key, i) => client.put(key, { i })))
      const policies = [
        { allowInline: false }, { allowInlineSsd: true }, { respondAllKeys: false }, { replica: aerospike.POLICY_REPLICA_MASTER },
        { concurrency: aerospike.BATCH_CONCURRENCY_PARALLEL }, { readModeAp: aerospike.POLICY_READ_MODE_AP_ALL },
        { totalTimeout: 5000, socketTimeout: 2000, maxRetries: 3 }, { readTouchTtlPercent: 50 }
      ]
      for (const policy of policies) equal(bins(await client.batchRead(all, ['i'], { policy })), all.map((_, i) => ({ i })))
    }
  },
  {
    name: 'batches: one node after the other with BATCH_CONCURRENCY_SEQUENTIAL',
    async run({ client, keys, aerospike }) {
      const all = keys(50)
      const policy = { concurrency: aerospike.BATCH_CONCURRENCY_SEQUENTIAL }
      const written = await client.batchWrite(all.map((key, i) => [key, { i }]), { policy })
      ok(written.every((row) => row.result === 0), 'all written')
      equal(bins(await client.batchRead(all, null, { policy })), all.map((_, i) => ({ i })))
    }
  },
  {
    name: 'batchRead: a filter expression takes rows out',
    async run({ client, keys, aerospike }) {
      const all = keys(4)
      await Promise.all(all.slice(0, 3).map((key, i) => client.put(key, { a: i })))
      const rows = await client.batchRead(all, null, { policy: { filterExpression: binEquals('a', 1) } })
      equal(results(rows), [27, 0, 27, 2])
      ok(rows[0].error instanceof aerospike.FilteredOut, 'FilteredOut')
    }
  },
  {
    name: 'batchWrite: each row its own bins and meta',
    async run({ client, keys, aerospike }) {
      const all = keys(5)
      await client.put(all[3], { old: 1 })
      const rows = await client.batchWrite([
        [all[0], { a: 1, l: [1, 2] }], [all[1], { a: 2 }, { ttl: 300 }], [all[2], { a: 3 }, { exists: aerospike.POLICY_EXISTS_UPDATE_ONLY }],
        [all[3], { a: 4 }, { exists: aerospike.POLICY_EXISTS_REPLACE }], [all[4], { a: 5 }, { gen: 0, key: aerospike.POLICY_KEY_SEND }]
      ])
      equal(results(rows), [0, 0, 2, 0, 0])
      ok(rows[2].error instanceof aerospike.RecordNotFound, `${rows[2].error}`)
      equal(rows.map((row) => row.record?.meta.gen), [1, 1, undefined, 2, 1])
      const read = await client.batchRead(all)
      equal(bins(read), [{ a: 1, l: [1, 2] }, { a: 2 }, null, { a: 4 }, { a: 5 }])
      within(read[1].record.meta.ttl, 290, 300)
      equal(read[0].record.meta.ttl, NEVER)
    }
  },
  {
    name: 'batchWrite: meta of the call holds for rows without their own; one row may fail',
    async run({ client, keys, aerospike }) {
      const all = keys(3)
      await client.put(all[1], { a: 0 })
      const rows = await client.batchWrite(all.map((key, i) => [key, { a: i + 1 }]), {
        meta: { ttl: 500 }, policy: { exists: aerospike.POLICY_EXISTS_CREATE_ONLY }
      })
      equal(results(rows), [0, 5, 0])
      ok(rows[1].error instanceof aerospike.RecordExistsError, `${rows[1].error}`)
      const read = await client.batchRead(all)
      equal(bins(read), [{ a: 1 }, { a: 0 }, { a: 3 }])
      within(read[0].record.meta.ttl, 490, 500)
      equal(read[1].record.meta.ttl, NEVER)
    }
  },
  {
    name: 'batchWrite: generations per row, null bins, values of every type',
    async run({ client, keys, aerospike }) {
      const all = keys(3)
      await client.batchWrite(all.map((key) => [key, { a: 1, b: 2 }]))
      const types = { s: 'x', i: 2n ** 60n, f: 0.25, y: Uint8Array.of(1), t: true, m: { k: [null] }, g: aerospike.GeoJSON.point(1, 1) }
      const rows = await client.batchWrite([[all[0], { a: null }, { gen: 1 }], [all[1], { a: 9 }, { gen: 5 }], [all[2], types]])
      equal(results(rows), [0, 3, 0])
      ok(rows[1].error instanceof aerospike.RecordGenerationError, `${rows[1].error}`)
      equal(bins(await client.batchRead(all)), [{ b: 2 }, { a: 1, b: 2 }, { a: 1, b: 2, ...types }])
    }
  },
  {
    name: 'batchWrite: the same key twice takes both rows in order',
    async run({ client, key }) {
      const k = key()
      equal(results(await client.batchWrite([[k, { a: 1 }], [k, { b: 2 }]])), [0, 0])
      const { meta, bins: found } = await client.get(k)
      equal([meta.gen, found], [2, { a: 1, b: 2 }])
    }
  },
  {
    name: 'batchOperate: INCR then READ gives the number',
    async run({ client, keys, aerospike }) {
      const { incr, read } = builders(aerospike)
      const all = keys(3)
      await client.batchWrite(all.map((key, i) => [key, { views: i * 10 }]))
      const rows = await client.batchOperate(all, [incr('views', 5), read('views')])
      equal(bins(rows), [{ views: 5 }, { views: 15 }, { views: 25 }])
      equal(rows[1].results, [['views', null], ['views', 15]])
      equal(rows[1].record.meta.gen, 2)
    }
  },
  {
    name: 'batchOperate: all answers in order, the last of each bin in bins',
    async run({ client, key, keys, aerospike }) {
      const { incr, read, write, append, touch } = builders(aerospike)
      const all = keys(2)
      await client.batchWrite(all.map((k) => [k, { n: 1 }]))
      const ops = [read('n'), incr('n', 1), read('n'), write('s', 'a'), append('s', 'b'), read('s'), read('nope'), touch()]
      for (const row of await client.batchOperate(all, ops)) {
        equal(row.bins, { n: 2, s: 'ab' })
        equal(row.results, [['n', 1], ['n', null], ['n', 2], ['s', null], ['s', null], ['s', 'ab'], ['nope', null]])
      }
      const [one] = await client.batchOperate([key()], [write('a', 1), read('a')])
      equal([one.bins, one.results], [{ a: 1 }, [['a', null], ['a', 1]]])
    }
  },
  {
    name: 'batchOperate: reads only',
    async run({ client, keys, aerospike }) {
      const { read, readAll } = builders(aerospike)
      const all = keys(3)
      await client.batchWrite(all.slice(0, 2).map((key, i) => [key, { a: i, b: 'x' }]))
      const rows = await client.batchOperate(all, [read('a'), read('b')])
      equal([results(rows), bins(rows)], [[0, 0, 2], [{ a: 0, b: 'x' }, { a: 1, b: 'x' }, null]])
      equal(bins(await client.batchOperate(all, [readAll()])), [{ a: 0, b: 'x' }, { a: 1, b: 'x' }, null])
      equal(rows[0].record.meta.gen, 1)
    }
  },
  {
    name: 'batchOperate: rows fail each by itself',
    async run({ client, keys, aerospike }) {
      const { incr, read } = builders(aerospike)
      const all = keys(4)
      await client.batchWrite([[all[0], { n: 1 }], [all[1], { n: 'text' }], [all[3], { n: 4 }]])
      const rows = await client.batchOperate(all, [incr('n', 1), read('n')])
      equal(results(rows), [0, 12, 0, 0])
      equal(bins(rows), [{ n: 2 }, null, { n: 1 }, { n: 5 }])
      ok(rows[1].error instanceof aerospike.BinTypeError, `${rows[1].error}`)
      equal([rows[1].record, rows[1].inDoubt, rows[1].results], [null, false, []])
      equal((await client.get(all[1])).bins, { n: 'text' })
    }
  },
  {
    name: 'batchOperate: the policies of writes hold for every row',
    async run({ client, keys, aerospike }) {
      const { incr, read, touch, drop } = builders(aerospike)
      const all = keys(2)
      await client.put(all[0], { n: 1 })
      const options = { policy: { exists: aerospike.POLICY_EXISTS_UPDATE_ONLY }, meta: { ttl: 400 } }
      const rows = await client.batchOperate(all, [incr('n', 1), read('n')], options)
      equal([results(rows), bins(rows)], [[0, 2], [{ n: 2 }, null]])
      within((await client.get(all[0])).meta.ttl, 390, 400)
      equal(results(await client.batchOperate(all, [touch(700)])), [0, 2])
      within((await client.get(all[0])).meta.ttl, 690, 700)
      equal(bins(await client.batchOperate([all[0]], [read('n'), drop()])), [{ n: 2 }])
      equal((await client.exists(all[0])).exists, false)
    }
  },
  {
    name: 'batchRemove: records go, misses say so',
    async run({ client, keys, aerospike }) {
      const all = keys(4)
      await client.batchWrite([[all[0], { a: 1 }], [all[2], { a: 1 }]])
      const rows = await client.batchRemove(all)
      equal(results(rows), [0, 2, 0, 2])
      ok(rows[1].error instanceof aerospike.RecordNotFound, `${rows[1].error}`)
      equal(results(await client.batchRead(all)), [2, 2, 2, 2])
      equal(await client.batchRemove([]), [])
    }
  },
  {
    name: 'batchRemove: with a generation per row, and a filter for all',
    async run({ client, keys }) {
      const all = keys(3)
      await client.batchWrite(all.map((key, i) => [key, { a: i }]))
      equal(results(await client.batchRemove([[all[0], { gen: 1 }], [all[1], { gen: 9 }]])), [0, 3])
      equal(results(await client.batchRemove(all.slice(1), { policy: { filterExpression: binEquals('a', 2) } })), [27, 0])
      equal(results(await client.batchRead(all)), [2, 0, 2])
    }
  },
  {
    name: 'batches of 2,000 keys: write, operate, read, remove',
    async run({ client, keys, aerospike }) {
      const { incr, read } = builders(aerospike)
      const all = keys(2000)
      const written = await client.batchWrite(all.map((key, i) => [key, { i, s: `value ${i}` }]))
      ok(written.every((row) => row.result === 0 && row.record.meta.gen === 1), 'all written')
      const counted = await client.batchOperate(all, [incr('i', 1), read('i')])
      equal(bins(counted), all.map((_, i) => ({ i: i + 1 })))
      const found = await client.batchRead(all)
      equal(bins(found), all.map((_, i) => ({ i: i + 1, s: `value ${i}` })))
      equal(found.map((row) => row.key.userKey), all.map((key) => key[2]))
      const gone = await client.batchRemove(all)
      ok(gone.every((row) => row.result === 0), 'all removed')
      ok((await client.batchRead(all, [])).every((row) => row.result === 2), 'none left')
    }
  },
  {
    name: 'batches with values of 100 KB',
    async run({ client, keys }) {
      const all = keys(40)
      const value = (i) => new Uint8Array(100_000).fill(i)
      ok((await client.batchWrite(all.map((key, i) => [key, { v: value(i) }]))).every((row) => row.result === 0), 'all written')
      const rows = await client.batchRead(all)
      rows.forEach((row, i) => equal(row.bins, { v: value(i) }))
    }
  },
  {
    name: 'batches: a bad row refuses the call and is named',
    async run({ client, keys, aerospike }) {
      const [a, b] = keys(2)
      await rejects(client.batchRead([a, ['test', 'e2e']]), aerospike.InvalidArgError, { field: 'keys[1]' })
      await rejects(client.batchWrite([[a, { x: 1 }], [b, { x: undefined }]]), aerospike.InvalidArgError, { field: 'rows[1].bins.x' })
      await rejects(client.batchWrite([[a, { x: 1 }, { gen: -1 }]]), aerospike.InvalidArgError, { field: 'rows[0].meta.gen' })
      await rejects(client.batchRemove([a, [b, { ttl: 5, nope: 1 }]]), aerospike.InvalidArgError, { field: /^keys\[1\]\.meta/ })
      await rejects(client.batchOperate([a], []), aerospike.InvalidArgError, { field: 'ops' })
      await rejects(client.batchRead('keys'), aerospike.InvalidArgError, { field: 'keys' })
      equal(results(await client.batchRead([a, b])), [2, 2])
    }
  }
]
