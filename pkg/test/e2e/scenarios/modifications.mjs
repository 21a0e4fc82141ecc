/*
 * Modifications of one bin: increment, append, prepend.
 *
 * Imports support/check.mjs.
 */

import { equal, ok, rejects } from '../support/check.mjs'

export const modifications = [
  {
    name: 'increment: an integer, up, down, by default 1, creating bin and record',
    async run({ client, key }) {
      const k = key()
      await client.increment(k, 'n', 5)
      await client.increment(k, 'n')
      await client.increment(k, 'n', -10)
      await client.increment(k, 'other', 0)
      const { meta, bins } = await client.get(k)
      equal([meta.gen, bins], [4, { n: -4, other: 0 }])
    }
  },
  {
    name: 'increment: a float, creating bin and record',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.increment(k, 'f', 0.5)
      await client.increment(k, 'f', -2.25)
      await client.increment(k, 'f', new aerospike.Double(3))
      equal((await client.get(k)).bins, { f: 1.25 })
    }
  },
  {
    name: 'increment: by BigInt and across 2^53',
    async run({ client, key }) {
      const k = key()
      await client.put(k, { n: Number.MAX_SAFE_INTEGER })
      await client.increment(k, 'n', 2)
      equal((await client.get(k)).bins, { n: 9_007_199_254_740_993n })
      await client.increment(k, 'n', -(2n ** 60n))
      equal((await client.get(k)).bins, { n: 9_007_199_254_740_993n - 2n ** 60n })
      await client.put(k, { n: 2n ** 63n - 1n })
      await client.increment(k, 'n', 1)
      equal((await client.get(k)).bins, { n: -(2n ** 63n) })
    }
  },
  {
    name: 'increment: of another type is BinTypeError and changes nothing',
    async run({ client, key, aerospike }) {
      const k = key()
      const bins = { s: 'text', f: 1.5, i: 1, l: [1], t: true, b: Uint8Array.of(1) }
      await client.put(k, bins)
      for (const [bin, offset] of [['s', 1], ['f', 1], ['i', 0.5], ['l', 1], ['t', 1], ['b', 1]]) {
        const error = await rejects(client.increment(k, bin, offset), aerospike.BinTypeError, { resultCode: 12, inDoubt: false })
        ok(error instanceof aerospike.RecordError, 'a RecordError')
      }
      const record = await client.get(k)
      equal([record.meta.gen, record.bins], [1, bins])
    }
  },
  {
    name: 'increment: what is not a number is refused before it is sent',
    async run({ client, key, aerospike }) {
      const k = key()
      for (const offset of ['1', NaN, null, true, [1], {}, 2n ** 63n]) {
        await rejects(client.increment(k, 'n', offset), aerospike.InvalidArgError, { field: 'offset', resultCode: -2 })
      }
      equal((await client.exists(k)).exists, false)
    }
  },
  {
    name: 'increment: 500 at once all count',
    async run({ client, key }) {
      const k = key()
      await Promise.all(Array.from({ length: 500 }, () => client.increment(k, 'n', 2)))
      const { meta, bins } = await client.get(k)
      equal([meta.gen, bins], [500, { n: 1000 }])
    }
  },
  {
    name: 'append and prepend: strings, creating bin and record',
    async run({ client, keys }) {
      const [k, fresh] = keys(2)
      await client.put(k, { name: 'Alice' })
      await client.append(k, 'name', ' Smith')
      await client.prepend(k, 'name', 'Dr. ')
      await client.append(k, 'name', '')
      await client.prepend(k, 'greeting', '안녕')
      equal((await client.get(k)).bins, { name: 'Dr. Alice Smith', greeting: '안녕' })
      await client.append(fresh, 'a', 'x')
      await client.prepend(fresh, 'b', 'y')
      equal((await client.get(fresh)).bins, { a: 'x', b: 'y' })
    }
  },
  {
    name: 'append and prepend: bytes, creating bin and record',
    async run({ client, key }) {
      const k = key()
      await client.append(k, 'b', Uint8Array.of(3, 4))
      await client.prepend(k, 'b', Uint8Array.of(1, 2))
      await client.append(k, 'b', Uint8Array.of(0, 255))
      equal((await client.get(k)).bins, { b: Uint8Array.of(1, 2, 3, 4, 0, 255) })
    }
  },
  {
    name: 'append and prepend: of another type are BinTypeError',
    async run({ client, key, aerospike }) {
      const k = key()
      const bins = { i: 1, f: 1.5, l: ['a'], s: 'text', b: Uint8Array.of(1) }
      await client.put(k, bins)
      for (const [bin, value] of [['i', 'x'], ['f', 'x'], ['l', 'x'], ['b', 'x'], ['s', Uint8Array.of(1)]]) {
        await rejects(client.append(k, bin, value), aerospike.BinTypeError, { resultCode: 12, inDoubt: false })
        await rejects(client.prepend(k, bin, value), aerospike.BinTypeError, { resultCode: 12, inDoubt: false })
      }
      equal((await client.get(k)).bins, bins)
    }
  },
  {
    name: 'append and prepend: what is no text is refused before it is sent',
    async run({ client, key, aerospike }) {
      const k = key()
      for (const value of [1, null, ['x'], undefined]) {
        await rejects(client.append(k, 's', value), aerospike.InvalidArgError, { field: 'value' })
        await rejects(client.prepend(k, 's', value), aerospike.InvalidArgError, { field: 'value' })
      }
      equal((await client.exists(k)).exists, false)
    }
  }
]
