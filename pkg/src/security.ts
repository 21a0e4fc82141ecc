/*
 * TLS and authentication in the configuration: checked before anything is opened.
 *
 * May import: constants.ts, fault.ts, types of enums.ts, hosts.ts, wasm.ts.
 * Invariant: no message of a Fault holds a password, a passphrase or a key.
 */

import { AUTH_EXTERNAL, AUTH_INTERNAL, AUTH_PKI } from './constants.js'
import type { AuthMode } from './enums.js'
import { Fault, show, unknownName } from './fault.js'
import type { Seed } from './hosts.js'
import type { EngineConfigBinding } from './wasm.js'

/**
 * PEM text, as in a `.pem` file: the text itself or its bytes, not the name of the file.
 *
 * @example
 * ```ts
 * const ca: Pem = '-----BEGIN CERTIFICATE-----' // the contents of ca.pem
 * await using secured = await connect({ hosts: 'db:4333', tls: { ca } })
 * ```
 */
export type Pem = string | Uint8Array

/**
 * How connections are protected. All in memory: read the files first.
 *
 * @example
 * ```ts
 * const pem = '-----BEGIN ...' // the contents of the files
 * const tls: TlsOptions = { ca: [pem], cert: pem, key: pem, passphrase: 'secret', tlsName: 'cluster.example' }
 * await using secured = await connect({ hosts: [['10.0.0.1', 4333]], tls, user: 'alice', password: 'secret' })
 * ```
 */
export interface TlsOptions {
  /** Certificates of the authorities that servers are trusted by. Default: those the runtime trusts. */
  readonly ca?: Pem | readonly Pem[]
  /** Certificate of this client, with the ones between it and its authority behind it. */
  readonly cert?: Pem
  /** Private key of `cert`. */
  readonly key?: Pem
  /** Opens `key` if it is encrypted. */
  readonly passphrase?: string
  /** The name that servers' certificates must be for, where `hosts` gives none. Default: the host itself. */
  readonly tlsName?: string
}

const TLS_NAMES: readonly (keyof TlsOptions)[] = ['ca', 'cert', 'key', 'passphrase', 'tlsName']
const PEM_MARK = '-----BEGIN '
const PEM_HINT = 'is not PEM text, which begins with -----BEGIN; give the contents of the file, not its name'

const MODES: { readonly [mode: number]: string } = {
  [AUTH_INTERNAL]: 'AUTH_INTERNAL', [AUTH_EXTERNAL]: 'AUTH_EXTERNAL', [AUTH_PKI]: 'AUTH_PKI'
}
const MOST_USER_BYTES = 63
const MOST_PASSWORD_BYTES = { [AUTH_INTERNAL]: 72, [AUTH_EXTERNAL]: 1024 }

/** Checks `config.tls`; null when there is none. @internal */
export function checkTls(tls: unknown): TlsOptions | null {
  if (tls === undefined) return null
  if (typeof tls !== 'object' || tls === null || Array.isArray(tls)) {
    throw new Fault('config.tls', `${show(tls)} is not an object; {} is TLS with the runtime's own authorities`)
  }
  for (const name of Object.keys(tls)) {
    if (!(TLS_NAMES as readonly string[]).includes(name)) throw unknownName('config.tls', name, TLS_NAMES)
  }
  const { ca, cert, key, passphrase, tlsName } = tls as { readonly [name in keyof TlsOptions]: unknown }
  if (Array.isArray(ca)) ca.forEach((one: unknown, i) => checkPem(one, `config.tls.ca[${i}]`))
  else if (ca !== undefined) checkPem(ca, 'config.tls.ca')
  if (Array.isArray(ca) && ca.length === 0) throw new Fault('config.tls.ca', 'the list is empty; leave it out to trust what the runtime trusts')
  if (cert !== undefined) checkPem(cert, 'config.tls.cert')
  if (key !== undefined) checkPem(key, 'config.tls.key')
  if (cert !== undefined && key === undefined) throw new Fault('config.tls.key', 'is missing: config.tls.cert needs its private key')
  if (key !== undefined && cert === undefined) throw new Fault('config.tls.cert', 'is missing: config.tls.key needs its certificate')
  if (passphrase !== undefined && (typeof passphrase !== 'string' || key === undefined)) {
    throw new Fault('config.tls.passphrase', key === undefined ? 'there is no config.tls.key to open with it' : 'is not a string')
  }
  if (tlsName !== undefined && (typeof tlsName !== 'string' || tlsName === '')) {
    throw new Fault('config.tls.tlsName', `${show(tlsName)} is not a name`)
  }
  return tls as TlsOptions
}

function checkPem(value: unknown, field: string): void {
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) throw new Fault(field, 'is neither a string nor bytes')
  const start = typeof value === 'string' ? value : new TextDecoder('latin1').decode(value)
  if (!start.includes(PEM_MARK)) throw new Fault(field, PEM_HINT)
}

/** The seeds with the TLS names that they are to be reached by; all by TLS, or none. @internal */
export function nameSeeds(seeds: readonly Seed[], tls: TlsOptions | null): readonly Seed[] {
  if (tls !== null) return seeds.map((seed) => ({ ...seed, tlsName: seed.tlsName || (tls.tlsName ?? seed.host) }))
  const clear = seeds.findIndex((seed) => seed.tlsName === '')
  if (clear !== -1 && seeds.some((seed) => seed.tlsName !== '')) {
    throw new Fault(`config.hosts[${clear}]`, 'has no TLS name while others have one; give every host one, or set config.tls')
  }
  return seeds
}

/** Who the client says it is, checked. @internal */
export interface Credentials {
  readonly mode: AuthMode
  readonly user: string
  readonly password: string
}

/** Checks `user`, `password` and `authMode`; null when there is no authentication. @internal */
export function checkAuth(
  given: { readonly user?: unknown; readonly password?: unknown; readonly authMode?: unknown },
  seeds: readonly Seed[]
): Credentials | null {
  const { user, password, authMode } = given
  if (user === undefined && password === undefined && authMode === undefined) return null
  const mode = authMode ?? AUTH_INTERNAL
  if (typeof mode !== 'number' || !Object.hasOwn(MODES, mode)) {
    throw new Fault('config.authMode', `${show(authMode)} is none of ${Object.values(MODES).join(', ')}`)
  }
  if (mode !== AUTH_INTERNAL && seeds.some((seed) => seed.tlsName === '')) {
    throw new Fault('config.authMode', `${MODES[mode]} needs TLS: set config.tls, or give every host a TLS name`)
  }
  if (mode === AUTH_PKI) {
    if (password !== undefined) throw new Fault('config.password', 'AUTH_PKI takes none: the certificate of config.tls says who the client is')
    if (user !== undefined) throw new Fault('config.user', 'AUTH_PKI takes none: the certificate of config.tls says who the client is')
    return { mode, user: '', password: '' }
  }
  checkUser(user)
  if (typeof password !== 'string') {
    throw new Fault('config.password', password === undefined ? 'is missing beside config.user' : 'is not a string')
  }
  const most = MOST_PASSWORD_BYTES[mode as typeof AUTH_INTERNAL]
  const length = byteLength(password)
  if (length === 0 || length > most) throw new Fault('config.password', `has ${length} bytes, 1 to ${most} are allowed`)
  if (password.includes('\0')) throw new Fault('config.password', 'has a character of value 0')
  return { mode: mode as AuthMode, user: user as string, password }
}

function checkUser(user: unknown): void {
  if (user === undefined) throw new Fault('config.user', 'is missing beside config.password or config.authMode')
  if (typeof user !== 'string') throw new Fault('config.user', `${show(user)} is not a string`)
  const length = byteLength(user)
  if (length === 0 || length > MOST_USER_BYTES) {
    throw new Fault('config.user', `has ${length} bytes, 1 to ${MOST_USER_BYTES} are allowed`)
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}

/** Sets who the client is; after the seeds. @internal */
export function applyAuth(target: EngineConfigBinding, credentials: Credentials | null): void {
  if (credentials !== null) target.set_auth(credentials.mode, credentials.user, credentials.password)
}
