/* Says how connecting to each of its arguments fails, a line each. On Deno it needs no permission but those given in the test. */

import { connect } from 'aerospike-wasm'
import process from 'node:process'

for (const hosts of process.argv.slice(2)) {
  const told = await connect({ hosts, timeout: 700 }).then(() => 'connected', (error) => `${error.name}: ${error.message}`)
  console.log(told.replace(hosts.replace(/[[\]]/g, ''), 'PEER'))
}
