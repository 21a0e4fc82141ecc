/*
 * The batch calls on the input tape.
 *
 * May import: batch-stream.ts, engine.ts as a type, fault.ts, pending.ts, policy.ts, record.ts, tape/*.
 * Invariants: rows keep the order of the call, so a row's index is its place in the answer; a bad row refuses the whole
 * call and is named by its index.
 */

import { ChunkPending, type ChunkSender } from './batch-stream.js'
import type { EngineDriver } from './engine.js'
import { Fault, show } from './fault.js'
import { EXPECT, Pending } from './pending.js'
import { applyMeta, AT, BIT, PolicyBlock, type Policies, type PolicyGroup } from './policy.js'
import { Key } from './record.js'
import { writeBins, writeKey, writeReads } from './tape/encode.js'
import { KIND } from './tape/layout.js'
import { Plan } from './tape/operations.js'
import type { TapeWriter } from './tape/write.js'
import type { BatchStreamOptions, WriteMeta } from './types.js'

/** Writes a batch and returns its Pending; null when there is no row. */
type WriteBatch = (
  tape: TapeWriter,
  policies: Policies,
  group: PolicyGroup,
  rows: readonly unknown[],
  detail: unknown,
  options: object | undefined
) => Pending | null

/** What a `batchRead` reads. */
const BINS = { all: 0, named: 1, none: 2 } as const

const rowScratch = new PolicyBlock()

function checkRows(rows: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(rows)) throw new Fault(field, `${show(rows)} is not an array`)
  return rows
}

/** Places a fault of row `i`. */
function inRow(error: unknown, field: string, i: number): unknown {
  if (!(error instanceof Fault)) return error
  const row = `${field}[${i}]`
  error.field = field === 'keys' ? error.field.replace(/^key/, row) : error.field === '' ? row : `${row}.${error.field}`
  return error
}

function writeRowPolicy(tape: TapeWriter, block: PolicyBlock): void {
  tape.need(12)
  const from = block.bytes
  const { bytes, pos } = tape
  bytes[pos] = from[AT.exists]
  bytes[pos + 1] = from[AT.generationPolicy]
  bytes[pos + 2] = from[AT.commitLevel]
  bytes[pos + 3] = from[AT.bits]
  for (let i = 0; i < 8; i++) bytes[pos + 4 + i] = from[AT.ttl + i]
  tape.pos = pos + 12
}

/** The policy of a row with a meta of its own, which wins over the call's. */
function rowPolicy(block: PolicyBlock, meta: unknown): PolicyBlock {
  if (meta === undefined || meta === null) return block
  rowScratch.copyFrom(block)
  applyMeta(rowScratch, meta as WriteMeta, 'meta')
  return rowScratch
}

function writeKeys(tape: TapeWriter, rows: readonly unknown[], policy: PolicyBlock | null, first = 0): Key[] {
  const keys: Key[] = []
  for (let i = 0; i < rows.length; i++) {
    try {
      keys.push(writeKey(tape, rows[i]))
    } catch (error) {
      throw inRow(error, 'keys', first + i)
    }
    if (policy !== null) writeRowPolicy(tape, policy)
  }
  return keys
}

/** Writes the reads of many keys, of which `first` went before; null when there is none. */
export function writeBatchRead(
  tape: TapeWriter,
  policies: Policies,
  rows: readonly unknown[],
  bins: unknown,
  options: object | undefined,
  first: number
): Key[] | null {
  const policy = policies.resolve('batchRead', options)
  checkRows(rows, 'keys')
  tape.begin(KIND.batchRead, policy)
  if (bins === undefined || bins === null) {
    tape.u8(BINS.all)
    tape.u16(0)
  } else {
    tape.u8(Array.isArray(bins) && bins.length === 0 ? BINS.none : BINS.named)
    writeReads(tape, bins)
  }
  if (rows.length === 0) return null
  tape.u32(rows.length)
  return writeKeys(tape, rows, null, first)
}

const batchRead: WriteBatch = (tape, policies, _group, rows, bins, options) => {
  const keys = writeBatchRead(tape, policies, rows, bins, options, 0)
  return keys === null ? null : new Pending('batchRead', EXPECT.batch, null, keys, null)
}

const batchWrite: WriteBatch = (tape, policies, group, rows, _detail, options) => {
  const policy = policies.own(group, options)
  checkRows(rows, 'rows')
  if (rows.length === 0) return null
  tape.begin(KIND.batchWrite, policy)
  tape.u32(rows.length)
  const keys: Key[] = []
  for (let i = 0; i < rows.length; i++) {
    try {
      const row = rows[i]
      if (!Array.isArray(row) || row.length < 2 || row.length > 3) {
        throw new Fault('', `${show(row)} is not [key, bins] or [key, bins, meta]`)
      }
      keys.push(writeKey(tape, row[0]))
      writeRowPolicy(tape, rowPolicy(policy, row[2]))
      writeBins(tape, row[1])
    } catch (error) {
      throw inRow(error, 'rows', i)
    }
  }
  return new Pending('batchWrite', EXPECT.batch, null, keys, null)
}

const batchOperate: WriteBatch = (tape, policies, _group, rows, operations, options) => {
  const plan = new Plan(operations, policies.clientTtl)
  const policy = policies.own('batchWrite', options)
  if (!plan.writes) policies.useReadRetries(policy)
  if (plan.respondAll) policy.bytes[AT.bits] |= BIT.respondAll
  plan.applyTouch(policy)
  checkRows(rows, 'keys')
  if (rows.length === 0) return null
  tape.begin(KIND.batchOperate, policy)
  plan.write(tape)
  tape.u32(rows.length)
  return new Pending('batchOperate', EXPECT.batch, null, writeKeys(tape, rows, policy), plan)
}

/** Whether a row of `batchRemove` is a pair of key and meta rather than a key. */
function isPair(row: unknown): row is readonly [unknown, unknown] {
  return Array.isArray(row) && (Array.isArray(row[0]) || row[0] instanceof Key)
}

const batchRemove: WriteBatch = (tape, policies, group, rows, _detail, options) => {
  const policy = policies.own(group, options)
  checkRows(rows, 'keys')
  if (rows.length === 0) return null
  tape.begin(KIND.batchRemove, policy)
  tape.u32(rows.length)
  const keys: Key[] = []
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    try {
      keys.push(writeKey(tape, isPair(row) ? row[0] : row))
    } catch (error) {
      throw inRow(error, 'keys', i)
    }
    try {
      writeRowPolicy(tape, rowPolicy(policy, isPair(row) ? row[1] : null))
    } catch (error) {
      if (error instanceof Fault) error.field = `keys[${i}].${error.field}`
      throw error
    }
  }
  return new Pending('batchRemove', EXPECT.batch, null, keys, null)
}

/** Sends the chunks of a stream. */
export function chunkSender(
  driver: EngineDriver,
  policies: Policies,
  bins: unknown,
  options: BatchStreamOptions | undefined
): ChunkSender {
  return {
    cancel: (pending) => driver.cancel(pending),
    send(keys, first, sink) {
      try {
        const tape = driver.enter('batchReadStream')
        const read = options?.policy == null ? undefined : { policy: options.policy }
        const known = writeBatchRead(tape, policies, keys, bins, read, first)
        const pending = new ChunkPending(known ?? [], sink)
        void driver.send(pending, undefined)
        return pending
      } catch (error) {
        throw driver.refusal('batchReadStream', error)
      }
    }
  }
}

/** The batch calls by name. */
export const clientBatch = { batchRead, batchWrite, batchOperate, batchRemove } as const
