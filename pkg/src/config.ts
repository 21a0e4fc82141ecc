/*
 * The client's configuration: checked, and seeds parsed, before anything is opened.
 *
 * May import: fault.ts, hosts.ts, security.ts, types of types.ts, observe.ts, wasm.ts.
 * Invariant: every key of `ClientConfig` is in `SETTINGS` or handled by name; any other is refused.
 */

import { Fault, show, unknownName } from './fault.js'
import { parseHosts, type Seed, seedsOf } from './hosts.js'
import type { Observer } from './observe.js'
import { applyAuth, checkAuth, checkTls, type Credentials, nameSeeds, type TlsOptions } from './security.js'
import type { ClientConfig, ClientEvent, DefaultPolicies } from './types.js'
import type { EngineConfigBinding } from './wasm.js'

/** A checked configuration. */
export interface CheckedConfig {
  readonly seeds: readonly Seed[]
  readonly policies: DefaultPolicies | undefined
  readonly onEvent: ((event: ClientEvent) => void) | undefined
  readonly observer: Observer | undefined
  readonly operationMetrics: boolean
  readonly clusterName: string
  /** How TLS connections are made; null without TLS. */
  readonly tls: TlsOptions | null
  /** Sets everything that was given on the engine's configuration. */
  apply(target: EngineConfigBinding): void
}

const MOST_MILLISECONDS = 0x7fff_ffff
const MOST_RACKS = 16
/** The server's own limit. */
const MOST_RACK = 1_000_000

type NumberSetting =
  | 'connect_timeout_ms'
  | 'login_timeout_ms'
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
  loginTimeout: ['login_timeout_ms', 1, MOST_MILLISECONDS],
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
  'hosts', 'tls', 'user', 'password', 'authMode', ...Object.keys(STRINGS), ...Object.keys(NUMBERS), 'useServicesAlternate', 'mergeCommands', 'rackIds',
  'onEvent', 'observer', 'operationMetrics', 'policies'
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
  for (const name of ['useServicesAlternate', 'mergeCommands', 'operationMetrics'] as const) {
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
  const tls = checkTls(config.tls)
  const seeds = nameSeeds(config.hosts === undefined ? seedsOf(fallback?.()) : parseHosts(config.hosts), tls)
  const credentials = checkAuth(config, seeds)
  const usesTls = seeds[0].tlsName !== ''
  return {
    seeds, policies: config.policies, onEvent, observer: config.observer,
    operationMetrics: config.operationMetrics ?? false, clusterName: config.clusterName ?? '',
    tls: usesTls ? tls ?? {} : null,
    apply: (target) => applySettings(target, seeds, credentials, given)
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
  credentials: Credentials | null,
  given: { readonly [name: string]: unknown }
): void {
  for (const seed of seeds) target.add_seed(seed.host, seed.port, seed.tlsName)
  applyAuth(target, credentials)
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
  const merge = given['mergeCommands']
  if (typeof merge === 'boolean') target.merge_commands = merge
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
