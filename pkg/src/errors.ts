/*
 * The error classes: the tree of aerospike-py, each error with `resultCode`, `inDoubt`, `node` and `cause`.
 *
 *   AerospikeError
 *   ├── ClientError ── BackpressureError, RustPanicError
 *   ├── ClusterError ── TlsError (of this package only)
 *   ├── InvalidArgError
 *   ├── AerospikeTimeoutError (TimeoutError)
 *   ├── RecordError ── RecordNotFound, RecordExistsError, RecordGenerationError, RecordTooBig, BinNameError,
 *   │                  BinExistsError, BinNotFound, BinTypeError, FilteredOut
 *   └── ServerError ── AerospikeIndexError (IndexError) ── IndexNotFound, IndexFoundError
 *                      QueryError ── QueryAbortedError · AdminError · UDFError
 *
 * May import: result-codes.ts.
 * Invariant: `serverErrorClass` maps every code; a code without a class of its own is a ServerError.
 */

import { resultCodeAdvice, resultCodeMeaning, resultCodeText } from './result-codes.js'

/** The C client's code for an error of TLS. */
const TLS_ERROR = -9

/**
 * What an {@link AerospikeError} knows besides its message.
 *
 * @example
 * ```ts
 * // In a test: what the application does when a write is in doubt.
 * const options: AerospikeErrorOptions = { resultCode: AEROSPIKE_ERR_TIMEOUT, inDoubt: true, node: 'A1', attempts: 2, cause: 'test' }
 * client.put = () => Promise.reject(new AerospikeTimeoutError('no answer', options))
 * ```
 */
export interface AerospikeErrorOptions {
  /** Result code: positive from the server, negative from the client. Default -1. */
  readonly resultCode?: number
  /** True when the command may have changed the record although it failed. Default false. */
  readonly inDoubt?: boolean
  /** Name of the node that answered or was asked last; empty when none was. */
  readonly node?: string
  /** How many times the command was sent. */
  readonly attempts?: number
  /** What led to this error. */
  readonly cause?: unknown
}

/**
 * The base of all errors of this package.
 *
 * @example
 * ```ts
 * try {
 *   await client.put(key, { n: 1 })
 * } catch (error) {
 *   if (!(error instanceof AerospikeError)) throw error
 *   console.log(error.name, error.resultCode, error.inDoubt, error.node, error.attempts)
 * }
 * ```
 */
export class AerospikeError extends Error {
  /** Result code: positive from the server (`AEROSPIKE_ERR_*`), negative from the client. */
  readonly resultCode: number
  /** True when the command may have changed the record although it failed: its bytes left and no answer came. */
  readonly inDoubt: boolean
  /** Name of the node that answered or was asked last; empty when none was. */
  readonly node: string
  /** How many times the command was sent. */
  readonly attempts: number

  /**
   * For tests of your own; the client makes its errors itself.
   *
   * @example
   * ```ts
   * const stub = new AerospikeError('connection lost', { resultCode: AEROSPIKE_ERR_CONNECTION, inDoubt: true })
   * ```
   */
  constructor(message: string, options: AerospikeErrorOptions = {}) {
    if (options.cause === undefined) super(message)
    else super(message, { cause: options.cause })
    this.resultCode = options.resultCode ?? -1
    this.inDoubt = options.inDoubt ?? false
    this.node = options.node ?? ''
    this.attempts = options.attempts ?? 0
  }
}

/**
 * An error of the client itself: closed, cancelled, an answer it cannot read.
 *
 * @example
 * ```ts
 * const signal = AbortSignal.timeout(50)
 * const error = await client.get(key, { signal }).catch((reason: unknown) => reason)
 * if (error instanceof ClientError && error.resultCode === -5) console.log('cancelled', error.cause)
 * ```
 */
export class ClientError extends AerospikeError {}
/**
 * The client refused a command because too many are waiting.
 *
 * @example
 * ```ts
 * const client = await connect({ hosts: 'db', maxConcurrentOperations: 100, operationQueueTimeoutMs: 50 })
 * const error = await client.get(key).catch((reason: unknown) => reason)
 * if (error instanceof BackpressureError) console.log('too much at a time; answer 503')
 * ```
 */
export class BackpressureError extends ClientError {}
/**
 * The engine failed by a defect; the client can no longer be used.
 *
 * @example
 * ```ts
 * const error = await client.get(key).catch((reason: unknown) => reason)
 * if (error instanceof RustPanicError) client = await connect({ hosts: 'db' })
 * ```
 */
export class RustPanicError extends ClientError {}
/**
 * No usable connection: nodes unreachable, connection lost, too many connections.
 *
 * @example
 * ```ts
 * const error = await connect({ hosts: 'nowhere:3000' }).catch((reason: unknown) => reason)
 * if (error instanceof ClusterError) console.log(error.message) // connect: nowhere:3000: host name not found
 * ```
 */
export class ClusterError extends AerospikeError {}
/**
 * What TLS found wrong: the certificate has `expired` (or is not valid yet), is for another `name`, is `self-signed` or
 * comes from an `authority` that is not trusted; the server refuses this client without a `client-certificate` it trusts;
 * or the `handshake` failed otherwise, for example because the other side does not speak TLS.
 *
 * @example
 * ```ts
 * const advice: { [check in TlsCheck]?: string } = { expired: 'renew the certificate', name: 'look at tlsName' }
 * const error = await connect({ hosts: 'db', tls: {} }).catch((reason: unknown) => reason)
 * if (error instanceof TlsError) console.log(advice[error.check] ?? error.message)
 * ```
 */
export type TlsCheck = 'expired' | 'name' | 'self-signed' | 'authority' | 'client-certificate' | 'handshake'

/**
 * No connection because TLS found something wrong.
 *
 * @example
 * ```ts
 * const error = await connect({ hosts: [['db', 4333, 'cluster']], tls: {} }).catch((reason: unknown) => reason)
 * if (error instanceof TlsError && error.check === 'expired') console.log('renew the certificate of the server')
 * ```
 */
export class TlsError extends ClusterError {
  /** What it found. */
  readonly check: TlsCheck

  /**
   * As {@link AerospikeError}, with what TLS found wrong.
   *
   * @example
   * ```ts
   * const stub = new TlsError('expired', { check: 'expired' })
   * ```
   */
  constructor(message: string, options: AerospikeErrorOptions & { readonly check?: TlsCheck } = {}) {
    super(message, { ...options, resultCode: options.resultCode ?? TLS_ERROR })
    this.check = options.check ?? 'handshake'
  }
}
/**
 * An argument, option or policy that the client refuses before anything is sent.
 *
 * @example
 * ```ts
 * const error = await client.touch(key, -5).catch((reason: unknown) => reason)
 * if (error instanceof InvalidArgError) console.log(error.field) // ttl
 * ```
 */
export class InvalidArgError extends AerospikeError {
  /** The argument at fault, such as `policy.exists` or `bins.name`. */
  readonly field: string

  /**
   * As {@link AerospikeError}, with the argument at fault.
   *
   * @example
   * ```ts
   * const stub = new InvalidArgError('policy.exists is wrong', { field: 'policy.exists' })
   * ```
   */
  constructor(message: string, options: AerospikeErrorOptions & { readonly field?: string } = {}) {
    super(message, { ...options, resultCode: options.resultCode ?? -2 })
    this.field = options.field ?? ''
  }
}
/**
 * The command took longer than its policy allows, at the client or at the server (9, 212).
 *
 * @example
 * ```ts
 * const error = await client.put(key, { n: 1 }, { policy: { totalTimeout: 20 } }).catch((reason: unknown) => reason)
 * if (error instanceof AerospikeTimeoutError && error.inDoubt) console.log('it may have been written')
 * ```
 */
export class AerospikeTimeoutError extends AerospikeError {}
/**
 * The server's answer concerns the record.
 *
 * @example
 * ```ts
 * const error = await client.increment(key, 'n').catch((reason: unknown) => reason)
 * if (error instanceof RecordError) console.log('the record does not allow it:', error.name)
 * ```
 */
export class RecordError extends AerospikeError {}
/**
 * There is no record under the key (2).
 *
 * @example
 * ```ts
 * const record = await client.get(key).catch((error: unknown) => {
 *   if (error instanceof RecordNotFound) return null
 *   throw error
 * })
 * ```
 */
export class RecordNotFound extends RecordError {}
/**
 * There is a record under the key already (5).
 *
 * @example
 * ```ts
 * const policy = { exists: aerospike.POLICY_EXISTS_CREATE_ONLY }
 * const error = await client.put(key, { n: 1 }, { policy }).catch((reason: unknown) => reason)
 * if (error instanceof RecordExistsError) console.log('somebody was first')
 * ```
 */
export class RecordExistsError extends RecordError {}
/**
 * The record's generation is not the expected one (3).
 *
 * @example
 * ```ts
 * const { meta, bins } = await client.get<{ n: number }>(key)
 * const error = await client.put(key, { n: bins.n + 1 }, { meta: { gen: meta.gen } }).catch((reason: unknown) => reason)
 * if (error instanceof RecordGenerationError) console.log('somebody wrote in between: read again')
 * ```
 */
export class RecordGenerationError extends RecordError {}
/**
 * The record is larger than the server allows (13).
 *
 * @example
 * ```ts
 * const error = await client.append(key, 'log', 'x'.repeat(2_000_000)).catch((reason: unknown) => reason)
 * if (error instanceof RecordTooBig) console.log('begin another record')
 * ```
 */
export class RecordTooBig extends RecordError {}
/**
 * The name of a bin is too long (21).
 *
 * @example
 * ```ts
 * const error = await client.get(key).catch((reason: unknown) => reason)
 * if (error instanceof BinNameError) console.log('the server refuses a name')
 * ```
 */
export class BinNameError extends RecordError {}
/**
 * The bin exists already (6).
 *
 * @example
 * ```ts
 * const error = await client.operate(key, [op.write('n', 1)]).catch((reason: unknown) => reason)
 * if (error instanceof BinExistsError) console.log('the bin was there')
 * ```
 */
export class BinExistsError extends RecordError {}
/**
 * There is no such bin (17).
 *
 * @example
 * ```ts
 * const error = await client.operate(key, [op.read('n')]).catch((reason: unknown) => reason)
 * if (error instanceof BinNotFound) console.log('the bin was not there')
 * ```
 */
export class BinNotFound extends RecordError {}
/**
 * The operation does not fit the type of the bin (12).
 *
 * @example
 * ```ts
 * await client.put(key, { name: 'Alice' })
 * const error = await client.increment(key, 'name').catch((reason: unknown) => reason)
 * if (error instanceof BinTypeError) console.log('text cannot be added to')
 * ```
 */
export class BinTypeError extends RecordError {}
/**
 * The filter expression was not true (27).
 *
 * @example
 * ```ts
 * declare const filterExpression: Uint8Array
 * const error = await client.get(key, { policy: { filterExpression } }).catch((reason: unknown) => reason)
 * if (error instanceof FilteredOut) console.log('it is there, and the filter is not true')
 * ```
 */
export class FilteredOut extends RecordError {}
/**
 * Any other error of the server.
 *
 * @example
 * ```ts
 * const error = await client.put(['nowhere', 'demo', 1], { n: 1 }).catch((reason: unknown) => reason)
 * if (error instanceof ServerError) console.log(error.resultCode === aerospike.AEROSPIKE_ERR_INVALID_NAMESPACE)
 * ```
 */
export class ServerError extends AerospikeError {}
/**
 * An error about a secondary index (200 to 206).
 *
 * @example
 * ```ts
 * const handled = (error: unknown): boolean => error instanceof AerospikeIndexError
 * ```
 */
export class AerospikeIndexError extends ServerError {}
/**
 * There is no such index (201).
 *
 * @example
 * ```ts
 * const handled = (error: unknown): boolean => error instanceof IndexNotFound
 * ```
 */
export class IndexNotFound extends AerospikeIndexError {}
/**
 * The index exists already (200).
 *
 * @example
 * ```ts
 * const handled = (error: unknown): boolean => error instanceof IndexFoundError
 * ```
 */
export class IndexFoundError extends AerospikeIndexError {}
/**
 * An error about a query (211 to 215).
 *
 * @example
 * ```ts
 * const handled = (error: unknown): boolean => error instanceof QueryError
 * ```
 */
export class QueryError extends ServerError {}
/**
 * The query was aborted (15, 210).
 *
 * @example
 * ```ts
 * const handled = (error: unknown): boolean => error instanceof QueryAbortedError
 * ```
 */
export class QueryAbortedError extends QueryError {}
/**
 * An error about users, roles and logging in (51 to 83).
 *
 * @example
 * ```ts
 * const error = await client.get(key).catch((reason: unknown) => reason)
 * if (error instanceof AdminError) console.log('log in with a user who may do this:', error.message)
 * ```
 */
export class AdminError extends ServerError {}
/**
 * A user-defined function failed (100).
 *
 * @example
 * ```ts
 * const handled = (error: unknown): boolean => error instanceof UDFError
 * ```
 */
export class UDFError extends ServerError {}

// The names that aerospike-py also gives to these two.
export { AerospikeTimeoutError as TimeoutError, AerospikeIndexError as IndexError }

/** Constructor of an error class. */
export type AerospikeErrorClass = new (message: string, options?: AerospikeErrorOptions) => AerospikeError

const NAMED: Readonly<Record<string, AerospikeErrorClass>> = {
  AerospikeError, ClientError, BackpressureError, RustPanicError, ClusterError, InvalidArgError,
  AerospikeTimeoutError, RecordError, RecordNotFound, RecordExistsError, RecordGenerationError, RecordTooBig,
  BinNameError, BinExistsError, BinNotFound, BinTypeError, FilteredOut, ServerError, AerospikeIndexError,
  IndexNotFound, IndexFoundError, QueryError, QueryAbortedError, AdminError, UDFError, TlsError
}
for (const [name, constructor] of Object.entries(NAMED)) {
  Object.defineProperty(constructor.prototype, 'name', { value: name, configurable: true, writable: true })
}

const BY_CODE = new Map<number, AerospikeErrorClass>([
  [2, RecordNotFound], [3, RecordGenerationError], [5, RecordExistsError], [6, BinExistsError],
  [9, AerospikeTimeoutError], [12, BinTypeError], [13, RecordTooBig], [15, QueryAbortedError], [17, BinNotFound],
  [21, BinNameError], [23, RecordError], [24, RecordError], [27, FilteredOut], [100, UDFError], [200, IndexFoundError],
  [201, IndexNotFound], [210, QueryAbortedError], [212, AerospikeTimeoutError]
])

const RANGES: readonly (readonly [number, number, AerospikeErrorClass])[] = [
  [51, 56, AdminError], [60, 66, AdminError], [70, 75, AdminError], [80, 83, AdminError], [90, 94, AdminError],
  [202, 206, AerospikeIndexError], [211, 215, QueryError]
]

/** The class for a result code of the server. @internal */
export function serverErrorClass(code: number): AerospikeErrorClass {
  const exact = BY_CODE.get(code)
  if (exact !== undefined) return exact
  for (const [first, last, constructor] of RANGES) if (code >= first && code <= last) return constructor
  return ServerError
}

/** `OUTCOME.server` of the tape. */
const SERVER_OUTCOME = 1
const QUEUE_FULL = 'AEROSPIKE_ERR_ASYNC_QUEUE_FULL -11'
const BACKPRESSURE_ADVICE = 'send less at a time, or raise config.maxConcurrentOperations or operationQueueTimeoutMs'

/** Kinds of the client's own errors, as on the output tape: class, result code; its text and advice if not the code's. */
const CLIENT_KINDS: readonly (readonly [AerospikeErrorClass, number, text?: string, advice?: string])[] = [
  [ClientError, -1],
  [AerospikeTimeoutError, 9],
  [ClusterError, -10],
  [ClusterError, -11],
  [ClientError, -5],
  [ClientError, -1],
  [BackpressureError, -11, QUEUE_FULL, BACKPRESSURE_ADVICE],
  [ClusterError, -15],
  [InvalidArgError, -2],
  [ClusterError, -14]
]

/** Kinds of the client's own errors that are about TLS, from this number on. */
const FIRST_TLS_KIND = 10
const TLS_CHECKS: readonly TlsCheck[] = ['expired', 'name', 'self-signed', 'authority', 'client-certificate', 'handshake']
const TLS_ADVICE: { readonly [check in TlsCheck]: string } = {
  'expired': "renew the server's certificate, or set the clock right",
  'name': 'give the name it is for as the TLS name of the host or as config.tls.tlsName',
  'self-signed': 'add it to config.tls.ca if it is the right one',
  'authority': "add the authority's certificate to config.tls.ca",
  'client-certificate': 'give one in config.tls.cert and config.tls.key',
  'handshake': "check that the port is the server's TLS port, and config.tls"
}

/** Why `connect` failed: `text` says it seed by seed, `outcome` and `detail` as in the error of a command. @internal */
export function connectError(text: string, outcome: number, detail: number): AerospikeError {
  if (outcome === SERVER_OUTCOME && serverErrorClass(detail) === AdminError) {
    const what = `${resultCodeMeaning(detail)} (${resultCodeText(detail)})`
    return new AdminError(`connect: ${what}: ${text}${advise(resultCodeAdvice(detail))}`, { resultCode: detail })
  }
  const check = TLS_CHECKS[detail - FIRST_TLS_KIND]
  if (outcome !== SERVER_OUTCOME && check !== undefined) {
    return new TlsError(`connect: ${text}${advise(TLS_ADVICE[check])}`, { check })
  }
  return new ClusterError(`connect: ${text}`, { resultCode: -11 })
}

/** Runs `make` without capturing a stack: in an event handler it would only show this package's own frames. */
function withoutStack<T>(make: () => T): T {
  const limit = Error.stackTraceLimit
  try {
    Error.stackTraceLimit = 0
  } catch {
    return make()
  }
  try {
    return make()
  } finally {
    Error.stackTraceLimit = limit
  }
}

function where(node: string, attempts: number): string {
  const tries = attempts === 0 ? '' : attempts === 1 ? '1 attempt' : `${attempts} attempts`
  if (node === '') return tries === '' ? '' : ` [${tries}]`
  return tries === '' ? ` [node ${node}]` : ` [node ${node}, ${tries}]`
}

function doubt(inDoubt: boolean): string {
  return inDoubt ? '; in doubt: the write may have been applied, so read the record before you repeat it' : ''
}

function advise(advice: string): string {
  return advice === '' ? '' : `; ${advice}`
}

/** The error for a result code of the server. `subject` says which call on what. @internal */
export function serverError(
  subject: string,
  code: number,
  inDoubt: boolean,
  node: string,
  attempts: number
): AerospikeError {
  const text = `${subject}: ${resultCodeMeaning(code)} (${resultCodeText(code)})${where(node, attempts)}`
  const message = text + advise(resultCodeAdvice(code)) + doubt(inDoubt)
  const constructor = serverErrorClass(code)
  return withoutStack(() => new constructor(message, { resultCode: code, inDoubt, node, attempts }))
}

/** The error for one of the client's own kinds. @internal */
export function clientError(
  subject: string,
  kind: number,
  text: string,
  inDoubt: boolean,
  node: string,
  attempts: number,
  cause?: unknown
): AerospikeError {
  const check = TLS_CHECKS[kind - FIRST_TLS_KIND]
  if (check !== undefined) {
    const message = `${subject}: ${text}${where(node, attempts)}${advise(TLS_ADVICE[check])}${doubt(inDoubt)}`
    return withoutStack(() => new TlsError(message, { check, inDoubt, node, attempts }))
  }
  const [constructor, resultCode, code, advice] = CLIENT_KINDS[kind] ?? CLIENT_KINDS[0]
  const what = `${text} (${code ?? resultCodeText(resultCode)})${where(node, attempts)}`
  const message = `${subject}: ${what}${advise(advice ?? resultCodeAdvice(resultCode))}${doubt(inDoubt)}`
  return withoutStack(() => new constructor(message, { resultCode, inDoubt, node, attempts, cause }))
}

/** The engine's code for a row that was not answered in time. */
const ROW_TIMEOUT = -1
const ROW_CLASSES = new Map<number, AerospikeErrorClass>([
  [ROW_TIMEOUT, AerospikeTimeoutError], [-2, InvalidArgError], [-5, ClientError], [-11, BackpressureError]
])

/** The error for a failed batch row: a server's code, or a negative one of the client. @internal */
export function rowError(subject: string, code: number, inDoubt: boolean, node: string): AerospikeError {
  if (code > 0) return serverError(subject, code, inDoubt, node, 0)
  const constructor = ROW_CLASSES.get(code) ?? ClusterError
  const meaning = code === ROW_TIMEOUT ? 'timed out' : resultCodeMeaning(code)
  const known = constructor === BackpressureError ? QUEUE_FULL : resultCodeText(code === ROW_TIMEOUT ? 9 : code)
  const advice = constructor === BackpressureError ? BACKPRESSURE_ADVICE : resultCodeAdvice(code)
  const message = `${subject}: ${meaning} (${known})${where(node, 0)}${advise(advice)}${doubt(inDoubt)}`
  return withoutStack(() => new constructor(message, { resultCode: code, inDoubt, node }))
}
