/*
 * The client's configuration: checked, and seeds parsed, before anything is opened.
 *
 * May import: fault.ts, types of types.ts, observe.ts, wasm.ts.
 * Invariant: every key of `ClientConfig` is in `SETTINGS` or handled by name; any other is refused.
 */

import { Fault, show, unknownName } from './fault.js'
import type { Observer } from './observe.js'
import type { ClientConfig, ClientEvent, DefaultPolicies } from './types.js'
import type { EngineConfigBinding } from './wasm.js'

/** A seed as the engine takes it. */
export interface Seed {
  readonly host: string
  readonly port: number
}

/** A checked configuration. */
export interface CheckedConfig {
  readonly seeds: readonly Seed[]
  readonly policies: DefaultPolicies | undefined
  readonly onEvent: ((event: ClientEvent) => void) | undefined
  readonly observer: Observer | undefined
  readonly operationMetrics: boolean
  readonly clusterName: string
  /** Sets everything that was given on the engine's configuration. */
  apply(target: EngineConfigBinding): void
}

const DEFAULT_PORT = 3000
const MOST_MILLISECONDS = 0x7fff_ffff
const MOST_RACKS = 16
/** The server's own limit. */
const MOST_RACK = 1_000_000

type NumberSetting =
  | 'connect_timeout_ms'
  | 'tend_interval_ms'
  | 'idle_timeout_ms'
  | 'max_conns_per_node'
  | 'min_conns_per_node'
  | 'opening_connection_threshold'
  | 'max_message_bytes'
  | 'pipeline_depth'
  | 'pipeline_connections'
  | 'max_error_rate'
  | 'error_rate_window'
  | 'max_concurrent_operations'
  | 'operation_queue_timeout_ms'

const NUMBERS: { readonly [name: string]: readonly [setting: NumberSetting, least: number, most: number] } = {
  timeout: ['connect_timeout_ms', 1, MOST_MILLISECONDS],
  tendInterval: ['tend_interval_ms', 1, MOST_MILLISECONDS],
  idleTimeout: ['idle_timeout_ms', 0, MOST_MILLISECONDS],
  maxConnsPerNode: ['max_conns_per_node', 1, 10_000],
  minConnsPerNode: ['min_conns_per_node', 0, 10_000],
  openingConnectionThreshold: ['opening_connection_threshold', 0, 10_000],
  maxMessageBytes: ['max_message_bytes', 1024, 134_217_728],
  maxErrorRate: ['max_error_rate', 0, 1_000_000],
  errorRateWindow: ['error_rate_window', 1, 1_000_000],
  maxConcurrentOperations: ['max_concurrent_operations', 0, 1_000_000],
  operationQueueTimeoutMs: ['operation_queue_timeout_ms', 0, MOST_MILLISECONDS],
  pipelineDepth: ['pipeline_depth', 1, 65_535],
  pipelineConnections: ['pipeline_connections', 1, 1_000]
}

const STRINGS: { readonly [name: string]: readonly [setting: 'cluster_name' | 'application_id', most: number] } = {
  clusterName: ['cluster_name', 64],
  applicationId: ['application_id', 128]
}

const NAMES = [
  'hosts', ...Object.keys(STRINGS), ...Object.keys(NUMBERS), 'useServicesAlternate', 'rackIds', 'onEvent',
  'observer', 'operationMetrics', 'policies'
]

/** Checks what `connect` was given; throws a Fault. `fallback` names the seeds when it names none. */
export function checkConfig(config: ClientConfig, fallback?: () => string | undefined): CheckedConfig {
  if (typeof config !== 'object' || config === null) throw new Fault('config', `${show(config)} is not an object`)
  const given = config as unknown as { readonly [name: string]: unknown }
  for (const name of Object.keys(config)) {
    if (!NAMES.includes(name)) throw unknownName('config', name, NAMES)
    if (Object.hasOwn(NUMBERS, name)) checkNumber(name, given[name])
    if (Object.hasOwn(STRINGS, name)) checkString(name, given[name])
  }
  for (const name of ['useServicesAlternate', 'operationMetrics'] as const) {
    const on = config[name]
    if (on !== undefined && typeof on !== 'boolean') throw new Fault(`config.${name}`, `${show(on)} is not true or false`)
  }
  const { onEvent } = config
  if (onEvent !== undefined && typeof onEvent !== 'function') {
    throw new Fault('config.onEvent', `${show(onEvent)} is not a function`)
  }
  const { minConnsPerNode: least, maxConnsPerNode: most } = config
  if (least !== undefined && most !== undefined && least > most) {
    throw new Fault('config.minConnsPerNode', `${least} is more than config.maxConnsPerNode (${most})`)
  }
  checkRacks(config.rackIds)
  checkObserver(config.observer)
  const seeds = config.hosts === undefined ? seedsOf(fallback?.()) : parseHosts(config.hosts)
  return {
    seeds, policies: config.policies, onEvent, observer: config.observer,
    operationMetrics: config.operationMetrics ?? false, clusterName: config.clusterName ?? '',
    apply: (target) => applySettings(target, seeds, given)
  }
}

function checkNumber(name: string, value: unknown): void {
  const [, least, most] = NUMBERS[name]
  if (value === undefined) return
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new Fault(`config.${name}`, `${show(value)} is not an integer from ${least} to ${most}`)
  }
}

function checkRacks(racks: unknown): void {
  if (racks === undefined) return
  if (!Array.isArray(racks) || racks.length > MOST_RACKS) {
    throw new Fault('config.rackIds', `${show(racks)} is not a list of up to ${MOST_RACKS} racks`)
  }
  racks.forEach((rack: unknown, i) => {
    if (typeof rack !== 'number' || !Number.isInteger(rack) || rack < 0 || rack > MOST_RACK) {
      throw new Fault(`config.rackIds[${i}]`, `${show(rack)} is not an integer from 0 to ${MOST_RACK}`)
    }
  })
}

function checkString(name: string, value: unknown): void {
  const [, most] = STRINGS[name]
  if (value === undefined) return
  if (typeof value !== 'string' || value.length > most) {
    throw new Fault(`config.${name}`, `${show(value)} is not a string of up to ${most} characters`)
  }
}

function applySettings(
  target: EngineConfigBinding,
  seeds: readonly Seed[],
  given: { readonly [name: string]: unknown }
): void {
  for (const seed of seeds) target.add_seed(seed.host, seed.port, '')
  for (const [name, [setting]] of Object.entries(NUMBERS)) {
    const value = given[name]
    if (typeof value === 'number') target[setting] = value
  }
  for (const [name, [setting]] of Object.entries(STRINGS)) {
    const value = given[name]
    if (typeof value === 'string') target[setting] = value
  }
  for (const rack of (given['rackIds'] ?? []) as readonly number[]) target.add_rack(rack)
  const alternate = given['useServicesAlternate']
  if (typeof alternate === 'boolean') target.use_services_alternate = alternate
}

function checkObserver(observer: unknown): void {
  if (observer === undefined) return
  if (typeof observer !== 'object' || observer === null) {
    throw new Fault('config.observer', `${show(observer)} is not an object`)
  }
  for (const name of ['start', 'end'] as const) {
    const hook = (observer as Observer)[name]
    if (hook !== undefined && typeof hook !== 'function') {
      throw new Fault(`config.observer.${name}`, `${show(hook)} is not a function`)
    }
  }
}

/** The seeds of the environment. */
function seedsOf(hosts: string | undefined): Seed[] {
  if (hosts !== undefined) return hosts.split(',').map((part) => parseHost(part.trim(), 'AEROSPIKE_HOSTS'))
  const help = "give hosts such as '127.0.0.1:3000', or set AEROSPIKE_HOSTS where there is an environment"
  throw new Fault('config.hosts', `is missing: ${help}`)
}

/** The seeds that `config.hosts` names. */
export function parseHosts(hosts: unknown): Seed[] {
  if (typeof hosts === 'string') {
    return hosts.split(',').map((part) => parseHost(part.trim(), 'config.hosts'))
  }
  if (!Array.isArray(hosts)) {
    const forms = "[['127.0.0.1', 3000]] or '127.0.0.1:3000'"
    throw new Fault('config.hosts', `${show(hosts)} is not a list of hosts such as ${forms}`)
  }
  if (hosts.length === 0) throw new Fault('config.hosts', 'the list is empty; give at least one host')
  if (hosts.length === 2 && typeof hosts[0] === 'string' && typeof hosts[1] === 'number') {
    throw new Fault('config.hosts', `a list of pairs is needed: [['${hosts[0]}', ${hosts[1]}]]`)
  }
  return hosts.map((host: unknown, i) => hostOf(host, `config.hosts[${i}]`))
}

function hostOf(host: unknown, field: string): Seed {
  if (typeof host === 'string') return parseHost(host, field)
  if (!Array.isArray(host) || host.length < 1 || host.length > 2) {
    throw new Fault(field, `${show(host)} is neither 'host:port' nor [host, port]`)
  }
  const [name, port] = host as unknown[]
  if (typeof name !== 'string' || name === '') throw new Fault(field, `host ${show(name)} is not a name or address`)
  if (port !== undefined && typeof port !== 'number') throw new Fault(field, `port ${show(port)} is not a number`)
  return { host: unbracket(name), port: checkPort(port ?? DEFAULT_PORT, field) }
}

function unbracket(name: string): string {
  return name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name
}

/** `host`, `host:port`, `[v6]`, `[v6]:port` or a bare IPv6 address. */
function parseHost(text: string, field: string): Seed {
  const bracketed = /^\[([^\]]+)\](?::(.*))?$/.exec(text)
  if (bracketed !== null) return { host: bracketed[1], port: parsePort(bracketed[2], field, text) }
  const colon = text.indexOf(':')
  if (colon !== -1 && colon !== text.lastIndexOf(':')) {
    if (looksLikeIpv6(text)) return { host: text, port: DEFAULT_PORT }
    throw new Fault(field, `'${text}' is not 'host:port'; an IPv6 address with a port is written '[::1]:3000'`)
  }
  const host = colon === -1 ? text : text.slice(0, colon)
  if (host === '' || /[\s[\]]/.test(host)) throw new Fault(field, `'${text}' names no host`)
  return { host, port: parsePort(colon === -1 ? undefined : text.slice(colon + 1), field, text) }
}

function looksLikeIpv6(text: string): boolean {
  return /^[0-9a-fA-F:.]+(%[\w.-]+)?$/.test(text) && (text.includes('::') || text.split(':').length === 8)
}

function parsePort(digits: string | undefined, field: string, text: string): number {
  if (digits === undefined) return DEFAULT_PORT
  if (!/^\d+$/.test(digits)) throw new Fault(field, `'${text}': port '${digits}' is not a number`)
  return checkPort(Number(digits), field)
}

function checkPort(port: number, field: string): number {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Fault(field, `port ${port} is not an integer from 1 to 65535`)
  }
  return port
}
