/*
 * The official Node client under measurement: promises, as its documentation shows.
 *
 * May import: lib.mjs, and `aerospike` from the folder that AEROSPIKE_PEER names.
 */

import { createRequire } from 'node:module'
import { bins, serve } from './lib.mjs'

await serve(async (hosts) => {
  const aerospike = createRequire(`${process.env.AEROSPIKE_PEER}/package.json`)('aerospike')
  const { Key, batchType, operations } = aerospike
  const client = await aerospike.connect({ hosts, maxConnsPerNode: 300, log: { level: aerospike.log.OFF } })
  const key = (name) => new Key('test', 'bench', name)
  const failed = (rows) => {
    for (const row of rows) if (row.status !== 0) throw new Error(`a row failed with ${row.status}`)
  }
  const row = (type, name, rest) => ({ type, key: key(name), ...rest })
  return {
    put: (name, record) => client.put(key(name), record),
    get: async (name) => (await client.get(key(name))).bins,
    batchRead: async (names) =>
      failed(await client.batchRead(names.map((name) => row(batchType.BATCH_READ, name, { readAllBins: true })))),
    batchWrite: async (names, first) =>
      failed(await client.batchWrite(names.map((name, i) => row(batchType.BATCH_WRITE, name, { ops: writes(operations, bins(first + i)) })))),
    batchOperate: async (names) =>
      failed(await client.batchWrite(names.map((name) => row(batchType.BATCH_WRITE, name, { ops: [operations.incr('count', 1), operations.read('count')] })))),
    close: () => client.close()
  }
})

function writes(operations, record) {
  return Object.keys(record).map((name) => operations.write(name, record[name]))
}
