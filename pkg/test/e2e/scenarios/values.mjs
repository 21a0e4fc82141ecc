/*
 * Values: what is put is what comes back, of the same type.
 *
 * Imports support/check.mjs.
 */

import { equal, rejects } from '../support/check.mjs'

function bytesOf(length) {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff)
}

/** A scenario that puts the bins `make` gives and expects them back, or what it gives second. */
function same(name, make) {
  return {
    name: `values: ${name}`,
    async run({ client, key, aerospike }) {
      const [bins, expected = bins] = make(aerospike)
      const k = key()
      await client.put(k, bins)
      const record = await client.get(k)
      equal(record.bins, expected)
      equal(record.meta.gen, 1)
    }
  }
}

function nested(depth) {
  let value = ['innermost']
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? { in: value } : [value, i]
  return value
}

export const values = [
  same('strings: empty, long, with NUL, of any script', () => [{
    plain: 'Alice', empty: '', nul: 'a\0b', hangul: '에어로스파이크', emoji: '👩‍👩‍👧🚀', accents: 'Ünïcödé', long: 'x'.repeat(5000)
  }]),
  same('bin names of any script, up to 15 bytes', () => [{ a: 1, '한글이름': 2, fifteen_bytes_x: 3, __proto: 4, constructor: 5 }]),
  same('integers up to 2^53 are numbers', () => [{
    zero: 0, one: 1, minus: -1, byte: 255, int32: 2_147_483_648, least: Number.MIN_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER
  }]),
  same('integers beyond 2^53 come back as BigInt', () => [{
    beyond: 9_007_199_254_740_993n, below: -9_007_199_254_740_993n, most: 9_223_372_036_854_775_807n,
    least: -9_223_372_036_854_775_808n
  }]),
  same('a BigInt within 2^53 comes back as a number', () => [{ a: 5n, b: -7n, c: 0n }, { a: 5, b: -7, c: 0 }]),
  same('floats', (aerospike) => [
    {
      half: 0.5, minus: -1234.5678, tiny: Number.MIN_VALUE, huge: new aerospike.Double(1.5e308), infinite: Infinity,
      negative: -Infinity, list: [0.1, new aerospike.Double(2), new aerospike.Double(-0)]
    },
    {
      half: 0.5, minus: -1234.5678, tiny: Number.MIN_VALUE, huge: 1.5e308, infinite: Infinity, negative: -Infinity, list: [0.1, 2, -0]
    }
  ]),
  {
    name: 'values: Double stores an integral number as a float',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { f: new aerospike.Double(3), i: 3 })
      equal((await client.get(k)).bins, { f: 3, i: 3 })
      await client.increment(k, 'f', 0.5)
      equal((await client.get(k)).bins, { f: 3.5, i: 3 })
      await rejects(client.increment(k, 'i', 0.5), aerospike.BinTypeError, { resultCode: 12 })
    }
  },
  same('booleans are booleans, also in lists and maps', () => [{ yes: true, no: false, list: [true, false], map: { t: true } }]),
  same('bytes: empty, short, long, in lists', () => [{
    empty: new Uint8Array(0), short: Uint8Array.of(0, 255, 1), long: bytesOf(70_000), list: [bytesOf(3), bytesOf(300)]
  }]),
  {
    name: 'values: a Buffer or a view of a larger buffer is written as its own bytes',
    async run({ client, key }) {
      const k = key()
      const whole = bytesOf(100)
      await client.put(k, { part: whole.subarray(10, 20) })
      const { bins } = await client.get(k)
      equal(bins.part, Uint8Array.from({ length: 10 }, (_, i) => whole[10 + i]))
      bins.part.fill(0)
      equal((await client.get(k)).bins.part[1], whole[11])
    }
  },
  same('lists: empty, mixed, nested, long', () => [{
    empty: [], mixed: [1, 'two', 3.5, null, true, [4, ['five']], { six: 6 }, Uint8Array.of(7)],
    long: Array.from({ length: 2000 }, (_, i) => i * i)
  }]),
  same('maps: empty, nested, with any string keys', () => [{
    empty: {}, nested: { a: { b: { c: [1, { d: null }] } } }, odd: { '': 'empty', 'with space': 1, '키': 'key' }
  }]),
  same('a Map with keys that are not strings stays a Map', () => [{
    ints: new Map([[-3, 'three'], [1, 'one'], [2, 'two']]), bytes: new Map([[Uint8Array.of(1, 2), 'x']])
  }]),
  same('a Map with string keys comes back as an object', () => [
    { map: new Map([['a', 1], ['b', new Map([[1, 2]])]]) }, { map: { a: 1, b: new Map([[1, 2]]) } }
  ]),
  same('integers beyond 2^53 in lists, as map keys and values', () => [{
    list: [2n ** 62n, -(2n ** 63n)], map: new Map([[2n ** 60n, 2n ** 61n]])
  }]),
  same('deep nesting', () => [{ deep: nested(30) }]),
  same('GeoJSON comes back byte for byte', (aerospike) => [{
    point: aerospike.GeoJSON.point(126.9779, 37.5663),
    circle: aerospike.GeoJSON.circle(-122, 37.5, 3000),
    polygon: aerospike.GeoJSON.polygon([[0, 0], [0, 10], [10, 10], [0, 0]])
  }]),
  same('a null among bins is not stored', () => [{ a: 1, b: null }, { a: 1 }]),
  {
    name: 'values: null removes a bin',
    async run({ client, key }) {
      const k = key()
      await client.put(k, { a: 1, b: 2 })
      await client.put(k, { b: null, c: 3 })
      const { meta, bins } = await client.get(k)
      equal(bins, { a: 1, c: 3 })
      equal(meta.gen, 2)
    }
  },
  same('a record of 100 KB', () => [{ text: 'é'.repeat(25_000), bytes: bytesOf(50_000) }]),
  same('a record of 1,000 bins', () => [Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`bin${i}`, i]))]),
  {
    name: 'values: one record holds every type, and a bin may change its type',
    async run({ client, key, aerospike }) {
      const k = key()
      const bins = {
        s: 'text', i: 42, big: 2n ** 63n - 1n, f: 1.5, y: Uint8Array.of(1), t: true, l: [1, 'a'], m: { k: 1 },
        g: aerospike.GeoJSON.point(1, 2)
      }
      await client.put(k, bins)
      equal((await client.get(k)).bins, bins)
      const turned = { ...bins, s: 1, i: 'now text', f: [1.5], y: { was: 'bytes' }, t: false, l: 0.25, m: Uint8Array.of(9), g: 'gone' }
      await client.put(k, turned)
      equal((await client.get(k)).bins, turned)
    }
  }
]
