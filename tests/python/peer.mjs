/*
 * The npm client as a companion of the Python checks: one JSON array `[method, ...arguments]` per line on standard
 * input, one JSON object `{ value }` or `{ error }` per line on standard output, in the same order.
 *
 * Values are in the tagged form that values.py describes. A number of JavaScript that is integral is told as an
 * integer, since JavaScript cannot tell 2.0 from 2.
 */

import { createInterface } from 'node:readline'
import aerospike, { connect, Double, GeoJSON, HyperLogLog } from '../../pkg/dist/entry/node.js'

let client = null

const bytesOf = (hex) => new Uint8Array(Buffer.from(hex, 'hex'))
const hexOf = (bytes) => Buffer.from(bytes).toString('hex')

function integer(text) {
  const big = BigInt(text)
  const small = Number(big)
  return Number.isSafeInteger(small) ? small : big
}

function fromMap(entries) {
  const pairs = entries.map(([key, value]) => [untagged(key), untagged(value)])
  return pairs.every(([key]) => typeof key === 'string') ? Object.fromEntries(pairs) : new Map(pairs)
}

const READERS = {
  null: () => null,
  bool: (content) => content,
  int: integer,
  float: (content) => new Double(Buffer.from(content, 'hex').readDoubleBE()),
  str: (content) => content,
  bytes: bytesOf,
  hll: (content) => new HyperLogLog(bytesOf(content)),
  list: (content) => content.map(untagged),
  tuple: (content) => content.map(untagged),
  map: fromMap,
  geojson: (content) => new GeoJSON(content)
}

function untagged([tag, content]) {
  return READERS[tag](content)
}

function mapOf(pairs) {
  const entries = [...pairs].map(([key, value]) => [tagged(key), tagged(value)])
  return ['map', entries]
}

function taggedNumber(value) {
  if (Number.isInteger(value) && !Object.is(value, -0)) return ['int', String(BigInt(value))]
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return ['float', bytes.toString('hex')]
}

function tagged(value) {
  if (value === null) return ['null']
  if (typeof value === 'boolean') return ['bool', value]
  if (typeof value === 'number') return taggedNumber(value)
  if (typeof value === 'bigint') return ['int', String(value)]
  if (typeof value === 'string') return ['str', value]
  if (value instanceof Uint8Array) return ['bytes', hexOf(value)]
  if (Array.isArray(value)) return ['list', value.map(tagged)]
  if (value instanceof GeoJSON) return ['geojson', value.text]
  if (value instanceof HyperLogLog) return ['hll', hexOf(value.bytes)]
  if (value instanceof Map) return mapOf(value)
  return mapOf(Object.entries(value))
}

/** Options as Python gives them: `filter` is a packed expression in hexadecimal. */
function optionsOf(options) {
  if (options == null) return undefined
  const { filter, ...rest } = options
  if (filter === undefined) return rest
  return { ...rest, policy: { ...rest.policy, filterExpression: bytesOf(filter) } }
}

function operationsOf(operations) {
  return operations.map(([name, bin, value]) => {
    const operation = { op: aerospike[`OPERATOR_${name.toUpperCase()}`] }
    if (bin !== null) operation.bin = bin
    if (value[0] !== 'null' || name === 'write') operation.val = untagged(value)
    return operation
  })
}

const metaOf = (meta) => meta && { gen: meta.gen, ttl: meta.ttl }
const recordOf = ({ meta, bins }) => ({ meta: metaOf(meta), bins: tagged(bins) })

/** What the third argument of a batch means. */
const BATCH_DETAILS = {
  batchRead: (detail) => [detail],
  batchWrite: () => [],
  batchOperate: (detail) => [operationsOf(detail)],
  batchRemove: () => []
}

const METHODS = {
  connect: async (hosts, config) => {
    client = await connect({ hosts, ...config })
  },
  nodeNames: () => client.getNodeNames().sort(),
  put: (key, bins, options) => client.put(untagged(key), untagged(bins), optionsOf(options)),
  get: async (key, options) => recordOf(await client.get(untagged(key), optionsOf(options))),
  select: async (key, bins) => recordOf(await client.select(untagged(key), bins)),
  exists: async (key) => metaOf((await client.exists(untagged(key))).meta),
  touch: (key, ttl) => client.touch(untagged(key), ttl),
  remove: (key, options) => client.remove(untagged(key), optionsOf(options)),
  removeBin: (key, bins) => client.removeBin(untagged(key), bins),
  modify: (method, key, bin, value, options) => client[method](untagged(key), bin, untagged(value), optionsOf(options)),
  operate: async (key, operations, options) =>
    recordOf(await client.operate(untagged(key), operationsOf(operations), optionsOf(options))),
  operateOrdered: async (key, operations) =>
    recordOf(await client.operateOrdered(untagged(key), operationsOf(operations))),
  batch: async (method, rows, detail) => {
    const answer = await client[method](untagged(rows), ...BATCH_DETAILS[method](detail))
    return answer.map(({ result, bins, node, inDoubt }) => ({ result, bins: tagged(bins), node, inDoubt }))
  },
  close: () => client.close()
}

function errorOf(error) {
  return { name: error.name, code: error.resultCode ?? null, inDoubt: error.inDoubt ?? false, message: error.message }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [method, ...rest] = JSON.parse(line)
  let answer
  try {
    answer = { value: (await METHODS[method](...rest)) ?? null }
  } catch (error) {
    answer = { error: errorOf(error) }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
