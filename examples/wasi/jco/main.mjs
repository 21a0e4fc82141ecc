// The component for WASI 0.2 in Node, through jco. It shows that the component is consumed from another language by its
// interface alone; for JavaScript itself the package aerospike-wasm is the faster way (jco: milliseconds per call).
//
//   npm ci && npm run transpile && AEROSPIKE_HOSTS=127.0.0.1:3000 npm start

import { client as aerospike } from './generated/aerospike.js'

const hosts = (process.env.AEROSPIKE_HOSTS ?? '127.0.0.1:3000').split(',')

// A value is a table of nodes; lists and maps hold places in it, and the first node is the value.
const text = (val) => ({ nodes: [{ tag: 'text', val }] })
const integer = (val) => ({ nodes: [{ tag: 'integer', val: BigInt(val) }] })
const texts = (vals) => ({
  nodes: [
    { tag: 'list', val: { items: Uint32Array.from(vals, (_, index) => index + 1), ordered: false } },
    ...vals.map((val) => ({ tag: 'text', val })),
  ],
})
const key = (val) => ({ namespace: 'test', setName: 'jco', userKey: { tag: 'text', val } })

/** A value as JavaScript has it. */
function plain({ nodes }, place = 0) {
  const { tag, val } = nodes[place]
  return tag === 'list' ? Array.from(val.items, (item) => plain({ nodes }, item)) : val
}

const show = ({ bins }) => bins.map(({ name, value }) => `${name}: ${plain(value)}`).join(', ')

const client = aerospike.Client.connect({ hosts })
console.log(`connected to ${client.nodeNames().length} node(s)`)

client.put(key('alice'), [
  { name: 'name', value: text('Alice') },
  { name: 'age', value: integer(30) },
  { name: 'tags', value: texts(['new', 'friendly']) },
])
console.log('put:', show(client.get(key('alice'))))

const birthday = [
  { tag: 'incr', val: { bin: 'age', offset: { tag: 'integer', val: 1n } } },
  { tag: 'append', val: { bin: 'name', val: { tag: 'text', val: ' Smith' } } },
  { tag: 'read', val: 'age' },
  { tag: 'read', val: 'name' },
]
console.log('operate:', show(client.operate(key('alice'), birthday)))

const keys = Array.from({ length: 50 }, (_, index) => key(`k${index}`))
client.batchWrite(keys.map((key, index) => ({ key, bins: [{ name: 'square', value: integer(index * index) }] })))
const rows = client.batchRead(keys)
console.log(`batch: ${rows.filter((row) => row.result === 0).length} read, the last one is ${show(rows.at(-1).record)}`)
client.batchRemove(keys.map((key) => ({ key })))

client.remove(key('alice'))
try {
  client.get(key('alice'))
} catch (error) {
  // jco throws the error of the interface as the payload of its own.
  const { kind, message, resultCode } = error.payload
  console.log(`removed: ${kind.tag} (${resultCode})`)
  if (!message.includes('alice')) throw error
}
try {
  client.put(key('alice'), [])
} catch (error) {
  console.log(`refused: ${error.payload.message}`)
}
client.close()
