/*
 * Where to find the cluster: the seeds that a configuration or the environment names.
 *
 * May import: fault.ts.
 */

import { Fault, show } from './fault.js'

/** A seed as the engine takes it. */
export interface Seed {
  readonly host: string
  readonly port: number
  /** Name in its certificate; empty in clear. */
  readonly tlsName: string
}

const DEFAULT_PORT = 3000

/** The seeds of the environment. */
export function seedsOf(hosts: string | undefined): Seed[] {
  if (hosts !== undefined) return hosts.split(',').map((part) => parseHost(part.trim(), 'AEROSPIKE_HOSTS'))
  throw new Fault('config.hosts', "is missing: give hosts such as '127.0.0.1:3000', or set AEROSPIKE_HOSTS where there is an environment")
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
  if (typeof hosts[0] === 'string' && typeof hosts[1] === 'number') {
    throw new Fault('config.hosts', `a list of pairs is needed: [['${hosts[0]}', ${hosts[1]}]]`)
  }
  return hosts.map((host: unknown, i) => hostOf(host, `config.hosts[${i}]`))
}

function hostOf(host: unknown, field: string): Seed {
  if (typeof host === 'string') return parseHost(host, field)
  if (!Array.isArray(host) || host.length < 1 || host.length > 3) {
    throw new Fault(field, `${show(host)} is neither 'host:port' nor [host, port] nor [host, port, tlsName]`)
  }
  const [name, port, tlsName] = host as unknown[]
  if (typeof name !== 'string' || name === '') throw new Fault(field, `host ${show(name)} is not a name or address`)
  if (port !== undefined && typeof port !== 'number') throw new Fault(field, `port ${show(port)} is not a number`)
  if (tlsName !== undefined && (typeof tlsName !== 'string' || tlsName === '')) {
    throw new Fault(field, `TLS name ${show(tlsName)} is not a name`)
  }
  return { host: unbracket(name), port: checkPort(port ?? DEFAULT_PORT, field), tlsName: tlsName ?? '' }
}

function unbracket(name: string): string {
  return name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name
}

/** `host`, `host:port`, `host:tlsName:port`, the same with `[v6]`, or a bare IPv6 address. */
function parseHost(text: string, field: string): Seed {
  const bracketed = /^\[([^\]]+)\](?::(.*))?$/.exec(text)
  if (bracketed !== null) return { host: bracketed[1], ...parseBehind(bracketed[2], field, text) }
  const colon = text.indexOf(':')
  if (looksLikeIpv6(text)) return { host: text, port: DEFAULT_PORT, tlsName: '' }
  const host = colon === -1 ? text : text.slice(0, colon)
  if (host === '' || /[\s[\]]/.test(host)) throw new Fault(field, `'${text}' names no host`)
  return { host, ...parseBehind(colon === -1 ? undefined : text.slice(colon + 1), field, text) }
}

/** What follows the host: `port` or `tlsName:port`. */
function parseBehind(behind: string | undefined, field: string, text: string): Omit<Seed, 'host'> {
  const parts = behind === undefined ? [] : behind.split(':')
  if (parts.length > 2 || (parts.length === 2 && !/^[\w.*-]+$/.test(parts[0]))) {
    throw new Fault(field, `'${text}' is neither 'host:port' nor 'host:tlsName:port'; an IPv6 address with a port is written '[::1]:3000'`)
  }
  const tlsName = parts.length === 2 ? parts[0] : ''
  return { port: parsePort(parts.at(-1), field, text), tlsName }
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
