/*
 * operate and operateOrdered: several operations on one record, atomically.
 *
 * Imports support/check.mjs.
 */

import { equal, ok, rejects, within } from '../support/check.mjs'

const NEVER = 4_294_967_295

/** Short names for operations. */
export function builders(aerospike) {
  return {
    read: (bin) => ({ op: aerospike.OPERATOR_READ, bin }),
    readAll: () => ({ op: aerospike.OPERATOR_READ }),
    write: (bin, val) => ({ op: aerospike.OPERATOR_WRITE, bin, val }),
    incr: (bin, val) => ({ op: aerospike.OPERATOR_INCR, bin, val }),
    append: (bin, val) => ({ op: aerospike.OPERATOR_APPEND, bin, val }),
    prepend: (bin, val) => ({ op: aerospike.OPERATOR_PREPEND, bin, val }),
    touch: (val) => (val === undefined ? { op: aerospike.OPERATOR_TOUCH } : { op: aerospike.OPERATOR_TOUCH, val }),
    drop: () => ({ op: aerospike.OPERATOR_DELETE })
  }
}

export const operations = [
  {
    name: 'operate: the example of the documentation',
    async run({ client, key, aerospike }) {
      const { write, incr, read } = builders(aerospike)
      const k = key()
      await client.put(k, { name: 'Alice', counter: 1 })
      const record = await client.operate(k, [write('name', 'Bob'), incr('counter', 1), read('counter')])
      ok(record instanceof aerospike.Record, 'a Record')
      equal(record.bins, { counter: 2 })
      equal({ ...record.meta }, { gen: 2, ttl: NEVER })
      equal((await client.get(k)).bins, { name: 'Bob', counter: 2 })
    }
  },
  {
    name: 'operate: each operation sees those before it, and the last answer per bin counts',
    async run({ client, key, aerospike }) {
      const { write, incr, read, append, prepend } = builders(aerospike)
      const k = key()
      const { bins } = await client.operate(k, [
        write('n', 1), read('n'), incr('n', 5), read('n'), write('s', 'b'), append('s', 'c'), prepend('s', 'a'), read('s'), incr('n')
      ])
      equal(bins, { n: 6, s: 'abc' })
      equal((await client.get(k)).bins, { n: 7, s: 'abc' })
    }
  },
  {
    name: 'operate: reads only, with missing bins left out',
    async run({ client, key, aerospike }) {
      const { read, readAll } = builders(aerospike)
      const k = key()
      await rejects(client.operate(k, [read('a')]), aerospike.RecordNotFound, { resultCode: 2 })
      await client.put(k, { a: 1, b: 'x' })
      equal((await client.operate(k, [read('b'), read('nope'), read('a')])).bins, { b: 'x', a: 1 })
      const all = await client.operate(k, [readAll()])
      equal([all.meta.gen, all.bins], [1, { a: 1, b: 'x' }])
    }
  },
  {
    name: 'operate: a read of all bins beside writes shows the state at its place',
    async run({ client, key, aerospike }) {
      const { write, incr, readAll } = builders(aerospike)
      const k = key()
      await client.put(k, { a: 1, b: 2 })
      equal((await client.operate(k, [incr('a', 10), readAll(), write('b', 9)])).bins, { a: 11, b: 2 })
      equal((await client.get(k)).bins, { a: 11, b: 9 })
    }
  },
  {
    name: 'operate: touch renews the record',
    async run({ client, key, aerospike }) {
      const { incr, read, touch } = builders(aerospike)
      const k = key()
      await rejects(client.operate(k, [touch(), incr('n', 1)]), aerospike.RecordNotFound, { resultCode: 2 })
      await client.put(k, { n: 1 }, { meta: { ttl: 100 } })
      const record = await client.operate(k, [incr('n', 1), touch(500), read('n')])
      equal(record.bins, { n: 2 })
      within(record.meta.ttl, 490, 500)
      await client.operate(k, [touch()], { meta: { ttl: 800 } })
      const { meta } = await client.exists(k)
      within(meta.ttl, 790, 800)
      equal(meta.gen, 3)
    }
  },
  {
    name: 'operate: delete takes the record, and what follows starts a new one',
    async run({ client, key, aerospike }) {
      const { read, write, drop } = builders(aerospike)
      const k = key()
      await client.put(k, { a: 1, b: 2 })
      equal((await client.operate(k, [read('a'), drop(), write('c', 3), read('c')])).bins, { a: 1, c: 3 })
      equal((await client.get(k)).bins, { c: 3 })
      equal((await client.operate(k, [read('c'), drop()])).bins, { c: 3 })
      equal((await client.exists(k)).exists, false)
      await rejects(client.operate(k, [drop()]), aerospike.RecordNotFound, { resultCode: 2 })
    }
  },
  {
    name: 'operate: WRITE of null removes the bin',
    async run({ client, key, aerospike }) {
      const { write, read } = builders(aerospike)
      const k = key()
      await client.put(k, { a: 1, b: 2 })
      equal((await client.operate(k, [write('a', null), read('a'), read('b')])).bins, { b: 2 })
      equal((await client.get(k)).bins, { b: 2 })
    }
  },
  {
    name: 'operate: values of every type',
    async run({ client, key, aerospike }) {
      const { write, read } = builders(aerospike)
      const k = key()
      const bins = {
        s: '', i: -(2n ** 62n), f: -0.5, y: Uint8Array.of(), t: false, l: [{ a: [1n << 60n] }], m: new Map([[1, 'x']]),
        g: aerospike.GeoJSON.point(3, 4)
      }
      const ops = Object.entries(bins).flatMap(([bin, val]) => [write(bin, val), read(bin)])
      equal((await client.operate(k, ops)).bins, bins)
    }
  },
  {
    name: 'operate: one failing operation undoes all',
    async run({ client, key, aerospike }) {
      const { write, incr, read } = builders(aerospike)
      const k = key()
      await client.put(k, { a: 1, s: 'text' })
      await rejects(client.operate(k, [write('a', 2), incr('s', 1), read('a')]), aerospike.BinTypeError, {
        resultCode: 12, inDoubt: false
      })
      const { meta, bins } = await client.get(k)
      equal([meta.gen, bins], [1, { a: 1, s: 'text' }])
    }
  },
  {
    name: 'operate: the policies of writes hold',
    async run({ client, key, aerospike }) {
      const { write, read } = builders(aerospike)
      const k = key()
      const options = { policy: { exists: aerospike.POLICY_EXISTS_CREATE_ONLY, key: aerospike.POLICY_KEY_SEND }, meta: { ttl: 200 } }
      const { meta, bins } = await client.operate(k, [write('a', 1), read('a')], options)
      equal(bins, { a: 1 })
      within(meta.ttl, 190, 200)
      await rejects(client.operate(k, [write('a', 2)], options), aerospike.RecordExistsError, { resultCode: 5 })
      const replace = { policy: { exists: aerospike.POLICY_EXISTS_REPLACE } }
      equal((await client.operate(k, [write('b', 1)], replace)).bins, {})
      equal((await client.get(k)).bins, { b: 1 })
    }
  },
  {
    name: 'operate: 1,000 operations in one call',
    async run({ client, key, aerospike }) {
      const { incr, read } = builders(aerospike)
      const k = key()
      const ops = Array.from({ length: 500 }, () => [incr('n', 1), read('n')]).flat()
      equal((await client.operate(k, ops)).bins, { n: 500 })
      const ordered = await client.operateOrdered(k, ops)
      equal(ordered.bins, Array.from({ length: 500 }, (_, i) => ['n', 501 + i]))
    }
  },
  {
    name: 'operate: a list that makes no sense is refused before it is sent',
    async run({ client, key, aerospike }) {
      const { write, read, incr } = builders(aerospike)
      const k = key()
      const bad = [
        [[], 'ops'], [[{ bin: 'a', val: 1 }], 'ops[0].op'], [[{ op: 99, bin: 'a' }], 'ops[0].op'],
        [[read('a'), write(undefined, 1)], 'ops[1].bin'], [[write('a', undefined)], 'ops[0].val'],
        [[write('', 1)], 'ops[0].bin'], [[incr('a', 'x')], 'ops[0].val'], [[{ ...read('a'), value: 1 }], 'ops[0].value'],
        [[write('a_name_too_long_', 1)], 'ops[0].bin'], [['read'], 'ops[0]']
      ]
      for (const [ops, field] of bad) await rejects(client.operate(k, ops), aerospike.InvalidArgError, { field, resultCode: -2 })
      equal((await client.exists(k)).exists, false)
    }
  },
  {
    name: 'operateOrdered: the example of the documentation',
    async run({ client, key, aerospike }) {
      const { write, incr, read } = builders(aerospike)
      const k = key()
      await client.put(k, { name: 'Alice', counter: 1 })
      const record = await client.operateOrdered(k, [write('name', 'Bob'), incr('counter', 1), read('counter')])
      equal(record.bins, [['name', 'Bob'], ['counter', 2]])
      const [, meta, bins] = record
      equal([meta.gen, bins.length], [2, 2])
    }
  },
  {
    name: 'operateOrdered: one entry per answer, in the order of the operations',
    async run({ client, key, aerospike }) {
      const { write, incr, read, append, touch } = builders(aerospike)
      const k = key()
      await client.put(k, { z: 1, a: 'x' })
      const { bins } = await client.operateOrdered(k, [
        read('z'), incr('z', 1), read('z'), append('a', 'y'), touch(), read('a'), read('nope'), write('l', [1, { b: 2 }]), read('l'),
        read('z')
      ])
      equal(bins, [['z', 1], ['z', 2], ['a', 'xy'], ['nope', null], ['l', [1, { b: 2 }]], ['l', [1, { b: 2 }]], ['z', 2]])
    }
  },
  {
    name: 'operateOrdered: a WRITE gives the value written, null for a bin removed',
    async run({ client, key, aerospike }) {
      const { write, read } = builders(aerospike)
      const k = key()
      const { bins } = await client.operateOrdered(k, [
        write('f', new aerospike.Double(3)), write('gone', 1), write('gone', null), read('gone'), read('f')
      ])
      equal(bins, [['f', 3], ['gone', 1], ['gone', null], ['gone', null], ['f', 3]])
    }
  },
  {
    name: 'operateOrdered: reads of missing bins give null, reads of all bins give each',
    async run({ client, key, aerospike }) {
      const { read, readAll, write } = builders(aerospike)
      const k = key()
      await client.put(k, { b: 2, a: 1 })
      equal((await client.operateOrdered(k, [read('x'), read('a'), read('y')])).bins, [['x', null], ['a', 1], ['y', null]])
      equal((await client.operateOrdered(k, [readAll()])).bins, [['b', 2], ['a', 1]])
      equal((await client.operateOrdered(k, [write('c', 3), readAll()])).bins, [['c', 3], ['b', 2], ['a', 1], ['c', 3]])
    }
  },
  {
    name: 'operateOrdered: failures are those of operate',
    async run({ client, key, aerospike }) {
      const { incr, read } = builders(aerospike)
      const k = key()
      await rejects(client.operateOrdered(k, [read('a')]), aerospike.RecordNotFound, { resultCode: 2 })
      await client.put(k, { s: 'text' })
      await rejects(client.operateOrdered(k, [incr('s', 1), read('s')]), aerospike.BinTypeError, { resultCode: 12 })
    }
  }
]
