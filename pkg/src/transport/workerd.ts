/*
 * TCP by `cloudflare:sockets`: workerd, that is Cloudflare Workers and Durable Objects.
 *
 * May import: cloudflare:sockets, errors.ts, transport.ts.
 * Invariants: never throws; after `close` nothing is reported; received bytes stand in one buffer per connection, which
 * is reused after `bytes` returns.
 * Facts: a socket belongs to the request that opened it; any other request that touches it gets an error. workerd tells
 * reasons only as text, and checks certificates against the authorities of its own configuration.
 */

import { connect, type Socket } from 'cloudflare:sockets'
import { ClientError } from '../errors.js'
import { CLOSE_REASON, type CloseReason, type Endpoint, type Transport } from '../transport.js'
import type { TransportConnection, TransportEvents } from '../transport.js'

const RECEIVE_BYTES = 65_536

/** What TCP gives; TLS goes on from there, so that a handshake that fails is told from a host that does not answer. */
function openSocket({ host, port, tlsName }: Endpoint): Socket {
  const address = { hostname: host.includes(':') ? `[${host}]` : host, port }
  return connect(address, { secureTransport: tlsName === '' ? 'off' : 'starttls', allowHalfOpen: false })
}

function reasonOf(error: unknown): CloseReason {
  const text = error instanceof Error ? error.message : String(error)
  if (/reset|disconnected|broken pipe/i.test(text)) return CLOSE_REASON.reset
  if (/DNS|lookup|resolve/i.test(text)) return CLOSE_REASON.nameNotFound
  return CLOSE_REASON.other
}

class WorkerdConnection implements TransportConnection {
  private readonly on: TransportEvents
  private readonly below: Socket
  private readonly socket: Socket
  private readonly writer: WritableStreamDefaultWriter<Uint8Array>
  private handshakes: boolean
  private ended = false

  constructor(endpoint: Endpoint, on: TransportEvents) {
    this.on = on
    this.handshakes = endpoint.tlsName !== ''
    this.below = openSocket(endpoint)
    this.socket = this.handshakes ? this.below.startTls({ expectedServerHostname: endpoint.tlsName }) : this.below
    this.below.closed.catch(() => {})
    this.below.opened.catch((error: unknown) => this.report(reasonOf(error)))
    this.writer = this.socket.writable.getWriter()
    this.writer.closed.catch(() => {})
    this.socket.closed.then(
      () => this.report(CLOSE_REASON.closed),
      (error: unknown) => this.fail(error)
    )
    this.socket.opened.then(
      () => {
        this.handshakes = false
        if (this.ended) return
        this.on.open()
        this.read().catch((error: unknown) => this.fail(error))
      },
      (error: unknown) => this.fail(error)
    )
  }

  private async read(): Promise<void> {
    const reader = this.socket.readable.getReader({ mode: 'byob' })
    let buffer = new ArrayBuffer(RECEIVE_BYTES)
    while (!this.ended) {
      const { done, value } = await reader.read(new Uint8Array(buffer))
      if (value !== undefined && value.length > 0 && !this.ended) this.on.bytes(value)
      if (done || value === undefined) return this.report(CLOSE_REASON.closed)
      buffer = value.buffer
    }
  }

  /** A handshake tells nothing of why it fails, so it counts that the connection below it was made. */
  private fail(error: unknown): void {
    if (!this.handshakes) return this.report(reasonOf(error))
    this.below.opened.then(() => this.report(CLOSE_REASON.tls), () => {})
  }

  private report(reason: CloseReason): void {
    if (this.ended) return
    this.ended = true
    this.on.close(reason)
    this.shut()
  }

  private shut(): void {
    this.socket.close().catch(() => {})
  }

  write(bytes: Uint8Array): void {
    if (this.ended) return
    this.writer.write(bytes).catch((error: unknown) => this.fail(error))
  }

  close(): void {
    this.ended = true
    this.shut()
  }
}

/** Ends before it began; the report comes after `connect` has returned. */
class FailedConnection implements TransportConnection {
  constructor(on: TransportEvents) {
    queueMicrotask(() => on.close(CLOSE_REASON.other))
  }

  write(): void {}

  close(): void {}
}

/** Connections by `cloudflare:sockets`, clear text or TLS. */
export const workerdTransport: Transport = {
  prepareTls({ ca, cert, key }): void {
    if (ca !== undefined) throw new Error('workerd trusts the authorities of its own configuration; leave ca out')
    if (cert !== undefined || key !== undefined) throw new Error('workerd has no certificates of clients; leave cert and key out')
  },

  connect(endpoint: Endpoint, on: TransportEvents): TransportConnection {
    try {
      return new WorkerdConnection(endpoint, on)
    } catch {
      return new FailedConnection(on)
    }
  }
}

/**
 * Notes the request at work; the answer throws when another one calls it. A pair of WebSockets that nobody uses belongs
 * to its request as sockets and timers do, and says so when it is looked at.
 */
export function claimRequest(): (operation: string) => void {
  const mine = new WebSocketPair()[0]
  return (operation) => {
    try {
      void mine.readyState
    } catch (cause) {
      throw new ClientError(
        `${operation}: this client was connected in another request, and workerd keeps sockets and timers to the request ` +
          'that made them; connect in each request, or keep the client in a Durable Object',
        { cause }
      )
    }
  }
}
