/* All scenarios in one process of Node, Deno or Bun. Needs AEROSPIKE_HOSTS. */

import * as aerospike from 'aerospike-wasm'
import process from 'node:process'
import { resultLine, runAll } from '../e2e/run-all.mjs'

const { versions } = process
const name = versions.bun ? `Bun ${versions.bun}` : versions.deno ? `Deno ${versions.deno}` : `Node ${versions.node}`
console.log(resultLine(name, await runAll(aerospike, process.env.AEROSPIKE_HOSTS, console.log)))
