/*
 * Keys: strings, integers, bytes, digests, and keys that are stored with the record.
 *
 * Imports support/check.mjs.
 */

import { equal, ok, rejects } from '../support/check.mjs'

function fromHex(text) {
  return Uint8Array.from(text.match(/../g), (byte) => Number.parseInt(byte, 16))
}

/** Digests of keys in set `demo`, as any Aerospike client computes them. */
const KNOWN = [
  [1, 'b7f4b83889e2da67de683e1df6919a1eacc446c8'],
  [0, 'ceded27492b392e0232514bb54a8ec2076acef37'],
  [-1, 'e9d49a24c3debdc5a6d551d3e7087999a263bb97'],
  ['k1', 'b747f5854d0b33259928d0cfab7fad81d6abfbf6'],
  ['', '6253653507ba82c3f57c87af2f86d39033149e0c'],
  [Uint8Array.of(1, 2, 3), 'ff31c926fbef445648ce63ca72a698a5473425c1']
]

/** What `read` finds; another thread that runs the same scenario may remove the record in between, a few times. */
async function untilFound(aerospike, read) {
  for (let left = 9; ; left--) {
    try {
      return await read()
    } catch (error) {
      if (left === 0 || !(error instanceof aerospike.RecordNotFound)) throw error
    }
  }
}

export const keys = [
  {
    name: 'keys: strings, integers, BigInts and bytes name records of their own',
    async run({ client, own, unique }) {
      const base = Math.floor(Math.random() * 2 ** 40) * 4
      const text = unique()
      const given = [
        text, base, -base - 1, BigInt(base) + 2n ** 60n, -(2n ** 63n) + BigInt(base), String(base),
        new TextEncoder().encode(text), Uint8Array.of(...new TextEncoder().encode(text), 0)
      ]
      const all = given.map((userKey) => own(['test', 'e2e', userKey]))
      await Promise.all(all.map((key, i) => client.put(key, { i })))
      equal((await Promise.all(all.map((key) => client.get(key)))).map((record) => record.bins.i), all.map((_, i) => i))
    }
  },
  {
    name: 'keys: a number and a BigInt of the same value are one key',
    async run({ client, own }) {
      const id = Math.floor(Math.random() * 2 ** 50)
      await client.put(own(['test', 'e2e', id]), { a: 1 })
      equal((await client.get(['test', 'e2e', BigInt(id)])).bins, { a: 1 })
    }
  },
  {
    name: 'keys: digests are those of every Aerospike client',
    async run({ client, own, aerospike }) {
      // These keys cannot be unique; REPLACE takes the place of what somebody else left under them.
      const replace = { policy: { exists: aerospike.POLICY_EXISTS_REPLACE } }
      for (const [userKey, hex] of KNOWN) {
        const key = own(['test', 'demo', userKey])
        const byDigest = await untilFound(aerospike, async () => {
          await client.put(key, { hex }, replace)
          return client.get(['test', 'demo', null, fromHex(hex)])
        })
        equal(byDigest.bins, { hex })
        equal(byDigest.key.userKey, null)
        equal(byDigest.key.digest, fromHex(hex))
      }
    }
  },
  {
    name: 'keys: a record can be written, read and removed by its digest alone',
    async run({ client, own, aerospike }) {
      const digest = crypto.getRandomValues(new Uint8Array(20))
      const key = own(['test', 'e2e', null, digest])
      await client.put(key, { a: 1 })
      await client.increment(key, 'a', 41)
      equal((await client.select(key, ['a'])).bins, { a: 42 })
      equal((await client.batchRead([key]))[0].bins, { a: 42 })
      await client.remove(key)
      await rejects(client.get(key), aerospike.RecordNotFound, { message: /digest [0-9a-f]{40}/ })
    }
  },
  {
    name: 'keys: sets are apart, and no set is a set of its own',
    async run({ client, own, unique }) {
      const name = unique()
      const [one, two, none, nil] = ['e2e', 'e2e-other', '', null].map((set) => own(['test', set, name]))
      await client.put(one, { in: 'e2e' })
      await client.put(two, { in: 'other' })
      await client.put(none, { in: 'none' })
      equal((await client.get(one)).bins, { in: 'e2e' })
      equal((await client.get(two)).bins, { in: 'other' })
      equal((await client.get(nil)).bins, { in: 'none' })
    }
  },
  {
    name: 'keys: namespaces are apart',
    async run({ client, own, unique }) {
      const name = unique()
      const [one, two] = ['test', 'bar'].map((namespace) => own([namespace, 'e2e', name]))
      await client.put(one, { in: 'test' })
      equal((await client.exists(two)).meta, null)
      await client.put(two, { in: 'bar' })
      equal((await client.get(one)).bins, { in: 'test' })
      equal((await client.get(two)).bins, { in: 'bar' })
    }
  },
  {
    name: 'keys: the longest set name and a long user key',
    async run({ client, own, unique }) {
      const key = own(['test', 'e2e-'.padEnd(63, 's'), unique().padEnd(2000, 'k')])
      await client.put(key, { a: 1 })
      equal((await client.get(key)).bins, { a: 1 })
    }
  },
  {
    name: 'keys: the key of a record serves for the next call',
    async run({ client, key }) {
      const k = key()
      await client.put(k, { a: 1 })
      const record = await client.get(k)
      equal([...record.key], [...k, null])
      equal(`${record.key}`, k.join('/'))
      await client.put(record.key, { a: 2 })
      equal((await client.get(record.key)).bins, { a: 2 })
    }
  },
  {
    name: 'keys: POLICY_KEY_SEND stores the key, and another key of the same digest is a mismatch',
    async run({ client, own, unique, aerospike }) {
      const digest = crypto.getRandomValues(new Uint8Array(20))
      const send = { policy: { key: aerospike.POLICY_KEY_SEND } }
      const name = unique()
      const key = own(['test', 'e2e', name, digest])
      await client.put(key, { a: 1 }, send)
      await client.put(key, { a: 2 }, send)
      const error = await rejects(client.put(['test', 'e2e', `${name}!`, digest], { a: 3 }, send), aerospike.ServerError, {
        resultCode: 19, inDoubt: false, message: /key mismatch \(AEROSPIKE_ERR_KEY_MISMATCH 19\)/
      })
      ok(error.node !== '', 'the node is named')
      equal((await client.get(key)).bins, { a: 2 })
    }
  },
  {
    name: 'keys: meta.key stores the key like policy.key',
    async run({ client, own, unique, aerospike }) {
      const digest = crypto.getRandomValues(new Uint8Array(20))
      const key = own(['test', 'e2e', unique(), digest])
      const send = { meta: { key: aerospike.POLICY_KEY_SEND } }
      await client.put(key, { a: 1 }, send)
      await rejects(client.touch(['test', 'e2e', unique(), digest], 0, send), aerospike.ServerError, { resultCode: 19 })
    }
  }
]
