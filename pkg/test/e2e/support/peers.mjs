/*
 * Peers that are no Aerospike server: small TCP servers, each bad in its own way.
 *
 * Imports Node only.
 */

import { createServer, connect as connectTo } from 'node:net'

/** Runs `body(hosts, peer)` beside a server on a free port that does `onSocket` with each connection. */
export async function withPeer(onSocket, body) {
  const sockets = new Set()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    onSocket(socket)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await body(`127.0.0.1:${server.address().port}`, { sockets })
  } finally {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

/** A port on which nobody listens. */
export function freePort() {
  return withPeer(() => {}, async (hosts) => Number(hosts.split(':')[1]))
}

const answering = (bytes) => (socket) => socket.on('data', () => socket.write(bytes))

export const badPeers = {
  silent: (socket) => socket.resume(),
  closes: (socket) => socket.destroy(),
  closesOnData: (socket) => socket.once('data', () => socket.destroy()),
  http: (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')),
  greets: (socket) => socket.resume() && socket.write('220 mail.example.org ESMTP ready\r\n'),
  zeros: answering(Buffer.alloc(64)),
  endless: (socket) => socket.on('data', () => socket.write(Buffer.from([2, 1, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]))),
  halfFrame: (socket) => socket.once('data', () => socket.end(Buffer.from([2, 1, 0, 0]))),
  emptyInfo: answering(Buffer.from([2, 1, 0, 0, 0, 0, 0, 0])),
  echo: (socket) => socket.on('data', (chunk) => socket.write(chunk))
}

/**
 * A server between client and `target` (`host:port`): passes everything on, except that `tamper(request, reply, socket)`
 * may answer a record message itself. `tamper` gets the message as it came and returns true when it took it.
 */
export async function withProxy(target, tamper, body) {
  const [host, port] = target.split(':')
  const onSocket = (client) => {
    const server = connectTo({ host, port: Number(port) })
    let waiting = Buffer.alloc(0)
    client.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk])
      while (waiting.length >= 8 && waiting.length >= 8 + waiting.readUIntBE(2, 6)) {
        const message = waiting.subarray(0, 8 + waiting.readUIntBE(2, 6))
        waiting = waiting.subarray(message.length)
        if (message[1] !== 3 || !tamper(message, client, server)) server.write(message)
      }
    })
    server.on('data', (chunk) => client.write(chunk))
    server.on('error', () => {})
    server.on('close', () => client.destroy())
    client.on('close', () => server.destroy())
  }
  return withPeer(onSocket, body)
}
