/*
 * Policies: from the objects callers give to the 48-byte block of the input tape.
 *
 * May import: fault.ts, types of types.ts.
 * Invariants: a name or value that is not listed here is refused; the default blocks are built once per client and
 * never written to afterwards; a call with options gets the scratch block, which is good until the next call.
 */

import { Fault, show, simplify, unknownName } from './fault.js'
import type { DefaultPolicies, WriteMeta } from './types.js'

/** Length of the block on the tape, without the filter that follows it. */
export const POLICY_BYTES = 48

/** Offsets in the block. */
export const AT = {
  socketTimeout: 0, totalTimeout: 4, timeoutDelay: 8, sleepBetweenRetries: 12, maxRetries: 16, replica: 18,
  readModeAp: 19, readModeSc: 20, exists: 21, generationPolicy: 22, commitLevel: 23, bits: 24, batchBits: 25, ttl: 28,
  generation: 32, readTouch: 36
} as const

/** Bits of byte 24. */
export const BIT = { sendKey: 1, durableDelete: 2, respondAll: 4 } as const

const BATCH_BIT = { inline: 1, inlineSsd: 2, respondAllKeys: 4, sequential: 8 } as const

const TTL_LIMIT = 315_360_000
const U32 = 0xffff_ffff

/** Which calls understand a field. */
const READ = 1
const WRITE = 2
const BATCH = 4
const META = 8
const ANY = READ | WRITE | BATCH

type Apply = (block: PolicyBlock, value: unknown, field: string) => void

/** A policy as it goes on the tape. */
export class PolicyBlock {
  readonly bytes: Uint8Array = new Uint8Array(POLICY_BYTES)
  readonly view: DataView = new DataView(this.bytes.buffer)
  /** The packed filter expression. */
  filter: Uint8Array | null = null
  /** The TTL that `TTL_CLIENT_DEFAULT` stands for, as on the wire. */
  defaultTtl = 0
  /** Whether `maxRetries` was given rather than the core's default. */
  retriesGiven = false
  /** Whether a TTL was given by the call itself. */
  ttlGiven = false

  copyFrom(other: PolicyBlock): void {
    this.bytes.set(other.bytes)
    this.filter = other.filter
    this.defaultTtl = other.defaultTtl
    this.retriesGiven = other.retriesGiven
    this.ttlGiven = false
  }
}

function integer(value: unknown, field: string, least: number, most: number, unit: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new Fault(field, `${show(value)} is not an integer from ${least} to ${most}${unit}`)
  }
  return value
}

function milliseconds(at: number): Apply {
  return (block, value, field) => block.view.setUint32(at, integer(value, field, 0, U32, ' (milliseconds)'), true)
}

function choice(at: number, most: number, names: string): Apply {
  return (block, value, field) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most) {
      throw new Fault(field, `${show(value)} is none of ${names} (0 to ${most})`)
    }
    block.bytes[at] = value
  }
}

function setBit(block: PolicyBlock, at: number, bit: number, on: boolean): void {
  block.bytes[at] = on ? block.bytes[at] | bit : block.bytes[at] & ~bit
}

function flag(at: number, bit: number): Apply {
  return (block, value, field) => {
    if (typeof value !== 'boolean') throw new Fault(field, `${show(value)} is not true or false`)
    setBit(block, at, bit, value)
  }
}

/** A TTL as on the wire. */
export function wireTtl(value: unknown, field: string, clientDefault: number): number {
  if (typeof value === 'number' && Number.isInteger(value)) {
    if (value >= 0 && value <= TTL_LIMIT) return value
    if (value === -1) return U32
    if (value === -2) return 0xffff_fffe
    if (value === -3) return clientDefault
  }
  throw new Fault(
    field,
    `${show(value)} is not a TTL: 1 to ${TTL_LIMIT} seconds (10 years), or TTL_NAMESPACE_DEFAULT (0), ` +
      'TTL_NEVER_EXPIRE (-1), TTL_DONT_UPDATE (-2), TTL_CLIENT_DEFAULT (-3)'
  )
}

const ttl: Apply = (block, value, field) => {
  block.view.setUint32(AT.ttl, wireTtl(value, field, block.defaultTtl), true)
  block.ttlGiven = true
}

const retries: Apply = (block, value, field) => {
  block.view.setUint16(AT.maxRetries, integer(value, field, 0, 0xffff, ''), true)
  block.retriesGiven = true
}

const readTouch: Apply = (block, value, field) => {
  const percent = integer(value, field, -1, 100, ' (per cent, or READ_TOUCH_TTL_PERCENT_*)')
  block.view.setUint32(AT.readTouch, percent === -1 ? U32 : percent, true)
}

const filter: Apply = (block, value, field) => {
  if (value !== null && !isBytes(value)) {
    throw new Fault(field, `${show(value)} is not a Uint8Array of a packed expression`)
  }
  if (value !== null && value.length === 0) throw new Fault(field, 'the expression is empty')
  block.filter = value
}

const sendKey: Apply = (block, value, field) => {
  if (value !== 0 && value !== 1) {
    throw new Fault(field, `${show(value)} is none of POLICY_KEY_DIGEST (0), POLICY_KEY_SEND (1)`)
  }
  setBit(block, AT.bits, BIT.sendKey, value === 1)
}

const concurrency: Apply = (block, value, field) => {
  if (value !== 0 && value !== 1) {
    throw new Fault(field, `${show(value)} is none of BATCH_CONCURRENCY_SEQUENTIAL (0), BATCH_CONCURRENCY_PARALLEL (1)`)
  }
  setBit(block, AT.batchBits, BATCH_BIT.sequential, value === 0)
}

const generation: Apply = (block, value, field) => {
  block.view.setUint32(AT.generation, integer(value, field, 0, U32, ''), true)
  if (block.bytes[AT.generationPolicy] === 0) block.bytes[AT.generationPolicy] = 1
}

/** Whether a value is a `Uint8Array` (a Node Buffer is one), of whatever realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] === 'Uint8Array'
}

const exists = choice(AT.exists, 4, 'the POLICY_EXISTS_* constants')
const commitLevel = choice(AT.commitLevel, 1, 'the POLICY_COMMIT_LEVEL_* constants')
const durableDelete = flag(AT.bits, BIT.durableDelete)

type Fields = ReadonlyMap<string, readonly [calls: number, apply: Apply]>

const POLICY_FIELDS: Fields = new Map<string, readonly [number, Apply]>([
  ['totalTimeout', [ANY, milliseconds(AT.totalTimeout)]],
  ['socketTimeout', [ANY, milliseconds(AT.socketTimeout)]],
  ['timeoutDelay', [ANY, milliseconds(AT.timeoutDelay)]],
  ['sleepBetweenRetries', [ANY, milliseconds(AT.sleepBetweenRetries)]],
  ['maxRetries', [ANY, retries]],
  ['filterExpression', [ANY, filter]],
  ['replica', [READ, choice(AT.replica, 3, 'the POLICY_REPLICA_* constants')]],
  ['readModeAp', [READ, choice(AT.readModeAp, 1, 'the POLICY_READ_MODE_AP_* constants')]],
  ['readModeSc', [READ, choice(AT.readModeSc, 3, 'the POLICY_READ_MODE_SC_* constants')]],
  ['readTouchTtlPercent', [READ, readTouch]],
  ['key', [WRITE, sendKey]],
  ['exists', [WRITE, exists]],
  ['gen', [WRITE, choice(AT.generationPolicy, 2, 'the POLICY_GEN_* constants')]],
  ['commitLevel', [WRITE, commitLevel]],
  ['durableDelete', [WRITE, durableDelete]],
  ['ttl', [WRITE, ttl]],
  ['allowInline', [BATCH, flag(AT.batchBits, BATCH_BIT.inline)]],
  ['allowInlineSsd', [BATCH, flag(AT.batchBits, BATCH_BIT.inlineSsd)]],
  ['respondAllKeys', [BATCH, flag(AT.batchBits, BATCH_BIT.respondAllKeys)]],
  ['concurrency', [BATCH, concurrency]]
])

const META_FIELDS: Fields = new Map<string, readonly [number, Apply]>([
  ['gen', [META, generation]],
  ['ttl', [META, ttl]],
  ['key', [META, sendKey]],
  ['exists', [META, exists]],
  ['commitLevel', [META, commitLevel]],
  ['durableDelete', [META, durableDelete]]
])

function namesFor(fields: Fields, calls: number): string[] {
  return [...fields].filter(([, [mask]]) => (mask & calls) !== 0).map(([name]) => name)
}

function applyFields(block: PolicyBlock, given: unknown, fields: Fields, calls: number, where: string): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new Fault(where, `${show(given)} is not an object`)
  }
  for (const name of Object.keys(given)) {
    const field = fields.get(name)
    if (field === undefined || (field[0] & calls) === 0) {
      if (field !== undefined) throw new Fault(`${where}.${name}`, `'${name}' does not apply to this call`)
      if (fields === META_FIELDS && POLICY_FIELDS.has(name)) throw misplaced(`${where}.${name}`, name, 'policy')
      throw unknownName(where, name, namesFor(fields, calls))
    }
    const value = (given as { [name: string]: unknown })[name]
    if (value !== undefined) field[1](block, value, `${where}.${name}`)
  }
}

function misplaced(field: string, name: string, home: string): Fault {
  const kind = field === name ? 'option' : 'meta key'
  return new Fault(field, `unknown ${kind} '${name}', it belongs into { ${home}: { ${name} } }`)
}

/** Applies the meta of one row over `block`. */
export function applyMeta(block: PolicyBlock, meta: WriteMeta, where: string): void {
  applyFields(block, meta, META_FIELDS, META, where)
}

const GROUPS = { read: READ, write: WRITE, operate: READ | WRITE, remove: WRITE, batch: ANY } as const

/** The kinds of call that differ in their policy. */
export type PolicyGroup = 'read' | 'write' | 'operate' | 'remove' | 'batchRead' | 'batchWrite'

const CALLS: { readonly [group in PolicyGroup]: number } = {
  read: READ, write: WRITE, operate: READ | WRITE, remove: WRITE, batchRead: READ | BATCH, batchWrite: ANY
}

const OPTION_NAMES = ['meta', 'policy', 'signal']
const READ_OPTION_NAMES = ['policy', 'signal']

function baseBlock(maxRetries: number): PolicyBlock {
  const block = new PolicyBlock()
  block.view.setUint32(AT.socketTimeout, 30_000, true)
  block.view.setUint32(AT.totalTimeout, 1000, true)
  block.view.setUint16(AT.maxRetries, maxRetries, true)
  block.bytes[AT.replica] = 1
  block.bytes[AT.batchBits] = BATCH_BIT.inline | BATCH_BIT.respondAllKeys
  return block
}

/** The policies of one client. */
export class Policies {
  private readonly defaults: { readonly [group in PolicyGroup]: PolicyBlock }
  private readonly scratch = new PolicyBlock()

  /** Takes `config.policies`; throws a Fault for anything that is not known. */
  constructor(given: DefaultPolicies | undefined) {
    this.defaults = {
      read: baseBlock(2), write: baseBlock(0), operate: baseBlock(0), remove: baseBlock(0), batchRead: baseBlock(2),
      batchWrite: baseBlock(0)
    }
    if (given === undefined) return
    if (typeof given !== 'object' || given === null) throw new Fault('policies', `${show(given)} is not an object`)
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(GROUPS, name)) throw unknownName('policies', name, Object.keys(GROUPS))
      const group = name as keyof typeof GROUPS
      const policy = given[group]
      if (policy === undefined) continue
      const targets: readonly PolicyGroup[] = group === 'batch' ? ['batchRead', 'batchWrite'] : [group]
      for (const target of targets) {
        const block = this.defaults[target]
        applyFields(block, policy, POLICY_FIELDS, GROUPS[group], `policies.${name}`)
        block.defaultTtl = block.view.getUint32(AT.ttl, true)
      }
    }
  }

  /** The block for one call. It must not be written to unless it came from `own`. */
  resolve(group: PolicyGroup, options: object | undefined): PolicyBlock {
    return options === undefined ? this.defaults[group] : this.withOptions(group, options)
  }

  /** A block for one call that the caller may change. */
  own(group: PolicyGroup, options: object | undefined): PolicyBlock {
    const block = this.resolve(group, options)
    if (block === this.scratch) return block
    this.scratch.copyFrom(block)
    return this.scratch
  }

  /** The TTL that `TTL_CLIENT_DEFAULT` stands for in batches, as on the wire. */
  get clientTtl(): number {
    return this.defaults.batchWrite.defaultTtl
  }

  /** Gives a batch that turns out only to read the retries of reads, unless they were given. */
  useReadRetries(block: PolicyBlock): void {
    if (block.retriesGiven) return
    block.view.setUint16(AT.maxRetries, this.defaults.batchRead.view.getUint16(AT.maxRetries, true), true)
  }

  private withOptions(group: PolicyGroup, options: object): PolicyBlock {
    const calls = CALLS[group]
    const writes = (calls & WRITE) !== 0
    if (typeof options !== 'object' || options === null) throw new Fault('options', `${show(options)} is not an object`)
    const names = writes ? OPTION_NAMES : READ_OPTION_NAMES
    for (const name of Object.keys(options)) if (!names.includes(name)) throw this.unknownOption(name, names)
    const { meta, policy } = options as { meta?: WriteMeta | null; policy?: object | null }
    if (meta == null && policy == null) return this.defaults[group]
    const block = this.scratch
    block.copyFrom(this.defaults[group])
    if (meta != null) applyMeta(block, meta, 'meta')
    if (policy != null) applyFields(block, policy, POLICY_FIELDS, calls, 'policy')
    return block
  }

  private unknownOption(name: string, names: readonly string[]): Fault {
    if (name === 'ttl' || name === 'gen') return misplaced(name, name, 'meta')
    const plain = simplify(name)
    for (const field of POLICY_FIELDS.keys()) {
      if (field === name) return misplaced(name, name, 'policy')
      if (simplify(field) === plain) return new Fault(name, `unknown option '${name}', did you mean { policy: { ${field} } }?`)
    }
    return unknownName('', name, names)
  }
}
