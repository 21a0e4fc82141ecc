/*
 * Policies and meta of writes: exists-policies, generations, time to live.
 *
 * Imports support/check.mjs.
 */

import { equal, eventually, ok, rejects, sleep, within } from '../support/check.mjs'
import { binEquals } from './reads.mjs'

const NEVER = 4_294_967_295

async function ttlOf(client, key) {
  return (await client.exists(key)).meta.ttl
}

export const policies = [
  {
    name: 'policies: exists IGNORE creates, then merges bins',
    async run({ client, key, aerospike }) {
      const [k, options] = [key(), { policy: { exists: aerospike.POLICY_EXISTS_IGNORE } }]
      await client.put(k, { a: 1 }, options)
      await client.put(k, { b: 2 }, options)
      equal((await client.get(k)).bins, { a: 1, b: 2 })
    }
  },
  {
    name: 'policies: exists UPDATE_ONLY changes a record and never creates one',
    async run({ client, key, aerospike }) {
      const k = key()
      for (const exists of [aerospike.POLICY_EXISTS_UPDATE, aerospike.POLICY_EXISTS_UPDATE_ONLY]) {
        await rejects(client.put(k, { a: 1 }, { policy: { exists } }), aerospike.RecordNotFound, { resultCode: 2 })
      }
      await client.put(k, { a: 1 })
      await client.put(k, { b: 2 }, { policy: { exists: aerospike.POLICY_EXISTS_UPDATE_ONLY } })
      equal((await client.get(k)).bins, { a: 1, b: 2 })
    }
  },
  {
    name: 'policies: exists REPLACE creates, or takes the place of all bins',
    async run({ client, key, aerospike }) {
      const [k, options] = [key(), { policy: { exists: aerospike.POLICY_EXISTS_REPLACE } }]
      await client.put(k, { a: 1, b: 2 }, options)
      await client.put(k, { c: 3 }, options)
      equal((await client.get(k)).bins, { c: 3 })
      await rejects(client.put(k, { c: null }, options), aerospike.ServerError, { resultCode: 4 })
    }
  },
  {
    name: 'policies: exists REPLACE_ONLY takes the place of all bins and never creates',
    async run({ client, key, aerospike }) {
      const [k, options] = [key(), { policy: { exists: aerospike.POLICY_EXISTS_REPLACE_ONLY } }]
      await rejects(client.put(k, { a: 1 }, options), aerospike.RecordNotFound, { resultCode: 2 })
      await client.put(k, { a: 1, b: 2 })
      await client.put(k, { c: 3 }, options)
      equal((await client.get(k)).bins, { c: 3 })
    }
  },
  {
    name: 'policies: exists CREATE_ONLY creates once',
    async run({ client, key, aerospike }) {
      const [k, options] = [key(), { policy: { exists: aerospike.POLICY_EXISTS_CREATE_ONLY } }]
      await client.put(k, { a: 1 }, options)
      const error = await rejects(client.put(k, { a: 2 }, options), aerospike.RecordExistsError, { resultCode: 5, inDoubt: false })
      ok(error instanceof aerospike.RecordError, 'a RecordError')
      await rejects(client.put(k, { a: 2 }, { meta: { exists: aerospike.POLICY_EXISTS_CREATE_ONLY } }), aerospike.RecordExistsError)
      equal((await client.get(k)).bins, { a: 1 })
    }
  },
  {
    name: 'policies: of many that create at once, one succeeds',
    async run({ client, key, aerospike }) {
      const [k, options] = [key(), { policy: { exists: aerospike.POLICY_EXISTS_CREATE_ONLY } }]
      const done = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => client.put(k, { i }, options)))
      equal(done.filter((one) => one.status === 'fulfilled').length, 1)
      const lost = done.filter((one) => one.status === 'rejected')
      ok(lost.every((one) => one.reason instanceof aerospike.RecordExistsError), 'the others find it there')
      equal((await client.get(k)).bins.i, done.findIndex((one) => one.status === 'fulfilled'))
    }
  },
  {
    name: 'policies: meta.gen alone asks for that generation',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1 })
      await client.put(k, { a: 2 }, { meta: { gen: 1 } })
      const error = await rejects(client.put(k, { a: 3 }, { meta: { gen: 1 } }), aerospike.RecordGenerationError, {
        resultCode: 3, inDoubt: false
      })
      ok(error.message.includes('generation'), error.message)
      equal((await client.get(k)).bins, { a: 2 })
    }
  },
  {
    name: 'policies: gen EQ, GT and IGNORE',
    async run({ client, key, aerospike }) {
      const { POLICY_GEN_EQ, POLICY_GEN_GT, POLICY_GEN_IGNORE } = aerospike
      const k = key()
      const put = (a, gen, policy) => client.put(k, { a }, { meta: { gen }, policy: { gen: policy } })
      await rejects(put(1, 1, POLICY_GEN_EQ), aerospike.RecordGenerationError, { resultCode: 3 })
      await put(1, 0, POLICY_GEN_EQ)
      await rejects(put(2, 0, POLICY_GEN_EQ), aerospike.RecordGenerationError, { resultCode: 3 })
      await put(2, 1, POLICY_GEN_EQ)
      await rejects(put(3, 2, POLICY_GEN_GT), aerospike.RecordGenerationError, { resultCode: 3 })
      await put(3, 3, POLICY_GEN_GT)
      await put(4, 77, POLICY_GEN_IGNORE)
      const { meta, bins } = await client.get(k)
      equal([meta.gen, bins], [4, { a: 4 }])
    }
  },
  {
    name: 'policies: the generation also guards touch, increment, operate, removeBin and remove',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1, b: 2 })
      const wrong = { meta: { gen: 7 } }
      const calls = [
        () => client.touch(k, 0, wrong), () => client.increment(k, 'a', 1, wrong), () => client.append(k, 's', 'x', wrong),
        () => client.operate(k, [{ op: aerospike.OPERATOR_WRITE, bin: 'a', val: 9 }], wrong),
        () => client.removeBin(k, ['b'], wrong), () => client.remove(k, wrong)
      ]
      for (const call of calls) await rejects(call(), aerospike.RecordGenerationError, { resultCode: 3 })
      const { meta, bins } = await client.get(k)
      equal([meta.gen, bins], [1, { a: 1, b: 2 }])
      await client.remove(k, { meta: { gen: 1 } })
      equal((await client.exists(k)).exists, false)
    }
  },
  {
    name: 'policies: optimistic locking with a retry loop counts every update under contention',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { count: 0 })
      let conflicts = 0
      const addOne = async () => {
        for (;;) {
          const { meta, bins } = await client.get(k)
          try {
            const options = { meta: { gen: meta.gen }, policy: { gen: aerospike.POLICY_GEN_EQ } }
            return await client.put(k, { count: bins.count + 1 }, options)
          } catch (error) {
            if (!(error instanceof aerospike.RecordGenerationError)) throw error
            conflicts += 1
          }
        }
      }
      const worker = async () => {
        for (let i = 0; i < 10; i++) await addOne()
      }
      await Promise.all(Array.from({ length: 10 }, worker))
      const { meta, bins } = await client.get(k)
      equal([meta.gen, bins], [101, { count: 100 }])
      ok(conflicts > 0, 'there was contention')
    }
  },
  {
    name: 'policies: ttl of 300 seconds, by meta, by policy and by the policies of the client',
    async run({ client, key, connect }) {
      const k = key()
      await client.put(k, { a: 1 }, { meta: { ttl: 300 } })
      within((await client.get(k)).meta.ttl, 290, 300)
      await client.put(k, { a: 1 }, { policy: { ttl: 600 } })
      within((await client.get(k)).meta.ttl, 590, 600)
      const other = await connect({ policies: { write: { ttl: 900 } } })
      await other.put(k, { a: 1 })
      within((await other.get(k)).meta.ttl, 890, 900)
      await other.put(k, { a: 1 }, { meta: { ttl: 100 } })
      within((await client.get(k)).meta.ttl, 90, 100)
    }
  },
  {
    name: 'policies: TTL_NEVER_EXPIRE reads back as 4294967295',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1 }, { meta: { ttl: 300 } })
      await client.put(k, { a: 1 }, { meta: { ttl: aerospike.TTL_NEVER_EXPIRE } })
      equal((await client.get(k)).meta.ttl, NEVER)
    }
  },
  {
    name: 'policies: TTL_NAMESPACE_DEFAULT is what a put without a ttl gives',
    async run({ client, keys, aerospike }) {
      const [plain, named, again] = keys(3)
      await client.put(plain, { a: 1 })
      await client.put(named, { a: 1 }, { meta: { ttl: aerospike.TTL_NAMESPACE_DEFAULT } })
      await client.put(again, { a: 1 }, { meta: { ttl: 55 } })
      await client.put(again, { a: 1 })
      const ttl = await ttlOf(client, plain)
      within(await ttlOf(client, named), ttl - 1, ttl)
      within(await ttlOf(client, again), ttl - 1, ttl)
    }
  },
  {
    name: 'policies: TTL_DONT_UPDATE leaves the life of the record alone',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1 }, { meta: { ttl: 300 } })
      await client.put(k, { a: 2 }, { meta: { ttl: aerospike.TTL_DONT_UPDATE } })
      within(await ttlOf(client, k), 290, 300)
      await client.increment(k, 'a', 1, { meta: { ttl: aerospike.TTL_DONT_UPDATE } })
      const { meta, bins } = await client.get(k)
      within(meta.ttl, 290, 300)
      equal([meta.gen, bins], [3, { a: 3 }])
    }
  },
  {
    name: 'policies: TTL_CLIENT_DEFAULT is the ttl of the policies of the client',
    async run({ key, connect, aerospike }) {
      const k = key()
      const client = await connect({ policies: { write: { ttl: 700 } } })
      await client.put(k, { a: 1 }, { meta: { ttl: aerospike.TTL_CLIENT_DEFAULT } })
      within(await ttlOf(client, k), 690, 700)
    }
  },
  {
    name: 'policies: a record is gone when its time is over',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1 }, { meta: { ttl: 1 } })
      equal((await client.get(k)).bins, { a: 1 })
      await sleep(1100)
      const gone = await eventually(async () => (await client.exists(k)).meta, (meta) => meta === null)
      equal(gone, null)
      await rejects(client.get(k), aerospike.RecordNotFound, { resultCode: 2 })
      await client.put(k, { b: 2 })
      equal((await client.get(k)).bins, { b: 2 })
    }
  },
  {
    name: 'policies: touch sets the ttl, raises the generation and needs a record',
    async run({ client, key, aerospike }) {
      const k = key()
      await rejects(client.touch(k, 600), aerospike.RecordNotFound, { resultCode: 2 })
      await client.put(k, { a: 1 }, { meta: { ttl: 100 } })
      await client.touch(k, 600)
      let { meta, bins } = await client.get(k)
      equal([meta.gen, bins], [2, { a: 1 }])
      within(meta.ttl, 590, 600)
      await client.touch(k, 0, { meta: { ttl: 900 } })
      within(await ttlOf(client, k), 890, 900)
      await client.touch(k, aerospike.TTL_DONT_UPDATE)
      within(await ttlOf(client, k), 890, 900)
      await client.touch(k, aerospike.TTL_NEVER_EXPIRE)
      equal(await ttlOf(client, k), NEVER)
      ;({ meta, bins } = await client.get(k))
      equal([meta.gen, bins], [5, { a: 1 }])
    }
  },
  {
    name: 'policies: the longest ttl is ten years',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1 }, { meta: { ttl: 315_360_000 } })
      within(await ttlOf(client, k), 315_359_990, 315_360_000)
      for (const ttl of [315_360_001, -4, 1.5, '300', NaN]) {
        await rejects(client.put(k, { a: 2 }, { meta: { ttl } }), aerospike.InvalidArgError, { field: 'meta.ttl', resultCode: -2 })
      }
      equal((await client.get(k)).bins, { a: 1 })
    }
  },
  {
    name: 'policies: commit level MASTER and the timeouts of a write are accepted',
    async run({ client, key, aerospike }) {
      const k = key()
      await client.put(k, { a: 1 }, { policy: { commitLevel: aerospike.POLICY_COMMIT_LEVEL_MASTER } })
      await client.put(k, { b: 2 }, { meta: { commitLevel: aerospike.POLICY_COMMIT_LEVEL_MASTER } })
      const policy = { socketTimeout: 800, totalTimeout: 5000, timeoutDelay: 100, maxRetries: 2, sleepBetweenRetries: 5 }
      await client.put(k, { c: 3 }, { policy })
      equal((await client.get(k)).bins, { a: 1, b: 2, c: 3 })
    }
  },
  {
    name: 'policies: a filter expression decides which record is written or removed',
    async run({ client, key, aerospike }) {
      const k = key()
      const only = (number) => ({ policy: { filterExpression: binEquals('a', number) } })
      await client.put(k, { a: 5 })
      const calls = [
        () => client.put(k, { a: 6 }, only(1)), () => client.increment(k, 'a', 1, only(1)), () => client.touch(k, 0, only(1)),
        () => client.operate(k, [{ op: aerospike.OPERATOR_READ, bin: 'a' }], only(1)), () => client.remove(k, only(1))
      ]
      for (const call of calls) await rejects(call(), aerospike.FilteredOut, { resultCode: 27 })
      equal((await client.get(k)).bins, { a: 5 })
      await client.put(k, { a: 6 }, only(5))
      await client.remove(k, only(6))
      equal((await client.exists(k)).exists, false)
    }
  }
]
