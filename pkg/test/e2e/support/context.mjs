/*
 * What a scenario is given: the package, a client, and keys of its own.
 *
 * Imports check.mjs only. Knows no runtime: `aerospike` is the package as the runtime's entry exports it.
 */

import { show } from './check.mjs'

export const NAMESPACE = 'test'
export const SET = 'e2e'

const patient = { totalTimeout: 10_000 }

/** Configuration of the client that all scenarios share: no timeout on a busy machine. */
export const clientConfig = {
  policies: { read: patient, write: patient, operate: patient, remove: patient, batch: patient }
}

/** Shared by all scenarios of one run. */
export class Run {
  /** @param hosts - `host:port` joined by commas. */
  constructor(aerospike, client, hosts) {
    this.aerospike = aerospike
    this.client = client
    this.hosts = hosts
    this.prefix = `${Date.now().toString(36)}-${Math.floor(Math.random() * 0x7fff_ffff).toString(36)}`
    this.scenarios = 0
  }

  /** Runs one scenario and removes what it left behind. */
  async scenario({ run }) {
    const context = new Context(this, `${this.prefix}-${++this.scenarios}`)
    try {
      await run(context)
    } finally {
      await context.clean()
    }
  }
}

/** One scenario's world. Everything in it may be taken out by destructuring. */
export class Context {
  #prefix
  #count = 0
  #keys = []
  #clients = []

  constructor(run, prefix) {
    this.#prefix = prefix
    /** Everything the package exports. */
    this.aerospike = run.aerospike
    /** A client that all scenarios share; not to be closed. */
    this.client = run.client
    /** Addresses of the server, as `connect` takes them. */
    this.hosts = run.hosts
  }

  /** Text that no other scenario has. */
  unique = () => `${this.#prefix}-${++this.#count}`

  /** A key that no other scenario has. */
  key = (set = SET, namespace = NAMESPACE) => this.own([namespace, set, this.unique()])

  keys = (count) => Array.from({ length: count }, () => this.key())

  /** Has `key` removed after the scenario. */
  own = (key) => {
    this.#keys.push(key)
    return key
  }

  /** Another client, closed after the scenario. */
  connect = async (config = {}, options = undefined) => {
    const client = await this.aerospike.connect({ hosts: this.hosts, ...clientConfig, ...config }, options)
    this.#clients.push(client)
    return client
  }

  async clean() {
    for (const client of this.#clients) await client.close()
    for (let at = 0; at < this.#keys.length; at += 2000) {
      const rows = await this.client.batchRemove(this.#keys.slice(at, at + 2000))
      const bad = rows.find((row) => row.result !== 0 && row.result !== 2)
      if (bad !== undefined) throw new Error(`a record was left behind: ${show(bad.error)}`)
    }
  }
}
