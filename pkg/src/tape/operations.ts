/*
 * The operations of `operate`, `operateOrdered` and `batchOperate`: checked, written, and remembered as far as the
 * answers need it.
 *
 * May import: layout.ts, write.ts, encode.ts, fault.ts, policy.ts, constants.ts, types of record.ts.
 * Invariants: with RESPOND_ALL the server answers every operation but TOUCH, in their order; it refuses RESPOND_ALL
 * next to a READ of all bins, so `Plan.respondAll` excludes it.
 */

import {
  OPERATOR_APPEND, OPERATOR_DELETE, OPERATOR_INCR, OPERATOR_PREPEND, OPERATOR_READ, OPERATOR_TOUCH, OPERATOR_WRITE
} from '../constants.js'
import { Fault, show, unknownName } from '../fault.js'
import { AT, isBytes, type PolicyBlock, wireTtl } from '../policy.js'
import type { BinTuple } from '../record.js'
import type { ReadValue } from '../types.js'
import { Double } from '../values.js'
import { writeValue } from './encode.js'
import { LIMIT, OP, TAG } from './layout.js'
import type { Answers } from './read.js'
import type { TapeWriter } from './write.js'

const FIELDS = ['op', 'bin', 'val']
const WIRE = new Map<unknown, number>([
  [OPERATOR_READ, OP.read], [OPERATOR_WRITE, OP.write], [OPERATOR_INCR, OP.incr], [OPERATOR_APPEND, OP.append],
  [OPERATOR_PREPEND, OP.prepend], [OPERATOR_TOUCH, OP.touch], [OPERATOR_DELETE, OP.deleteAll]
])

interface Given {
  readonly op?: unknown
  readonly bin?: unknown
  readonly val?: unknown
}

/** What is known of an operation list before it is written. */
export class Plan {
  readonly operations: readonly Given[]
  /** Wire codes by position. */
  readonly codes: number[] = []
  /** Whether any operation writes. */
  writes = false
  /** Whether an operation reads all bins. */
  readsAll = false
  /** The TTL a TOUCH brings, as on the wire; -1 for none. */
  touchTtl = -1

  /** Checks the form of every operation; values are checked when they are written. */
  constructor(operations: unknown, clientTtl: number) {
    if (!Array.isArray(operations)) throw new Fault('ops', `${show(operations)} is not an array of operations`)
    if (operations.length === 0) throw new Fault('ops', 'there is no operation')
    if (operations.length > LIMIT.operations) {
      throw new Fault('ops', `${operations.length} operations; the limit is ${LIMIT.operations}`)
    }
    this.operations = operations as readonly Given[]
    for (let i = 0; i < operations.length; i++) this.check(operations[i], i, clientTtl)
  }

  /** Whether the server may be asked to answer every operation. */
  get respondAll(): boolean {
    return !this.readsAll
  }

  private check(operation: Given, i: number, clientTtl: number): void {
    const field = `ops[${i}]`
    if (typeof operation !== 'object' || operation === null || Array.isArray(operation)) {
      throw new Fault(field, `${show(operation)} is not an operation such as { op, bin, val }`)
    }
    for (const name in operation) if (!FIELDS.includes(name)) throw unknownName(field, name, FIELDS)
    const code = WIRE.get(operation.op)
    if (code === undefined) {
      const what = operation.op === undefined ? 'is missing' : `${show(operation.op)} is not supported`
      const names = 'READ, WRITE, INCR, APPEND, PREPEND, TOUCH, DELETE'
      throw new Fault(`${field}.op`, `${what}; use an OPERATOR_* constant: ${names}`)
    }
    this.codes.push(code)
    const hasBin = operation.bin !== undefined && operation.bin !== null && operation.bin !== ''
    if (code === OP.read) this.checkRead(operation, hasBin, field)
    else this.writes = true
    if (code === OP.touch || code === OP.deleteAll) this.checkBinless(operation, code, hasBin, field, clientTtl)
    else if (code !== OP.read) checkOperand(operation, code, field)
  }

  private checkRead(operation: Given, hasBin: boolean, field: string): void {
    if (operation.val !== undefined) throw new Fault(`${field}.val`, `${show(operation.val)}: a READ takes no value`)
    if (!hasBin) this.readsAll = true
  }

  private checkBinless(operation: Given, code: number, hasBin: boolean, field: string, clientTtl: number): void {
    const touch = code === OP.touch
    if (hasBin) {
      const hint = touch ? 'TOUCH concerns the whole record' : 'DELETE concerns the whole record; to remove one bin, ' +
        'WRITE null to it'
      throw new Fault(`${field}.bin`, `${show(operation.bin)}: ${hint}`)
    }
    if (operation.val === undefined) return
    if (!touch) throw new Fault(`${field}.val`, `${show(operation.val)}: a DELETE takes no value`)
    this.touchTtl = wireTtl(operation.val, `${field}.val`, clientTtl)
  }

  /** A TTL given with a TOUCH is the command's, unless the call's own meta or policy says otherwise. */
  applyTouch(policy: PolicyBlock): void {
    if (this.touchTtl < 0) return
    if (policy.ttlGiven && policy.view.getUint32(AT.ttl, true) !== this.touchTtl) {
      throw new Fault('ops', 'a TOUCH has another TTL than meta or policy; a command has one TTL')
    }
    policy.view.setUint32(AT.ttl, this.touchTtl, true)
  }

  /** Writes the operations. */
  write(tape: TapeWriter): void {
    const { operations, codes } = this
    tape.u16(codes.length)
    for (let i = 0; i < codes.length; i++) {
      const operation = operations[i]
      const code = codes[i]
      tape.u8(code)
      writeName(tape, operation.bin, code, `ops[${i}].bin`)
      try {
        writeOperand(tape, operation.val, code)
      } catch (error) {
        if (error instanceof Fault) error.field = `ops[${i}].val${error.field}`
        throw error
      }
    }
  }

  /**
   * The answers in the order of the operations, as `operateOrdered` gives them: a READ gives the value read, a WRITE
   * the value written, any other operation only what the server answered.
   */
  order(answers: Answers): BinTuple[] {
    if (this.readsAll) return this.orderAroundReadAll(answers)
    const out: BinTuple[] = []
    let next = 0
    for (let i = 0; i < this.codes.length; i++) {
      const code = this.codes[i]
      if (code === OP.touch) continue
      const at = next++
      if (code === OP.write) out.push(this.echo(i))
      else if (at < answers.length && (code === OP.read || answers.values[at] !== null)) out.push(answers.tuple(at))
    }
    return out
  }

  /** The server allows no other READ beside one of all bins, so all answers are that READ's. */
  private orderAroundReadAll(answers: Answers): BinTuple[] {
    const out: BinTuple[] = []
    let told = false
    for (let i = 0; i < this.codes.length; i++) {
      if (this.codes[i] === OP.write) out.push(this.echo(i))
      else if (this.codes[i] === OP.read && !told) {
        told = true
        for (let at = 0; at < answers.length; at++) out.push(answers.tuple(at))
      }
    }
    return out
  }

  private echo(i: number): BinTuple {
    const { bin, val } = this.operations[i]
    return [bin as string, (val instanceof Double ? val.value : val) as ReadValue]
  }
}

function checkOperand(operation: Given, code: number, field: string): void {
  const val = operation.val
  if (code === OP.incr) {
    if (val !== undefined) checkOffset(val, `${field}.val`)
  } else if (val === undefined) throw new Fault(`${field}.val`, 'is missing')
  else if (code !== OP.write) checkText(val, `${field}.val`)
}

/** An offset of INCR: a number or BigInt, not NaN. */
export function checkOffset(value: unknown, field: string): void {
  const offset = value instanceof Double ? value.value : value
  if (typeof offset === 'bigint') return
  if (typeof offset !== 'number') throw new Fault(field, `${show(value)} is not a number`)
  if (Number.isNaN(offset)) throw new Fault(field, 'NaN is not a number to add')
}

/** A value of APPEND or PREPEND: string or bytes. */
export function checkText(value: unknown, field: string): void {
  if (typeof value === 'string' || isBytes(value)) return
  throw new Fault(field, `${show(value)} is not a string or a Uint8Array`)
}

function writeName(tape: TapeWriter, bin: unknown, code: number, field: string): void {
  if (bin === undefined || bin === null || bin === '') {
    if (code === OP.read || code === OP.touch || code === OP.deleteAll) return tape.u8(0)
    throw new Fault(field, bin === '' ? 'the bin name is empty; it needs 1 to 15 bytes' : 'is missing')
  }
  if (typeof bin !== 'string') throw new Fault(field, `${show(bin)} is not a string`)
  tape.name(bin, 1, LIMIT.bin, 'bin name', field)
}

function writeOperand(tape: TapeWriter, val: unknown, code: number): void {
  if (code === OP.read || code === OP.touch || code === OP.deleteAll) return tape.u8(TAG.nil)
  writeValue(tape, code === OP.incr && val === undefined ? 1 : val, 0)
}
