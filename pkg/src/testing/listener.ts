/*
 * Ports of a test server by `node:net`: Node, Deno and Bun.
 *
 * May import: node:net, types of server.ts.
 * Invariants: listens on 127.0.0.1 only; after `close` no socket and no port is left.
 */

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Listen, Listener, Sink } from './server.js'

/** Opens a port; 0 for a free one. */
export const listen: Listen = (port, accept, keepAlive) => {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    if (!keepAlive) socket.unref?.()
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    const connection = accept(sinkOf(socket))
    if (connection === null) return void socket.destroy()
    socket.on('data', (chunk) => connection.receive(chunk as Uint8Array))
    socket.on('close', () => connection.closed())
  })
  return new Promise<Listener>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`TestServer: cannot listen on 127.0.0.1:${port}: ${error.message}`, { cause: error })))
    server.listen({ port, host: '127.0.0.1' }, () => {
      if (!keepAlive) server.unref?.()
      resolve({ port: (server.address() as AddressInfo).port, close: () => closeAll(server, sockets) })
    })
  })
}

function sinkOf(socket: Socket): Sink {
  return {
    send(bytes) {
      // A client that does not read is not read from either.
      if (!socket.write(bytes) && !socket.destroyed) {
        socket.pause()
        socket.once('drain', () => socket.resume())
      }
    },
    end(abrupt) {
      if (abrupt) socket.destroy()
      else socket.end(() => socket.destroy())
    }
  }
}

function closeAll(server: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
}
