/*
 * The enumerations of policies and operations as unions of their constants, so that the compiler knows a wrong one.
 *
 * May import: types of constants.ts.
 */

import type * as constants from './constants.js'

type Constants = typeof constants

/** Every value of the constants whose names begin with `P`. */
type ValueOf<P extends string> = Constants[Extract<keyof Constants, `${P}${string}`>]

/**
 * A `POLICY_KEY_*` constant.
 *
 * @example
 * ```ts
 * const stored: PolicyKey = POLICY_KEY_SEND
 * await client.put(key, { n: 1 }, { policy: { key: stored } })
 * ```
 */
export type PolicyKey = ValueOf<'POLICY_KEY_'>
/**
 * A `POLICY_EXISTS_*` constant.
 *
 * @example
 * ```ts
 * const save = (exists: PolicyExists) => client.put(key, { n: 1 }, { policy: { exists } })
 * await save(POLICY_EXISTS_CREATE_ONLY)
 * ```
 */
export type PolicyExists = ValueOf<'POLICY_EXISTS_'>
/**
 * A `POLICY_GEN_*` constant.
 *
 * @example
 * ```ts
 * const gen: PolicyGen = POLICY_GEN_GT
 * await client.put(key, { n: 1 }, { meta: { gen: 3 }, policy: { gen } })
 * ```
 */
export type PolicyGen = ValueOf<'POLICY_GEN_'>
/**
 * A `POLICY_REPLICA_*` constant.
 *
 * @example
 * ```ts
 * const replica: PolicyReplica = POLICY_REPLICA_ANY
 * await client.get(key, { policy: { replica } })
 * ```
 */
export type PolicyReplica = ValueOf<'POLICY_REPLICA_'>
/**
 * A `POLICY_COMMIT_LEVEL_*` constant.
 *
 * @example
 * ```ts
 * const commitLevel: PolicyCommitLevel = POLICY_COMMIT_LEVEL_MASTER
 * await client.put(key, { n: 1 }, { policy: { commitLevel } })
 * ```
 */
export type PolicyCommitLevel = ValueOf<'POLICY_COMMIT_LEVEL_'>
/**
 * A `POLICY_READ_MODE_AP_*` constant.
 *
 * @example
 * ```ts
 * const readModeAp: PolicyReadModeAp = POLICY_READ_MODE_AP_ALL
 * await client.get(key, { policy: { readModeAp } })
 * ```
 */
export type PolicyReadModeAp = ValueOf<'POLICY_READ_MODE_AP_'>
/**
 * A `POLICY_READ_MODE_SC_*` constant.
 *
 * @example
 * ```ts
 * const readModeSc: PolicyReadModeSc = POLICY_READ_MODE_SC_LINEARIZE
 * await client.get(key, { policy: { readModeSc } })
 * ```
 */
export type PolicyReadModeSc = ValueOf<'POLICY_READ_MODE_SC_'>
/**
 * A `BATCH_CONCURRENCY_*` constant.
 *
 * @example
 * ```ts
 * const concurrency: BatchConcurrency = BATCH_CONCURRENCY_SEQUENTIAL
 * await client.batchRead(keys, null, { policy: { concurrency } })
 * ```
 */
export type BatchConcurrency = ValueOf<'BATCH_CONCURRENCY_'>
/**
 * An `OPERATOR_*` constant.
 *
 * @example
 * ```ts
 * const names: { [code in Operator]?: string } = { [OPERATOR_READ]: 'read', [OPERATOR_WRITE]: 'write' }
 * ```
 */
export type Operator = ValueOf<'OPERATOR_'>
/**
 * An `AUTH_*` constant.
 *
 * @example
 * ```ts
 * const authMode: AuthMode = AUTH_EXTERNAL
 * await using known = await connect({ hosts: 'db', tls: {}, user: 'ann', password: 'secret', authMode })
 * ```
 */
export type AuthMode = ValueOf<'AUTH_'>
