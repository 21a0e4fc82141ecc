/*
 * A serverless handler: the client lives outside of it, so that one environment connects once, however many invocations it
 * serves. The promise is kept rather than the client: invocations that meet while it connects share it, too.
 *
 * Variables: AEROSPIKE_HOSTS.
 */

import aerospike, { connect } from 'aerospike-wasm'

let connecting = null

function client() {
  connecting ??= connect({
    hosts: process.env.AEROSPIKE_HOSTS ?? '127.0.0.1:3000',
    // An environment sleeps between invocations; a write must not leave on a connection the server has given up.
    idleTimeout: 30_000,
    policies: { read: { totalTimeout: 500 }, operate: { totalTimeout: 500 } }
  }).catch((error) => {
    connecting = null
    throw error
  })
  return connecting
}

/** Counts a visit of `event.user`. */
export async function handler(event) {
  const cold = connecting === null
  const database = await client()
  const { bins } = await database.operate(['test', 'visitors', event.user], [
    { op: aerospike.OPERATOR_INCR, bin: 'visits', val: 1 },
    { op: aerospike.OPERATOR_READ, bin: 'visits' }
  ], { meta: { ttl: 3600 } })
  const connectionsOpened = database.statistics().nodes.reduce((sum, node) => sum + node.opened, 0)
  return { user: event.user, visits: bins.visits, cold, connectionsOpened }
}
