/*
 * Who owns which partition, as the servers say it: for tests that have to know whom a command meets.
 *
 * Imports Node. Asks for the info values `node` and `replicas` on a socket of its own.
 */

import { createHash } from 'node:crypto'
import { connect } from 'node:net'

const PARTITIONS = 4096
const INFO = 1
const STRING = 3

/** The partition of a string key. */
export function partitionOf(set, key) {
  const digest = createHash('ripemd160').update(set).update(Buffer.of(STRING)).update(key).digest()
  return digest.readUInt16LE(0) % PARTITIONS
}

/** For every partition of a namespace the names of the nodes that own it. A node that does not answer owns nothing. */
export async function ownersOf(namespace, nodes) {
  const owners = Array.from({ length: PARTITIONS }, () => new Set())
  for (const node of nodes) {
    const values = await ask(node, ['node', 'replicas']).catch(() => null)
    if (values === null) continue
    for (const bits of bitmapsOf(values.get('replicas'), namespace)) {
      owners.forEach((names, at) => {
        if ((bits[at >> 3] & (0x80 >> (at & 7))) !== 0) names.add(values.get('node'))
      })
    }
  }
  return owners
}

/** Whether anybody listens there. */
export async function listens({ host, port }) {
  const socket = connect(port, host)
  const heard = await new Promise((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)))
  socket.destroy()
  return heard
}

function bitmapsOf(value, namespace) {
  const entry = value.split(';').find((part) => part.startsWith(`${namespace}:`))
  if (entry === undefined) return []
  return entry.slice(namespace.length + 1).split(',').slice(2).map((bitmap) => Buffer.from(bitmap, 'base64'))
}

async function ask({ host, port }, names) {
  const body = Buffer.from(names.map((name) => `${name}\n`).join(''))
  const header = Buffer.alloc(8)
  header.writeBigUInt64BE((2n << 56n) | (BigInt(INFO) << 48n) | BigInt(body.length))
  const socket = connect(port, host)
  socket.setTimeout(2000, () => socket.destroy(new Error('no answer')))
  socket.write(Buffer.concat([header, body]))
  let all = Buffer.alloc(0)
  for await (const chunk of socket) {
    all = Buffer.concat([all, chunk])
    if (all.length >= 8 && all.length >= 8 + all.readUIntBE(2, 6)) break
  }
  socket.destroy()
  const lines = all.subarray(8).toString().split('\n').filter((line) => line !== '')
  return new Map(lines.map((line) => line.split('\t')))
}
