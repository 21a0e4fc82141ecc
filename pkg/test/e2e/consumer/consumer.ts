/* A user's TypeScript: it must compile, and each line under `@ts-expect-error` must not. */

import aerospike, {
  AerospikeError, type BatchRecord, type BinValue, type Client, type ClientConfig, connect, Double, GeoJSON, type KeyTuple,
  type Operation, type ReadBins, type Record, RecordGenerationError, RecordNotFound, type WriteOptions
} from 'aerospike-wasm'

interface User {
  name: string
  age: number
}

const config: ClientConfig = {
  hosts: [['127.0.0.1', 3000], 'other:3000'],
  clusterName: 'c',
  policies: { read: { totalTimeout: 100 }, write: { key: aerospike.POLICY_KEY_SEND, ttl: 300 }, batch: { maxRetries: 1 } }
}

export async function tour(): Promise<void> {
  await using client: Client = await connect(config, { signal: AbortSignal.timeout(1000) })
  const key: KeyTuple = ['test', 'demo', 'user1']
  const options: WriteOptions = { meta: { gen: 1, ttl: 300 }, policy: { exists: aerospike.POLICY_EXISTS_CREATE_ONLY } }
  await client.put(key, { name: 'Alice', age: 30, tags: ['a', { b: null }], raw: new Uint8Array(3), big: 5n }, options)
  await client.put(key, { f: new Double(3), g: GeoJSON.point(1, 2), m: new Map([[1, 'one']]), t: true, gone: null })

  const typed: Record<User> = await client.get<User>(key)
  const name: string = typed.bins.name
  const { meta, bins } = await client.get(key)
  const [, , unpacked] = await client.get(key)
  const generation: number = meta.gen
  const loose: ReadBins = bins
  const found = await client.exists(typed.key)
  if (found.meta !== null) await client.touch(key, found.meta.ttl)

  const operations: Operation[] = [{ op: aerospike.OPERATOR_INCR, bin: 'age', val: 1 }, { op: aerospike.OPERATOR_READ, bin: 'age' }]
  const answer = await client.operate<{ age: number }>(key, operations)
  const age: number = answer.bins.age
  const ordered = await client.operateOrdered(key, operations)
  for (const [bin, value] of ordered.bins) console.log(bin.length, value)
  const rows: BatchRecord[] = await client.batchOperate([key, typed.key], operations, { policy: { respondAllKeys: true } })
  for (const row of rows) if (row.error instanceof RecordNotFound) console.log(row.error.resultCode, row.bins?.['age'])
  await client.batchWrite([[key, { a: 1 }], [key, { a: 2 }, { ttl: -1 }]])
  await client.batchRemove([key, [key, { gen: 1 }]])

  try {
    await client.increment(key, 'n', 1n)
  } catch (error) {
    if (error instanceof RecordGenerationError || error instanceof AerospikeError) {
      const facts: [number, boolean, string] = [error.resultCode, error.inDoubt, error.node]
      console.log(facts, error.cause)
    } else throw error
  }
  const value: BinValue = { nested: [1, 2.5, 'x', new Map([['k', [true]]])] }
  console.log(name, generation, loose, age, value, unpacked)
}

export async function mistakes(client: Client): Promise<void> {
  const key: KeyTuple = ['test', 'demo', 1]
  // @ts-expect-error a policy of this name does not exist
  await client.put(key, { a: 1 }, { policy: { timeout: 5 } })
  // @ts-expect-error a read takes no meta
  await client.get(key, { meta: { ttl: 5 } })
  // @ts-expect-error undefined is no value
  await client.put(key, { a: undefined })
  // @ts-expect-error neither is a Date
  await client.put(key, { a: new Date() })
  // @ts-expect-error a key has three parts
  await client.get(['test', 'demo'])
  // @ts-expect-error a boolean is no user key
  await client.get(['test', 'demo', true])
  // @ts-expect-error text cannot be added
  await client.increment(key, 'n', '1')
  // @ts-expect-error an operation has an op
  await client.operate(key, [{ bin: 'a' }])
  // @ts-expect-error a port is a number
  await connect({ hosts: [['127.0.0.1', '3000']] })
  // @ts-expect-error a batch takes rows
  await client.batchWrite([key])
  // @ts-expect-error results cannot be changed
  ;(await client.get(key)).meta = null
}
