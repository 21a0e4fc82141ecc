/*
 * A refused argument on its way from where it is found to the call that reports it.
 *
 * May import: errors.ts.
 * Invariant: a Fault never leaves the package; `InvalidArgError` takes its place at the public call, so that its stack
 * shows the caller.
 */

import { InvalidArgError } from './errors.js'

/** Which field is wrong, and how. Thrown by validation and encoding. */
export class Fault {
  /** Path of the field, such as `policy.exists` or `bins.tags[3]`. */
  field: string
  /** What is wrong with it: the value and the limit. */
  readonly problem: string
  /** The list or map that nests too deep; null for any other fault. */
  readonly deepest: object | null
  /** Whether `deepest` was found again around itself. */
  private cyclic = false

  constructor(field: string, problem: string, deepest: object | null = null) {
    this.field = field
    this.problem = problem
    this.deepest = deepest
  }

  /** Notes on its way up that the fault lies in `container`, at `step` of it. */
  within(container: object, step: string): void {
    if (this.deepest === container) {
      this.cyclic = true
      this.field = step
    } else if (this.deepest === null || this.cyclic) this.field = step + this.field
  }

  /** The public error; `operation` is the name of the call. */
  toError(operation: string): InvalidArgError {
    const subject = this.field === '' ? operation : `${operation}: ${this.field}`
    const problem = this.cyclic ? 'the value is cyclic: it contains itself' : this.problem
    return new InvalidArgError(`${subject}: ${problem}`, { field: this.field })
  }
}

/** A value in a message: short, quoted when it is text, with its type when that helps. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > 60 ? `'${value.slice(0, 57)}...'` : `'${value}'`
    case 'bigint':
      return `${value}n`
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'symbol':
      return 'a symbol'
    case 'function':
      return 'a function'
    default:
      return showObject(value)
  }
}

function showObject(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `an array of ${value.length}`
  const tag = Object.prototype.toString.call(value).slice(8, -1)
  if (ArrayBuffer.isView(value)) return `${tag} of ${value.byteLength} bytes`
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || tag !== 'Object') return tag === 'Object' ? 'an object' : `a ${tag}`
  const name = (prototype as { constructor?: { name?: string } }).constructor?.name
  return name === undefined || name === 'Object' ? 'an object' : `an instance of ${name}`
}

/** The candidate closest to a name that is not known, as a hint for a message; empty when none is close. */
export function nearest(name: string, candidates: Iterable<string>): string {
  const plain = simplify(name)
  let best = ''
  let least = Math.max(2, Math.ceil(plain.length / 3)) + 1
  for (const candidate of candidates) {
    const other = simplify(candidate)
    const distance = other === plain ? 0 : other.endsWith(plain) ? 1 : editDistance(plain, other)
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** A name without what snake_case and camelCase differ in. */
export function simplify(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase()
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, row[j] + 1, next[j - 1] + 1))
    }
    row = next
  }
  return row[b.length]
}

/** What other clients call our options; their snake_case alone needs no entry here. */
const ALIASES: { readonly [name: string]: string } = {
  timeout: 'totalTimeout', sendkey: 'key', generation: 'gen', generationpolicy: 'gen', existsaction: 'exists',
  recordexistsaction: 'exists', expiration: 'ttl', timetolive: 'ttl', retries: 'maxRetries', retry: 'maxRetries',
  conntimeoutms: 'timeout', connecttimeout: 'timeout', tenderinterval: 'tendInterval', maxsocketidle: 'idleTimeout',
  usealternateaccessaddress: 'useServicesAlternate', appid: 'applicationId', connpoolspernode: 'pipelineConnections',
  maxcommandsinprocess: 'maxConcurrentOperations', filter: 'filterExpression', value: 'val', operation: 'op', host: 'hosts',
  seeds: 'hosts'
}

/** What a name at this place is called. */
function kindOf(where: string): string {
  if (where === '') return 'option'
  if (where.startsWith('ops[')) return 'operation key'
  return where === 'policies' || where.startsWith('policies.') ? 'policy key' : `${where} key`
}

/** The fault for a name that is not known, with the nearest right one. */
export function unknownName(where: string, name: string, known: Iterable<string>): Fault {
  const names = [...known]
  const alias = ALIASES[simplify(name)]
  const near = alias !== undefined && names.includes(alias) ? alias : nearest(name, names)
  const hint = near === '' ? `known are ${names.join(', ')}` : `did you mean '${near}'?`
  const field = where === '' ? name : `${where}.${name}`
  return new Fault(field, `unknown ${kindOf(where)} '${name}', ${hint}`)
}
