/*
 * TCP by `node:net`: Node, and runtimes that offer the same module.
 *
 * May import: node:net, node:buffer, transport.ts, text.ts.
 * Invariants: never throws; after `close` nothing is reported; received bytes stand in one buffer per connection, which
 * is reused after `bytes` returns.
 */

import { Buffer } from 'node:buffer'
import { connect, type Socket } from 'node:net'
import type { TextCodec } from '../text.js'
import { CLOSE_REASON, type CloseReason, type Endpoint, type Transport } from '../transport.js'
import type { TransportConnection, TransportEvents } from '../transport.js'

const RECEIVE_BYTES = 65_536

const REASONS: { readonly [code: string]: CloseReason } = {
  ECONNREFUSED: CLOSE_REASON.refused,
  EHOSTUNREACH: CLOSE_REASON.unreachable,
  ENETUNREACH: CLOSE_REASON.unreachable,
  EHOSTDOWN: CLOSE_REASON.unreachable,
  ECONNRESET: CLOSE_REASON.reset,
  EPIPE: CLOSE_REASON.reset,
  ECONNABORTED: CLOSE_REASON.reset,
  ETIMEDOUT: CLOSE_REASON.timedOut,
  ENOTFOUND: CLOSE_REASON.nameNotFound,
  EAI_AGAIN: CLOSE_REASON.nameNotFound,
  EAI_NODATA: CLOSE_REASON.nameNotFound,
  EAI_NONAME: CLOSE_REASON.nameNotFound
}

function reasonOf(error: unknown): CloseReason {
  const { code, errors } = error as { code?: string; errors?: readonly unknown[] }
  const known = code === undefined ? undefined : REASONS[code]
  if (known !== undefined) return known
  return errors !== undefined && errors.length > 0 ? reasonOf(errors[0]) : CLOSE_REASON.other
}

class NodeConnection implements TransportConnection {
  private readonly on: TransportEvents
  private readonly socket: Socket
  private reason: CloseReason = CLOSE_REASON.closed
  private ended = false

  constructor(endpoint: Endpoint, on: TransportEvents) {
    this.on = on
    const receive = Buffer.allocUnsafeSlow(RECEIVE_BYTES)
    this.socket = connect({
      host: endpoint.host,
      port: endpoint.port,
      noDelay: true,
      keepAlive: true,
      onread: {
        buffer: receive,
        callback: (length, buffer) => {
          if (!this.ended) this.on.bytes(buffer.subarray(0, length))
          return true
        }
      }
    })
    this.socket.on('connect', () => {
      if (!this.ended) this.on.open()
    })
    // A runtime that knows no `onread` hands out chunks instead; Node never emits this beside it.
    this.socket.on('data', (chunk) => {
      if (!this.ended) this.on.bytes(chunk as Uint8Array)
    })
    this.socket.on('error', (error) => {
      this.reason = reasonOf(error)
    })
    this.socket.on('end', () => this.socket.destroy())
    this.socket.on('close', () => this.report(this.reason))
  }

  private report(reason: CloseReason): void {
    if (this.ended) return
    this.ended = true
    this.on.close(reason)
  }

  write(bytes: Uint8Array): void {
    if (!this.ended) this.socket.write(bytes)
  }

  close(): void {
    this.ended = true
    this.socket.destroy()
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

/** Connections by `node:net`, clear text. */
export const nodeTransport: Transport = {
  connect(endpoint: Endpoint, on: TransportEvents): TransportConnection {
    if (endpoint.tlsName !== '') return new FailedConnection(on)
    try {
      return new NodeConnection(endpoint, on)
    } catch {
      return new FailedConnection(on)
    }
  }
}

/** What Buffer offers beside its documented methods. */
interface SlicingBuffer extends Buffer {
  utf8Slice(from: number, to: number): string
  utf8Write(text: string, at: number): number
}

/** Text by Buffer, which is several times faster on short strings than TextEncoder and TextDecoder. */
export class BufferText implements TextCodec {
  private buffer = Buffer.alloc(0) as unknown as SlicingBuffer

  attach(buffer: ArrayBuffer): void {
    this.buffer = Buffer.from(buffer) as unknown as SlicingBuffer
  }

  write(text: string, at: number): number {
    return this.buffer.utf8Write(text, at)
  }

  read(from: number, to: number): string {
    return this.buffer.utf8Slice(from, to)
  }

  byteLength(text: string): number {
    return Buffer.byteLength(text)
  }
}
