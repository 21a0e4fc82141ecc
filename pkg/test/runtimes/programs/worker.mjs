/* All scenarios in one test of workerd. Needs the binding AEROSPIKE_HOSTS. */

import * as aerospike from 'aerospike-wasm'
import { resultLine, runAll } from '../e2e/run-all.mjs'

export default {
  async test(_controller, env) {
    const result = await runAll(aerospike, env.AEROSPIKE_HOSTS, (line) => console.log(line))
    console.log(resultLine('workerd', result))
    if (result.failed > 0) throw new Error(`${result.failed} scenarios failed`)
  }
}
