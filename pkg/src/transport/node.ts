/*
 * TCP by `node:net` and TLS by `node:tls`: Node, and runtimes that offer the same modules.
 *
 * May import: node:net, node:tls, node:buffer, transport.ts, text.ts, types of security.ts.
 * Invariants: never throws; after `close` nothing is reported; received bytes stand in one buffer per connection, which
 * is reused after `bytes` returns.
 */

import { Buffer } from 'node:buffer'
import { connect, isIP, type Socket, type TcpNetConnectOpts } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { Pem, TlsOptions } from '../security.js'
import type { TextCodec } from '../text.js'
import { CLOSE_REASON, type CloseReason, type Endpoint, type Transport } from '../transport.js'
import type { TransportConnection, TransportEvents } from '../transport.js'

type Tls = typeof import('node:tls')

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

/** What OpenSSL and Node say of certificates. */
const CERTIFICATE_REASONS: { readonly [code: string]: CloseReason } = {
  CERT_HAS_EXPIRED: CLOSE_REASON.certificateExpired,
  CERT_NOT_YET_VALID: CLOSE_REASON.certificateExpired,
  ERR_TLS_CERT_ALTNAME_INVALID: CLOSE_REASON.certificateName,
  DEPTH_ZERO_SELF_SIGNED_CERT: CLOSE_REASON.certificateSelfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: CLOSE_REASON.certificateUntrusted,
  UNABLE_TO_GET_ISSUER_CERT: CLOSE_REASON.certificateUntrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CLOSE_REASON.certificateUntrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CLOSE_REASON.certificateUntrusted,
  CERT_SIGNATURE_FAILURE: CLOSE_REASON.certificateUntrusted,
  CERT_UNTRUSTED: CLOSE_REASON.certificateUntrusted,
  INVALID_CA: CLOSE_REASON.certificateUntrusted
}

/** Alerts with which a server answers the certificate of a client, or that there is none. */
const CLIENT_ALERT = /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED)/

/** The reason, if it is about TLS. */
function tlsReasonOf(error: unknown): CloseReason | null {
  const code = String((error as { code?: unknown }).code)
  const known = CERTIFICATE_REASONS[code]
  if (known !== undefined) return known
  if (CLIENT_ALERT.test(code)) return CLOSE_REASON.clientCertificate
  return code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') ? CLOSE_REASON.tls : null
}

class NodeConnection implements TransportConnection {
  protected readonly on: TransportEvents
  private socket: Socket | null = null
  private reason: CloseReason = CLOSE_REASON.closed
  private ended = false

  constructor(on: TransportEvents) {
    this.on = on
  }

  /** Takes a socket in the making; `event` says that bytes can flow. */
  protected attach(socket: Socket, event: 'connect' | 'secureConnect', reasonOfError: (error: unknown) => CloseReason): void {
    if (this.ended) return void socket.destroy()
    this.socket = socket
    socket.on(event, () => {
      if (!this.ended) this.on.open()
    })
    // A runtime that knows no `onread` hands out chunks instead; Node never emits this beside it.
    socket.on('data', (chunk) => {
      if (!this.ended) this.on.bytes(chunk as Uint8Array)
    })
    socket.on('error', (error) => {
      this.reason = reasonOfError(error)
    })
    socket.on('end', () => socket.destroy())
    socket.on('close', () => this.report(this.reason))
  }

  /** What both kinds of socket are told to begin with. */
  protected options(endpoint: Endpoint): TcpNetConnectOpts {
    return {
      host: endpoint.host,
      port: endpoint.port,
      noDelay: true,
      keepAlive: true,
      onread: {
        buffer: Buffer.allocUnsafeSlow(RECEIVE_BYTES),
        callback: (length, buffer) => {
          if (!this.ended) this.on.bytes(buffer.subarray(0, length))
          return true
        }
      }
    }
  }

  protected report(reason: CloseReason): void {
    if (this.ended) return
    this.ended = true
    this.on.close(reason)
  }

  write(bytes: Uint8Array): void {
    if (!this.ended) this.socket?.write(bytes)
  }

  close(): void {
    this.ended = true
    this.socket?.destroy()
  }
}

class ClearConnection extends NodeConnection {
  constructor(endpoint: Endpoint, on: TransportEvents) {
    super(on)
    this.attach(connect(this.options(endpoint)), 'connect', reasonOf)
  }
}

class TlsConnection extends NodeConnection {
  private isSecure = false

  constructor(endpoint: Endpoint, on: TransportEvents) {
    super(on)
    if (loaded !== null) this.open(loaded, endpoint)
    else load().then((tls) => this.open(tls, endpoint)).catch(() => this.report(CLOSE_REASON.tls))
  }

  private open(tls: Tls, endpoint: Endpoint): void {
    const { tlsName } = endpoint
    const socket = tls.connect({
      ...this.options(endpoint),
      secureContext: contextOf(tls, endpoint.tls ?? {}),
      // An address is no server name, and is not sent as one.
      ...(isIP(tlsName) === 0 ? { servername: tlsName } : {}),
      checkServerIdentity: (_host, certificate) => tls.checkServerIdentity(tlsName, certificate)
    })
    let isMade = false
    socket.on('connect', () => {
      isMade = true
    })
    socket.on('secureConnect', () => {
      this.isSecure = true
    })
    this.attach(socket, 'secureConnect', (error) => this.reasonOf(error, isMade))
  }

  /** What ends a connection before it is secure has to do with TLS, unless it was never made. */
  private reasonOf(error: unknown, isMade: boolean): CloseReason {
    const reason = tlsReasonOf(error)
    if (reason !== null) return reason
    return isMade && !this.isSecure ? CLOSE_REASON.tls : reasonOf(error)
  }
}

/** Ends before it began; the report comes after `connect` has returned. */
class FailedConnection implements TransportConnection {
  constructor(on: TransportEvents, reason: CloseReason) {
    queueMicrotask(() => on.close(reason))
  }

  write(): void {}

  close(): void {}
}

/** `node:tls`, which is loaded when it is first needed: it takes as long as the rest of the package. */
let loaded: Tls | null = null

async function load(): Promise<Tls> {
  loaded ??= await import('node:tls')
  return loaded
}

const contexts = new WeakMap<TlsOptions, SecureContext>()

/** The certificates and keys of a configuration, read once. */
function contextOf(tls: Tls, options: TlsOptions): SecureContext {
  let context = contexts.get(options)
  if (context === undefined) {
    const { ca, cert, key, passphrase } = options
    context = tls.createSecureContext({
      ...(ca === undefined ? {} : { ca: (Array.isArray(ca) ? ca : [ca]).map(pemOf) }),
      ...(cert === undefined ? {} : { cert: pemOf(cert) }),
      ...(key === undefined ? {} : { key: pemOf(key) }),
      ...(passphrase === undefined ? {} : { passphrase })
    })
    contexts.set(options, context)
  }
  return context
}

function pemOf(pem: Pem): string {
  return typeof pem === 'string' ? pem : Buffer.from(pem).toString('latin1')
}

/** Connections by `node:net`, or by `node:tls` where the endpoint has a TLS name. */
export const nodeTransport: Transport = {
  connect(endpoint: Endpoint, on: TransportEvents): TransportConnection {
    const isClear = endpoint.tlsName === ''
    try {
      return isClear ? new ClearConnection(endpoint, on) : new TlsConnection(endpoint, on)
    } catch {
      return new FailedConnection(on, isClear ? CLOSE_REASON.other : CLOSE_REASON.tls)
    }
  },

  async prepareTls(options: TlsOptions): Promise<void> {
    contextOf(await load(), options)
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
