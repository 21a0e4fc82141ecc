/*
 * A relay from WebSockets to TCP, for clients that have no TCP: one WebSocket is one connection, binary messages are its
 * bytes, both ways.
 *
 *   ALLOW=127.0.0.1:3000,127.0.0.1:3001 TOKEN=secret PORT=8080 node relay.mjs
 *
 * It connects only to the addresses in ALLOW (give those that the nodes announce), for clients that know TOKEN. When the
 * TCP connection is made it sends one empty text message; when it ends it closes the WebSocket with 4000 plus a reason of
 * `CLOSE_REASON`.
 */

import { timingSafeEqual } from 'node:crypto'
import { connect } from 'node:net'
import { CLOSE_REASON } from 'aerospike-wasm'
import { WebSocketServer } from 'ws'

const allowed = new Set((process.env.ALLOW ?? '').split(',').filter((address) => address !== ''))
const token = Buffer.from(process.env.TOKEN ?? '')
const MOST_WAITING = 1 << 20

if (allowed.size === 0 || token.length === 0) throw new Error('set ALLOW to host:port of each node, and TOKEN to a secret')

const reasons = { ECONNREFUSED: CLOSE_REASON.refused, ECONNRESET: CLOSE_REASON.reset, ETIMEDOUT: CLOSE_REASON.timedOut }

function isKnown(given) {
  const bytes = Buffer.from(given ?? '')
  return bytes.length === token.length && timingSafeEqual(bytes, token)
}

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.env.PORT ?? 8080), maxPayload: 1 << 28 })
server.on('listening', () => console.log(`relay listening on ws://127.0.0.1:${server.address().port}`))
server.on('connection', (socket, request) => {
  const { searchParams } = new URL(request.url, 'ws://relay')
  const [host, port] = [searchParams.get('host'), searchParams.get('port')]
  if (!isKnown(searchParams.get('token')) || !allowed.has(`${host}:${port}`)) {
    return socket.close(4000 + CLOSE_REASON.refused, 'not allowed')
  }
  relay(socket, connect({ host, port: Number(port), noDelay: true }))
})

function relay(socket, tcp) {
  let reason = CLOSE_REASON.closed
  tcp.on('connect', () => socket.send(''))
  tcp.on('data', (chunk) => {
    socket.send(chunk, { binary: true }, () => socket.bufferedAmount < MOST_WAITING && tcp.resume())
    if (socket.bufferedAmount >= MOST_WAITING) tcp.pause()
  })
  tcp.on('error', (error) => (reason = reasons[error.code] ?? CLOSE_REASON.other))
  tcp.on('close', () => socket.close(4000 + reason))
  socket.on('message', (data) => tcp.write(data))
  socket.on('close', () => tcp.destroy())
  socket.on('error', () => tcp.destroy())
}

process.on('SIGTERM', () => {
  for (const socket of server.clients) socket.terminate()
  server.close()
})
