/*
 * Reads: get, select, exists, and the shape of what they return.
 *
 * Imports support/check.mjs.
 */

import { equal, eventually, ok, rejects, sleep, within } from '../support/check.mjs'

const NEVER = 4_294_967_295

export const reads = [
  {
    name: 'reads: get returns key, meta and bins, and unpacks like a tuple',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1, b: 'two' })
      const record = await client.get(k)
      ok(record instanceof aerospike.Record, 'a Record')
      const { meta, bins } = record
      const [theKey, theMeta, theBins] = record
      equal(bins, { a: 1, b: 'two' })
      equal({ ...meta }, { gen: 1, ttl: NEVER })
      ok(theKey === record.key && theMeta === meta && theBins === bins, 'the same three things')
      equal([theKey.namespace, theKey.set, theKey.userKey], k)
      const [, , { a, b }] = record
      equal([a, b], [1, 'two'])
      equal([...record].length, 3)
    }
  },
  {
    name: 'reads: bins keep the order in which they were written',
    async run({ client, key }) {
      const k = key()
      await client.put(k, { zeta: 1, alpha: 2, mid: 3 })
      equal(Object.keys((await client.get(k)).bins), ['zeta', 'alpha', 'mid'])
    }
  },
  {
    name: 'reads: get of no record is RecordNotFound',
    async run({ client, key, aerospike }) {
      const k = key()
      const error = await rejects(client.get(k), aerospike.RecordNotFound, {
        resultCode: 2, inDoubt: false, name: 'RecordNotFound', attempts: 1
      })
      ok(error instanceof aerospike.RecordError && error instanceof aerospike.AerospikeError, 'the class tree')
      ok(error.message.includes(k.join('/')), `the key is named: ${error.message}`)
      ok(client.getNodeNames().includes(error.node), `node ${error.node} is of the cluster`)
    }
  },
  {
    name: 'reads: select gives the bins asked for, and leaves out those that are not there',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1, b: 2, c: 3 })
      equal((await client.select(k, ['c', 'a'])).bins, { c: 3, a: 1 })
      equal((await client.select(k, ['b', 'nope'])).bins, { b: 2 })
      equal((await client.select(k, ['nope'])).bins, {})
      equal((await client.select(k, ['a'])).meta.gen, 1)
      await rejects(client.select(k, []), aerospike.InvalidArgError, { field: 'bins' })
      await rejects(client.select(key(), ['a']), aerospike.RecordNotFound, { resultCode: 2 })
    }
  },
  {
    name: 'reads: exists tells generation and ttl, or null',
    async run({ client, key }) {
      const k = key()
      const absent = await client.exists(k)
      equal(absent.meta, null)
      equal(absent.exists, false)
      await client.put(k, { a: 1 })
      await client.put(k, { a: 2 })
      const found = await client.exists(k)
      equal(found.exists, true)
      equal({ ...found.meta }, { gen: 2, ttl: NEVER })
      const [theKey, meta] = found
      equal([theKey.userKey, meta.gen], [k[2], 2])
    }
  },
  {
    name: 'reads: each read policy reaches the server and is accepted',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1 })
      const policies = [
        { replica: aerospike.POLICY_REPLICA_MASTER }, { replica: aerospike.POLICY_REPLICA_SEQUENCE },
        { replica: aerospike.POLICY_REPLICA_PREFER_RACK }, { replica: aerospike.POLICY_REPLICA_ANY },
        { readModeAp: aerospike.POLICY_READ_MODE_AP_ALL },
        { readModeSc: aerospike.POLICY_READ_MODE_SC_ALLOW_REPLICA }, { readTouchTtlPercent: 80 },
        { readTouchTtlPercent: aerospike.READ_TOUCH_TTL_PERCENT_DONT_RESET },
        { socketTimeout: 500, totalTimeout: 5000, timeoutDelay: 10, maxRetries: 5, sleepBetweenRetries: 1 },
        { totalTimeout: 0, socketTimeout: 0 }
      ]
      for (const policy of policies) {
        equal((await client.get(k, { policy })).bins, { a: 1 })
        equal((await client.select(k, ['a'], { policy })).bins, { a: 1 })
        equal((await client.exists(k, { policy })).meta.gen, 1)
      }
    }
  },
  {
    name: 'reads: a read renews the life of a record when asked to',
    async run({ client, key }) {
      const k = key()
      const ttlAfter = async (readTouchTtlPercent) => (await client.get(k, { policy: { readTouchTtlPercent } })).meta.ttl
      await client.put(k, { a: 1 }, { meta: { ttl: 20 } })
      await sleep(2500)
      within(await ttlAfter(-1), 10, 18)
      within(await ttlAfter(10), 10, 18)
      await ttlAfter(100)
      const renewed = await eventually(() => ttlAfter(-1), (ttl) => ttl >= 19)
      within(renewed, 19, 20)
    }
  },
  {
    name: 'reads: a filter expression decides which record is read',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 5 })
      equal((await client.get(k, { policy: { filterExpression: binEquals('a', 5) } })).bins, { a: 5 })
      const error = await rejects(client.get(k, { policy: { filterExpression: binEquals('a', 6) } }), aerospike.FilteredOut, {
        resultCode: 27, inDoubt: false
      })
      ok(error instanceof aerospike.RecordError, 'a RecordError')
      await rejects(client.exists(k, { policy: { filterExpression: binEquals('a', 6) } }), aerospike.FilteredOut)
      await rejects(client.get(k, { policy: { filterExpression: Uint8Array.of(0x93, 0x01) } }), aerospike.ServerError, { resultCode: 4 })
    }
  }
]

/** The packed expression `bin == small integer`. */
export function binEquals(bin, number) {
  const name = new TextEncoder().encode(bin)
  return Uint8Array.of(0x93, 1, 0x93, 81, 2, 0xa0 | name.length, ...name, number)
}
