/*
 * The test server behind TLS: a terminator per node, which the server announces as its TLS address.
 *
 * Imports Node and support/.
 */

import { createConnection } from 'node:net'
import { createServer } from 'node:tls'
import { command } from './server.mjs'

/**
 * Puts TLS before every node of a test server. `options` are those of `node:tls`'s createServer. The answer has `hosts`
 * as `connect` takes them, `errors` that handshakes ended with, how many connections were made, and `stop()`.
 */
export async function startTls(server, tlsName, options) {
  const ends = []
  const state = { errors: [], connections: 0 }
  const addresses = server.hosts.split(',')
  for (const [node, address] of addresses.entries()) {
    const end = await terminator(address, options, state)
    ends.push(end)
    const name = addresses.length === 1 ? 'A2' : `A${node + 1}`
    await command(address, `test-tls:name=${name};tls-name=${tlsName};host=127.0.0.1;port=${end.port}`)
  }
  const stop = () => Promise.all(ends.map((end) => end.stop()))
  return { hosts: ends.map((end) => ['127.0.0.1', end.port, tlsName]), state, stop }
}

async function terminator(address, options, state) {
  const [host, port] = address.split(':')
  const sockets = new Set()
  const server = createServer(options, (secure) => {
    state.connections += 1
    const clear = createConnection({ host, port: Number(port), noDelay: true })
    for (const socket of [secure, clear]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        secure.destroy()
        clear.destroy()
      })
    }
    secure.pipe(clear).pipe(secure)
  })
  server.on('tlsClientError', (error) => state.errors.push(error.code))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => new Promise((resolve) => {
    server.close(resolve)
    for (const socket of sockets) socket.destroy()
  })
  return { port: server.address().port, stop }
}
