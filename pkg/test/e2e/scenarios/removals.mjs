/*
 * Removals of records and bins.
 *
 * Imports support/check.mjs.
 */

import { equal, rejects } from '../support/check.mjs'

export const removals = [
  {
    name: 'remove: a record is gone, and starts anew',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1 })
      await client.put(k, { a: 2 })
      await client.remove(k)
      await rejects(client.get(k), aerospike.RecordNotFound)
      equal((await client.exists(k)).meta, null)
      await client.put(k, { b: 1 })
      const { meta, bins } = await client.get(k)
      equal([meta.gen, bins], [1, { b: 1 }])
    }
  },
  {
    name: 'remove: no record is RecordNotFound, also with a generation',
    async run({ client, key, aerospike }) {
      const k = key()
      await rejects(client.remove(k), aerospike.RecordNotFound, { resultCode: 2, inDoubt: false, message: /^remove / })
      await rejects(client.remove(k, { meta: { gen: 3 } }), aerospike.RecordNotFound, { resultCode: 2 })
    }
  },
  {
    name: 'remove: a wrong generation is RecordGenerationError',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1 })
      await rejects(client.remove(k, { meta: { gen: 5 } }), aerospike.RecordGenerationError, { resultCode: 3 })
      equal((await client.get(k)).bins, { a: 1 })
      await client.remove(k, { meta: { gen: 1 }, policy: { gen: aerospike.POLICY_GEN_EQ } })
      equal((await client.exists(k)).exists, false)
    }
  },
  {
    name: 'remove: of many at once, one succeeds',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1 })
      const done = await Promise.allSettled(Array.from({ length: 20 }, () => client.remove(k)))
      equal(done.filter((one) => one.status === 'fulfilled').length, 1)
      equal(done.filter((one) => one.reason instanceof aerospike.RecordNotFound).length, 19)
    }
  },
  {
    name: 'remove: a durable delete needs the Enterprise Edition',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1 })
      await rejects(client.remove(k, { policy: { durableDelete: true } }), aerospike.ServerError, { resultCode: 25, inDoubt: false })
      equal((await client.get(k)).bins, { a: 1 })
    }
  },
  {
    name: 'removeBin: one, several, one that is not there',
    async run({ client, key }) {
      const k = key()
      await client.put(k, { a: 1, b: 2, c: 3, d: 4 })
      await client.removeBin(k, ['a'])
      await client.removeBin(k, ['b', 'nope'])
      await client.removeBin(k, 'c')
      const { meta, bins } = await client.get(k)
      equal([meta.gen, bins], [4, { d: 4 }])
    }
  },
  {
    name: 'removeBin: with the last bin the record goes',
    async run({ client, key }) {
      const k = key()
      await client.put(k, { a: 1, b: 2 })
      await client.removeBin(k, ['a', 'b'])
      equal((await client.exists(k)).meta, null)
    }
  },
  {
    name: 'removeBin: of no record is RecordNotFound; of no bin is refused',
    async run({ client, key, aerospike }) {
      const k = key()
      await rejects(client.removeBin(k, ['a']), aerospike.RecordNotFound, { resultCode: 2 })
      await rejects(client.removeBin(k, []), aerospike.InvalidArgError, { field: /^bins/ })
      await rejects(client.removeBin(k, ['a_name_too_long_']), aerospike.InvalidArgError, { message: /15/ })
    }
  },
  {
    name: 'put: nulls alone create nothing, and take the last bin with the record',
    async run({ client, key, aerospike }) {
      const k = key()
      await rejects(client.put(k, { a: null, b: null }), aerospike.RecordNotFound, { resultCode: 2 })
      await client.put(k, { a: 1 })
      await client.put(k, { a: null })
      equal((await client.exists(k)).meta, null)
    }
  }
]
