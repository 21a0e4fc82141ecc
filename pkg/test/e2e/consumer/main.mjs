/* A user's first script. Needs AEROSPIKE_HOSTS. */

import aerospike, { connect, RecordNotFound } from 'aerospike-wasm'

const client = await connect({ hosts: process.env.AEROSPIKE_HOSTS })
const key = ['test', 'package', 'user1']
await client.put(key, { name: 'Alice', age: 29 })
await client.increment(key, 'age', 1)
const { bins } = await client.get(key)
await client.remove(key)
const error = await client.get(key).catch((reason) => reason)
if (!(error instanceof RecordNotFound) || !(error instanceof aerospike.AerospikeError)) throw error
console.log('main', bins)
await client.close()
