/* All scenarios in one test of workerd. Needs the binding AEROSPIKE_HOSTS. */

import * as aerospike from 'aerospike-wasm'
import { runInMemory } from './in-memory.mjs'
import { resultLine, runAll } from '../e2e/run-all.mjs'

export default {
  async test(_controller, env) {
    const print = (line) => console.log(line)
    const sockets = await runAll(aerospike, env.AEROSPIKE_HOSTS, print)
    const memory = await runInMemory(print)
    console.log(resultLine('workerd', sockets, memory))
    if (sockets.failed + memory.failed > 0) throw new Error('scenarios failed')
  }
}
