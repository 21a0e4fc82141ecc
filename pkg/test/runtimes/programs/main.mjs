/* All scenarios in one process of Node, Deno or Bun. Needs AEROSPIKE_HOSTS. */

import * as aerospike from 'aerospike-wasm'
import process from 'node:process'
import { runInMemory } from './in-memory.mjs'
import { resultLine, runAll } from '../e2e/run-all.mjs'

const { versions } = process
const name = versions.bun ? `Bun ${versions.bun}` : versions.deno ? `Deno ${versions.deno}` : `Node ${versions.node}`
const sockets = await runAll(aerospike, process.env.AEROSPIKE_HOSTS, console.log)
console.log(resultLine(name, sockets, await runInMemory(console.log)))
