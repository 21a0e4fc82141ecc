/*
 * The client itself: concurrency, cancelling, closing, several clients, what the package exports.
 *
 * Imports support/check.mjs.
 */

import { equal, ok, rejects } from '../support/check.mjs'

/** What came of a call, as far as it does not depend on the key. */
async function outcome(call) {
  try {
    const result = await call
    if (result === undefined) return 'done'
    // What is left of a TTL depends on the moment.
    const hundreds = result.meta == null ? null : Math.ceil(result.meta.ttl / 100)
    return { gen: result.meta?.gen, hundreds, bins: result.bins, exists: result.exists }
  } catch (error) {
    return { name: error.name, resultCode: error.resultCode, inDoubt: error.inDoubt, node: typeof error.node }
  }
}

/** Calls of every kind on one key, each of which ends well, badly, or with nothing there, by what was done before. */
function callsOn(client, aerospike, key, i) {
  const { OPERATOR_INCR, OPERATOR_READ, POLICY_EXISTS_CREATE_ONLY, POLICY_EXISTS_UPDATE_ONLY, POLICY_GEN_EQ } = aerospike
  const count = [{ op: OPERATOR_INCR, bin: 'n', val: i }, { op: OPERATOR_READ, bin: 'n' }, { op: OPERATOR_READ, bin: 'nope' }]
  const calls = [
    () => client.put(key, { n: i, s: `text ${i}`, f: i / 4, b: new Uint8Array([i]), l: [1, 'x'], m: { k: i } }, { meta: { ttl: 1000 } }),
    () => client.put(key, { n: 1 }, { policy: { exists: POLICY_EXISTS_CREATE_ONLY, key: aerospike.POLICY_KEY_SEND } }),
    () => client.put(key, { n: 2 }, { policy: { exists: POLICY_EXISTS_UPDATE_ONLY } }),
    () => client.put(key, { n: 3 }, { meta: { gen: 1 }, policy: { gen: POLICY_GEN_EQ } }),
    () => client.get(key),
    () => client.select(key, ['n', 'nope']),
    () => client.exists(key),
    () => client.increment(key, 'n', 5),
    () => client.append(key, 's', '!'),
    () => client.increment(key, 's', 1),
    () => client.touch(key, 500),
    () => client.operate(key, count),
    () => client.operateOrdered(key, count),
    () => client.removeBin(key, ['s']),
    () => client.remove(key),
    () => client.remove(key, { meta: { gen: 9 }, policy: { gen: POLICY_GEN_EQ } })
  ]
  return calls[i % calls.length]()
}

export const clients = [
  {
    name: 'clients: calls that leave together have the answers of calls that leave alone',
    async run({ connect, keys, aerospike }) {
      const outcomes = []
      for (const mergeCommands of [true, false]) {
        const client = await connect({ mergeCommands, pipelineConnections: 1 })
        const all = keys(240)
        const rounds = []
        for (const shift of [0, 3, 4, 7, 10, 14, 4]) {
          rounds.push(await Promise.all(all.map((key, i) => outcome(callsOn(client, aerospike, key, i + shift)))))
        }
        outcomes.push(rounds)
      }
      const [merged, alone] = outcomes
      merged.forEach((round, r) => round.forEach((one, i) => equal(one, alone[r][i], `round ${r}, call ${i}`)))
      const codes = new Set(merged.flat().map((one) => one.resultCode))
      equal([2, 3, 5, 12].every((code) => codes.has(code)), true)
    }
  },
  {
    name: 'clients: 1,000 puts and gets in flight, each with its own answer',
    async run({ client, keys }) {
      const all = keys(1000)
      await Promise.all(all.map((key, i) => client.put(key, { i, text: `value ${i}`.repeat(i % 50) })))
      const records = await Promise.all(all.map((key) => client.get(key)))
      records.forEach((record, i) => {
        equal(record.bins, { i, text: `value ${i}`.repeat(i % 50) })
        equal(record.key.userKey, all[i][2])
      })
    }
  },
  {
    name: 'clients: all kinds of calls in flight at the same time',
    async run({ client, keys, aerospike }) {
      const work = keys(100).map(async (key, i) => {
        await client.put(key, { n: i, s: 'a' })
        const [record, found, batch, operated] = await Promise.all([
          client.select(key, ['n']), client.exists(key), client.batchRead([key, [...key.slice(0, 2), `${key[2]}?`]]),
          client.operate(key, [{ op: aerospike.OPERATOR_READ, bin: 's' }])
        ])
        equal([record.bins, found.meta.gen, batch.map((row) => row.result), operated.bins], [{ n: i }, 1, [0, 2], { s: 'a' }])
        await Promise.all([client.increment(key, 'n', 1000), client.append(key, 's', 'b'), client.touch(key, 100)])
        const { meta, bins } = await client.get(key)
        equal([meta.gen, bins], [4, { n: i + 1000, s: 'ab' }])
        await client.remove(key)
        await rejects(client.get(key), aerospike.RecordNotFound)
      })
      await Promise.all(work)
    }
  },
  {
    name: 'clients: few connections also serve 300 calls at once',
    async run({ connect, keys }) {
      const client = await connect({ maxConnsPerNode: 2 })
      const all = keys(300)
      await Promise.all(all.map((key, i) => client.put(key, { i })))
      equal((await Promise.all(all.map((key) => client.get(key)))).map((record) => record.bins.i), all.map((_, i) => i))
    }
  },
  {
    name: 'clients: an aborted signal sends nothing',
    async run({ client, key, aerospike }) {
      const k = key()
      const reason = new Error('changed my mind')
      const error = await rejects(client.put(k, { a: 1 }, { signal: AbortSignal.abort(reason) }), aerospike.ClientError, {
        resultCode: -5, inDoubt: false, message: /cancelled before it was sent/
      })
      ok(error.cause === reason, 'the cause is the reason')
      await rejects(client.get(k, { signal: AbortSignal.abort() }), aerospike.ClientError, { resultCode: -5 })
      await rejects(client.batchRead([k], null, { signal: AbortSignal.abort() }), aerospike.ClientError, { resultCode: -5 })
      equal((await client.exists(k)).exists, false)
    }
  },
  {
    name: 'clients: a signal cancels a call at once, and the neighbours go on',
    async run({ client, keys, aerospike }) {
      const all = keys(20)
      const abort = new AbortController()
      const calls = all.map((key, i) => client.put(key, { i }, i === 7 ? { signal: abort.signal } : undefined))
      abort.abort('enough')
      const error = await rejects(calls[7], aerospike.ClientError, { resultCode: -5 })
      equal(error.cause, 'enough')
      await Promise.all(calls.filter((_, i) => i !== 7))
      const rows = await client.batchRead(all)
      equal(rows.filter((_, i) => i !== 7).map((row) => row.bins?.i), all.map((_, i) => i).filter((i) => i !== 7))
      if (!error.inDoubt) equal(rows[7].result, 2)
    }
  },
  {
    name: 'clients: a signal that fires after the answer changes nothing',
    async run({ client, key }) {
      const k = key()
      const abort = new AbortController()
      await client.put(k, { a: 1 }, { signal: abort.signal })
      const { bins } = await client.get(k, { signal: abort.signal })
      abort.abort()
      equal(bins, { a: 1 })
      equal((await client.get(k)).bins, { a: 1 })
    }
  },
  {
    name: 'clients: one signal cancels many calls',
    async run({ client, keys, aerospike }) {
      const abort = new AbortController()
      const calls = Promise.allSettled(keys(100).map((key) => client.get(key, { signal: abort.signal })))
      abort.abort()
      for (const { reason } of await calls) {
        ok(reason instanceof aerospike.ClientError, `${reason}`)
        equal([reason.resultCode, reason.inDoubt], [-5, false])
      }
    }
  },
  {
    name: 'clients: a closed client says so',
    async run({ connect, key, aerospike }) {
      const client = await connect()
      const k = key()
      await client.put(k, { a: 1 })
      equal(client.isConnected(), true)
      await client.close()
      await client.close()
      equal([client.isConnected(), client.getNodeNames()], [false, []])
      const calls = [
        () => client.put(k, { a: 2 }), () => client.get(k), () => client.select(k, ['a']), () => client.exists(k),
        () => client.touch(k), () => client.increment(k, 'a', 1), () => client.append(k, 's', 'x'), () => client.prepend(k, 's', 'x'),
        () => client.remove(k), () => client.removeBin(k, ['a']), () => client.operate(k, [{ op: aerospike.OPERATOR_READ }]),
        () => client.operateOrdered(k, [{ op: aerospike.OPERATOR_READ }]), () => client.batchRead([k]),
        () => client.batchWrite([[k, { a: 1 }]]), () => client.batchOperate([k], [{ op: aerospike.OPERATOR_READ }]), () => client.batchRemove([k])
      ]
      for (const call of calls) await rejects(call(), aerospike.ClientError, { message: /the client is closed/, inDoubt: false })
    }
  },
  {
    name: 'clients: close finishes what is in flight, one way or the other',
    async run({ connect, keys, aerospike }) {
      const client = await connect()
      const calls = keys(50).map((key) => client.get(key))
      await client.close()
      for (const done of await Promise.allSettled(calls)) {
        ok(done.reason instanceof aerospike.ClientError || done.reason instanceof aerospike.RecordNotFound, `${done.reason}`)
      }
    }
  },
  {
    name: 'clients: await using closes the client',
    async run({ connect, key, aerospike }) {
      const client = await connect()
      await client.put(key(), { a: 1 })
      await client[Symbol.asyncDispose]()
      await rejects(client.get(key()), aerospike.ClientError, { message: /the client is closed/ })
    }
  },
  {
    name: 'clients: two clients in one process see each other\'s writes, and close apart',
    async run({ connect, client, key }) {
      const [one, two] = await Promise.all([connect(), connect()])
      const k = key()
      await one.put(k, { from: 'one' })
      equal((await two.get(k)).bins, { from: 'one' })
      await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? one : two).increment(k, 'n', 1)))
      await one.close()
      equal((await two.get(k)).bins.n, 100)
      equal((await client.get(k)).bins.n, 100)
    }
  },
  {
    name: 'clients: it is told of every node, from one seed',
    async run({ connect, hosts, key }) {
      const seeds = hosts.split(',')
      const client = await connect({ hosts: seeds[0] })
      const names = client.getNodeNames()
      ok(names.length >= 1 && names.every((name) => /^[0-9A-F]+$/.test(name)), `names ${names}`)
      equal(new Set(names).size, names.length)
      const [host, port] = seeds[0].split(':')
      const again = await connect({ hosts: [[host, Number(port)]] })
      equal(again.getNodeNames().sort(), [...names].sort())
      const k = key()
      await client.put(k, { a: 1 })
      equal((await again.get(k)).bins, { a: 1 })
    }
  },
  {
    name: 'clients: a seed that is down does not matter beside one that is up',
    async run({ connect, hosts, key }) {
      const client = await connect({ hosts: ['127.0.0.1:1', ...hosts.split(',')] })
      const k = key()
      await client.put(k, { a: 1 })
      equal((await client.get(k)).bins, { a: 1 })
    }
  },
  {
    name: 'clients: the wrong cluster name is refused, with the reason',
    async run({ connect, aerospike }) {
      await rejects(connect({ clusterName: 'no-such-cluster' }), aerospike.ClusterError, { message: /belongs to cluster '/ })
    }
  },
  {
    name: 'clients: connecting can be cancelled',
    async run({ aerospike, hosts }) {
      await rejects(aerospike.connect({ hosts }, { signal: AbortSignal.abort('no') }), aerospike.ClientError, { resultCode: -5, cause: 'no' })
    }
  },
  {
    name: 'clients: the default export has everything the names have',
    async run({ aerospike }) {
      const names = Object.keys(aerospike).filter((name) => name !== 'default')
      for (const name of names) ok(aerospike.default[name] === aerospike[name], `default.${name}`)
      equal(aerospike.POLICY_EXISTS_CREATE_ONLY, 4)
      equal(aerospike.OPERATOR_DELETE, 12)
      ok(aerospike.TimeoutError === aerospike.AerospikeTimeoutError, 'TimeoutError')
      const client = aerospike.Client
      ok(typeof client === 'function' || client === undefined, 'Client')
    }
  }
]
