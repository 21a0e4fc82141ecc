/* The package as TypeScript users see it: compiled by types.test.mjs, never run. */

import aerospike, {
  AerospikeError, BatchReadStream, type BatchRecord, type BinTuple, type Bins, Client, connect, Double, type KeyTuple,
  ObservedCommand, OPERATOR_INCR, OPERATOR_READ, POLICY_EXISTS_CREATE_ONLY, type ReadBins, type ReadValue, RecordNotFound,
  type Transport, TypedSet
} from 'aerospike-wasm'

declare const transport: Transport

export async function tour(signal: AbortSignal): Promise<void> {
  await using disposable: Client = await connect({ hosts: [['127.0.0.1', 3000], 'h:1'] }, { transport, signal })
  const client: Client = await connect({ hosts: 'h', policies: { read: { maxRetries: 1 }, batch: { concurrency: 0 } } })
  const key: KeyTuple = ['test', 'demo', 'user1']
  const bins: Bins = { name: 'Alice', list: [1, 2n, [null]], map: new Map([[1, 'x']]), f: new Double(3), b: new Uint8Array() }
  await client.put(key, bins, { meta: { ttl: 300, gen: 1 }, policy: { exists: POLICY_EXISTS_CREATE_ONLY }, signal })
  await client.put(['test', null, 7n], { gone: null })

  const record = await client.get(key)
  const loose: ReadBins = record.bins
  const value: ReadValue | undefined = loose['name']
  const generation: number = record.meta.gen
  const typed = await client.get<{ name: string; age: number }>(record.key)
  const age: number = typed.bins.age
  const { meta } = await client.exists(key)
  if (meta !== null) void (meta.ttl satisfies number)

  const ops = [{ op: OPERATOR_INCR, bin: 'n', val: 1 }, { op: OPERATOR_READ, bin: 'n' }] as const
  const ordered: BinTuple[] = (await client.operateOrdered(key, ops)).bins
  const rows: BatchRecord[] = await client.batchOperate([key, ['test', 'demo', new Uint8Array(3)]], ops)
  const error: AerospikeError | null | undefined = rows[0]?.error
  await client.batchWrite([[key, { a: 1 }], [key, { a: 1 }, { ttl: 1 }]])
  await client.batchRemove([key, [key, { gen: 1 }]])
  await client.batchRead([key], null, { policy: { readModeSc: aerospike.POLICY_READ_MODE_SC_SESSION } })
  await client.increment(key, 'n', 0.5)
  await client.touch(key, aerospike.TTL_NEVER_EXPIRE)
  if (error instanceof RecordNotFound) console.log(error.resultCode, error.inDoubt, error.node, error.cause)
  void [disposable, value, generation, age, ordered]

  // @ts-expect-error a key needs three elements
  await client.get(['test', 'demo'])
  // @ts-expect-error undefined is not a value
  await client.put(key, { a: undefined })
  // @ts-expect-error a Date is not a value
  await client.put(key, { a: new Date() })
  // @ts-expect-error unknown policy field
  await client.put(key, { a: 1 }, { policy: { timeout: 1 } })
  // @ts-expect-error reads take no meta
  await client.get(key, { meta: { ttl: 1 } })
  // @ts-expect-error null is a user key only beside a digest
  await client.get(['test', 'demo', null])
  // @ts-expect-error connect makes clients
  void new Client()
  // @ts-expect-error client.set makes sets
  void new TypedSet()
  // @ts-expect-error client.batchReadStream makes streams
  void new BatchReadStream()
  // @ts-expect-error the client makes commands for its observers
  void new ObservedCommand()
}
