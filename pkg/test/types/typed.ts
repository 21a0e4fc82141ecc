/* What the compiler checks and refuses: names of bins, values, enumerations, operations, typed sets. Never run. */

import aerospike, {
  type BatchRecord, type BinName, type Bins, type BinTuple, type Client, Double, type KeyTuple, op, type Operation,
  OPERATOR_INCR, OPERATOR_READ, POLICY_EXISTS_CREATE_ONLY, POLICY_GEN_EQ, POLICY_KEY_SEND, type PolicyExists,
  type PolicyKey, type ReadBins, type ReadValue, type Record, type TypedSet, type WritePolicy
} from 'aerospike-wasm'

interface Address {
  city: string
  zip?: number
}
interface User {
  name: string
  age: number
  address: Address
  tags: string[]
  photo: Uint8Array
  email?: string
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_: Equal<A, B>): void => {}

export async function names(client: Client, key: KeyTuple, some: string, list: string[], user: User, loose: Bins): Promise<void> {
  // Names of up to 15 characters, names the compiler does not know, interfaces as maps.
  await client.put(key, { abcdefghijklmno: 1 })
  await client.put(key, { [some]: 1 })
  await client.put(key, user)
  await client.put(key, loose)
  await client.put(key, { m: new Map<number, string[]>([[1, ['x']]]), d: new Double(1), n: null, b: true, nested: { a: [1n] } })
  await client.increment(key, some, 1)
  await client.select(key, list)
  await client.removeBin(key, list)
  await client.removeBin(key, ['a', 'b'])
  await client.batchRead([key], list)
  await client.batchWrite([[key, { a: 1 }], [key, { b: 'x' }, { ttl: 5 }], [key, user]])
  await client.batchWrite(list.map((name) => [['test', 'demo', name], { name }] as const))
  same<BinName<'age'>, 'age'>(true)
  same<BinName<string>, string>(true)

  // @ts-expect-error 16 characters
  await client.put(key, { abcdefghijklmnop: 1 })
  // @ts-expect-error no character
  await client.put(key, { '': 1 })
  // @ts-expect-error 16 characters
  await client.increment(key, 'abcdefghijklmnop', 1)
  // @ts-expect-error 16 characters
  await client.append(key, 'abcdefghijklmnop', 'x')
  // @ts-expect-error 16 characters
  await client.prepend(key, 'abcdefghijklmnop', 'x')
  // @ts-expect-error 16 characters
  await client.select(key, ['a', 'abcdefghijklmnop'])
  // @ts-expect-error 16 characters
  await client.removeBin(key, 'abcdefghijklmnop')
  // @ts-expect-error 16 characters
  await client.removeBin(key, ['a', 'abcdefghijklmnop'])
  // @ts-expect-error 16 characters
  await client.batchRead([key], ['abcdefghijklmnop'])
  // @ts-expect-error 16 characters
  await client.batchWrite([[key, { a: 1 }], [key, { abcdefghijklmnop: 1 }]])
  // @ts-expect-error 16 characters
  await client.operate(key, [{ op: OPERATOR_INCR, bin: 'abcdefghijklmnop', val: 1 }])
  // @ts-expect-error 16 characters
  await client.operateOrdered(key, [{ op: OPERATOR_READ, bin: 'abcdefghijklmnop' }])
  // @ts-expect-error 16 characters
  await client.batchOperate([key], [{ op: OPERATOR_READ, bin: 'abcdefghijklmnop' }])
  // @ts-expect-error 16 characters
  op.write('abcdefghijklmnop', 1)
  // @ts-expect-error 16 characters
  op.read('abcdefghijklmnop')
  // @ts-expect-error 16 characters
  op.incr('abcdefghijklmnop')
  // @ts-expect-error a Date inside a list
  await client.put(key, { a: [new Date()] })
  // @ts-expect-error a Set
  await client.put(key, { a: new Set([1]) })
  // @ts-expect-error a function
  await client.put(key, { a: () => 1 })
}

export async function enumerations(client: Client, key: KeyTuple): Promise<void> {
  const createOnly = { policy: { exists: POLICY_EXISTS_CREATE_ONLY, key: aerospike.POLICY_KEY_SEND } }
  await client.put(key, { a: 1 }, createOnly)
  same<PolicyExists, 0 | 1 | 2 | 3 | 4>(true)
  same<PolicyKey, 0 | 1>(true)
  const policy: WritePolicy = { exists: 4, gen: POLICY_GEN_EQ, key: POLICY_KEY_SEND, commitLevel: 1 }
  void policy
  const text = (exists: PolicyExists): string => {
    switch (exists) {
      case aerospike.POLICY_EXISTS_IGNORE: return 'ignore'
      case aerospike.POLICY_EXISTS_UPDATE: return 'update'
      case aerospike.POLICY_EXISTS_REPLACE: return 'replace'
      case aerospike.POLICY_EXISTS_REPLACE_ONLY: return 'replace only'
      case aerospike.POLICY_EXISTS_CREATE_ONLY: return 'create'
    }
  }
  void text

  // @ts-expect-error there is no POLICY_KEY_* of 4
  await client.put(key, { a: 1 }, { policy: { key: POLICY_EXISTS_CREATE_ONLY } })
  // @ts-expect-error there is no POLICY_EXISTS_* of 9
  await client.put(key, { a: 1 }, { policy: { exists: 9 } })
  // @ts-expect-error the same in meta
  await client.put(key, { a: 1 }, { meta: { exists: 9 } })
  // @ts-expect-error there is no POLICY_REPLICA_* of 4
  await client.get(key, { policy: { replica: 4 } })
  // @ts-expect-error there is no BATCH_CONCURRENCY_* of 2
  await client.batchRead([key], null, { policy: { concurrency: 2 } })
  // @ts-expect-error there is no operator 3
  await client.operate(key, [{ op: 3, bin: 'a' }])
  // @ts-expect-error a constant cannot be changed
  aerospike.POLICY_KEY_SEND = 0
}

export async function builders(client: Client, key: KeyTuple, list: Operation[]): Promise<void> {
  const plain = [{ op: OPERATOR_INCR, bin: 'n', val: 1 }, { op: OPERATOR_READ, bin: 'n' }]
  await client.operate(key, plain)
  await client.operate(key, list)
  await client.operate(key, [op.write('a', [1, { b: null }]), op.incr('n', 0.5), op.read(), op.touch(60), op.delete()])
  const operation: Operation = op.append('s', 'x')
  const typed: Record<{ n: number }> = await client.operate<{ n: number }>(key, [operation, op.read('n')])
  const any: ReadBins = (await client.operate(key, [op.read('n')])).bins
  const ordered: BinTuple[] = (await client.operateOrdered(key, [op.prepend('s', Uint8Array.of(1)), ...list])).bins
  const rows: BatchRecord[] = await client.batchOperate([key], [op.touch()])
  const one: ReadValue | undefined = (await client.select(key, ['a', 'b'])).bins.a
  const two: string = (await client.select<User>(key, ['name'])).bins.name
  const three: User | null = (await client.batchRead<User>([key], ['name', 'age']))[0]!.bins
  void [typed, any, ordered, rows, one, two, three]

  // @ts-expect-error not selected
  void (await client.select(key, ['a', 'b'])).bins.c
  // @ts-expect-error not a bin of a User
  await client.select<User>(key, ['nam'])
  // @ts-expect-error not a bin of a User
  await client.batchRead<User>([key], ['nam'])
  // @ts-expect-error text cannot be added
  op.incr('n', '1')
  // @ts-expect-error a number cannot be appended
  op.append('s', 1)
  // @ts-expect-error an INCR has a bin
  await client.operate(key, [{ op: OPERATOR_INCR, val: 1 }])
  // @ts-expect-error a READ takes no value
  await client.operate(key, [{ op: OPERATOR_READ, bin: 'n', val: 1 }])
}

export async function typedSets(client: Client): Promise<void> {
  const users: TypedSet<User> = client.set<User>('test', 'users')
  await users.put('ann', { name: 'Ann', age: 30n, email: null, address: { city: 'Seoul' }, photo: new Uint8Array() })
  await users.put(5, { age: new Double(3.5) }, { meta: { ttl: 60 }, policy: { exists: POLICY_EXISTS_CREATE_ONLY } })
  same<Record<User>, Awaited<ReturnType<typeof users.get>>>(true)
  const picked = (await users.select('ann', ['name', 'tags'])).bins
  same<typeof picked, Pick<User, 'name' | 'tags'>>(true)
  await users.increment('ann', 'age', 1)
  await users.append('ann', 'name', ' Lee')
  await users.append('ann', 'photo', Uint8Array.of(1))
  await users.removeBin('ann', 'email')
  const read = (await users.operate('ann', [op.incr('age'), op.write('name', 'Ann'), op.read('age'), op.touch(5)])).bins
  same<typeof read, Pick<User, 'age'>>(true)
  const all = (await users.operate('ann', [op.incr('age'), op.read()])).bins
  same<typeof all, User>(true)
  await users.operateOrdered('ann', [op.prepend('name', 'Dr. '), op.delete()])
  const rows = await users.batchRead(['ann', 'bob'], ['age'])
  same<typeof rows, BatchRecord<Pick<User, 'age'>>[]>(true)
  const whole = await users.batchRead(['ann'])
  same<(typeof whole)[number]['bins'], Pick<User, keyof User> | null>(true)
  for await (const row of users.batchReadStream(new Set(['ann']), ['age'])) same<typeof row, BatchRecord<Pick<User, 'age'>>>(true)
  for await (const row of client.batchReadStream<User>([], ['name'])) void (row.bins?.name satisfies string | undefined)
  for await (const row of client.batchReadStream(new Map<number, KeyTuple>().values(), null, { chunkSize: 10 })) void row.result
  await users.batchWrite([['ann', { age: 1 }], ['bob', { name: 'Bob' }, { ttl: 1 }]])
  await users.batchOperate(['ann'], [op.write('email', null), op.read('name')])
  await users.batchRemove(['ann', ['bob', { gen: 2 }]])
  const numbered = client.set<{ n: number }, number>('test', 'numbers')
  await numbered.touch(1, 60)

  // @ts-expect-error not a bin of a User
  await users.put('ann', { nam: 'Ann' })
  // @ts-expect-error another type
  await users.put('ann', { age: '30' })
  // @ts-expect-error a bin that every record has cannot be removed
  await users.put('ann', { name: null })
  // @ts-expect-error not a bin of a User
  await users.select('ann', ['nam'])
  // @ts-expect-error text cannot be added to
  await users.increment('ann', 'name', 1)
  // @ts-expect-error bytes are not appended to text
  await users.append('ann', 'name', Uint8Array.of(1))
  // @ts-expect-error a number is not appended to
  await users.append('ann', 'age', 'x')
  // @ts-expect-error a bin that every record has cannot be removed
  await users.removeBin('ann', 'name')
  // @ts-expect-error not a bin of a User
  await users.operate('ann', [op.read('nam')])
  // @ts-expect-error another type
  await users.operate('ann', [op.write('age', 'x')])
  // @ts-expect-error text cannot be added to
  await users.operate('ann', [op.incr('name')])
  // @ts-expect-error not read
  void (await users.operate('ann', [op.incr('age'), op.read('name')])).bins.age
  // @ts-expect-error not a bin of a User
  await users.batchRead(['ann'], ['nam'])
  // @ts-expect-error 16 characters
  client.batchReadStream([], ['abcdefghijklmnop'])
  // @ts-expect-error another type
  await users.batchWrite([['ann', { age: '1' }]])
  // @ts-expect-error the user keys of this set are numbers
  await numbered.get('one')
  // @ts-expect-error a bin name of 16 characters
  client.set<{ abcdefghijklmnop: number }>('test', 'x')
  // @ts-expect-error a Date cannot be stored
  client.set<{ at: Date }>('test', 'x')
  // @ts-expect-error neither can a function in a map
  client.set<{ map: { f: () => void } }>('test', 'x')
}
