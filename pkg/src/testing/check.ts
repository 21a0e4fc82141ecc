/*
 * Checks what users of the test server pass; throws a Fault before anything happens.
 *
 * May import: fault.ts, types.ts.
 * Invariant: every key of an options object is known; any other is refused.
 */

import { Fault, show, unknownName } from '../fault.js'
import type { RecordFilter, TestFault, TestNamespace, TestServerOptions } from './types.js'

/** The most nodes of one server. */
const MOST_NODES = 16
const MOST_SECONDS = 3_153_600_000
/** Ten years, the most that a server accepts. */
const MOST_TTL = 315_360_000
const MOST = 0xffff_ffff
const MOST_MILLISECONDS = 0x7fff_ffff

/** Options, complete. */
export interface CheckedOptions {
  readonly nodes: number
  readonly namespaces: readonly TestNamespace[]
  readonly clusterName: string
  readonly replicationFactor: number
  readonly tcp: boolean
  readonly port: number
  readonly keepAlive: boolean
}

type Check = (value: unknown, field: string) => void

const NAMESPACE: { readonly [name in keyof TestNamespace]-?: Check } = {
  name: (value, field) => checkName(value, field, 31),
  defaultTtl: integer(0, MOST_TTL),
  allowTtl: flag,
  defaultReadTouchPercent: integer(0, 100),
  maxRecordSize: integer(1, 8_388_608),
  disallowNullSet: flag,
  rejectWrites: flag
}

const OPTIONS: { readonly [name in keyof TestServerOptions]-?: Check } = {
  nodes: integer(1, MOST_NODES),
  namespaces: checkNamespaces,
  clusterName: (value, field) => checkName(value, field, 64),
  replicationFactor: integer(1, MOST_NODES),
  tcp: flag,
  port: integer(0, 65_535),
  keepAlive: flag
}

/** What each kind of fault says beside its target. */
const FAULTS: { readonly [kind in TestFault['kind']]: readonly [field: string, check: Check] | null } = {
  answer: ['resultCode', integer(1, 255)],
  delay: ['milliseconds', integer(0, MOST_MILLISECONDS)],
  swallow: null,
  cut: ['bytes', integer(0, MOST)],
  garbage: null,
  drop: null
}

/** Checks what `start` was given; `canListen` says whether the runtime has TCP servers. */
export function checkOptions(options: TestServerOptions, canListen: boolean): CheckedOptions {
  checkFields('options', options, OPTIONS)
  const { nodes = 1, namespaces = ['test', 'bar'], clusterName = 'testserver', replicationFactor = 2 } = options
  const { tcp = canListen, port = 0, keepAlive = false } = options
  if (tcp && !canListen) {
    throw new Fault('options.tcp', 'this runtime cannot listen on ports; connect with the transport of the server')
  }
  if (!tcp && options.port !== undefined) throw new Fault('options.port', 'without options.tcp no port is opened')
  if (port !== 0 && port + nodes > 65_536) throw new Fault('options.port', `${port} leaves no room for ${nodes} nodes`)
  const complete = namespaces.map((one) => (typeof one === 'string' ? { name: one } : one))
  return { nodes, namespaces: complete, clusterName, replicationFactor, tcp, port, keepAlive }
}

function checkNamespaces(value: unknown, field: string): void {
  if (!Array.isArray(value) || value.length === 0) {
    throw new Fault(field, `${show(value)} is not a list of at least one namespace such as ['test']`)
  }
  const names = new Set<unknown>()
  value.forEach((one: unknown, i) => {
    const at = `${field}[${i}]`
    if (typeof one !== 'string') checkFields(at, one, NAMESPACE)
    const name = typeof one === 'string' ? one : (one as TestNamespace).name
    checkName(name, typeof one === 'string' ? at : `${at}.name`, 31)
    if (names.has(name)) throw new Fault(at, `namespace '${name}' is there twice`)
    names.add(name)
  })
}

/** Checks a fault. */
export function checkFault(fault: TestFault, nodes: number): void {
  if (typeof fault !== 'object' || fault === null) throw new Fault('fault', `${show(fault)} is not an object`)
  const { kind } = fault
  if (typeof kind !== 'string' || !Object.hasOwn(FAULTS, kind)) {
    const kinds = Object.keys(FAULTS).map((name) => `'${name}'`).join(', ')
    throw new Fault('fault.kind', `${show(kind)} is none of ${kinds}`)
  }
  const own = FAULTS[kind]
  const checks: { [name: string]: Check } = { kind: () => {}, count: integer(1, MOST), node: integer(0, nodes - 1) }
  if (own !== null) checks[own[0]] = own[1]
  checkFields('fault', fault, checks)
  if (own !== null) own[1]((fault as unknown as { [name: string]: unknown })[own[0]], `fault.${own[0]}`)
}

/** Checks a filter of records against the namespaces that exist. */
export function checkFilter(filter: RecordFilter, namespaces: readonly TestNamespace[]): void {
  const known = namespaces.map((one) => one.name)
  checkFields('filter', filter, {
    namespace: (value, field) => {
      if (!known.includes(value as string)) throw new Fault(field, `${show(value)} is none of ${known.join(', ')}`)
    },
    set: (value, field) => {
      if (value !== null && typeof value !== 'string') throw new Fault(field, `${show(value)} is neither text nor null`)
    }
  })
}

/** Checks seconds to move a clock by. */
export const checkSeconds = integer(0, MOST_SECONDS)

/** Checks the index of a node. */
export function checkNode(node: unknown, nodes: number): void {
  integer(0, nodes - 1)(node, 'node')
}

function checkFields(where: string, given: unknown, checks: { readonly [name: string]: Check }): void {
  if (typeof given !== 'object' || given === null) throw new Fault(where, `${show(given)} is not an object`)
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(checks, name)) throw unknownName(where, name, Object.keys(checks))
    if (value !== undefined) checks[name](value, `${where}.${name}`)
  }
}

function integer(least: number, most: number): Check {
  return (value, field) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return
    throw new Fault(field, `${show(value)} is not an integer from ${least} to ${most}`)
  }
}

function flag(value: unknown, field: string): void {
  if (typeof value !== 'boolean') throw new Fault(field, `${show(value)} is not true or false`)
}

/** Names travel in info text, whose separators they must not hold. */
function checkName(value: unknown, field: string, most: number): void {
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value) || /[;:=,/]/.test(value) || value.length > most) {
    throw new Fault(field, `${show(value)} is not a name of up to ${most} ASCII characters without ; : = , /`)
  }
}
