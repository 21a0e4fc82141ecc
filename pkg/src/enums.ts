/*
 * The enumerations of policies and operations as unions of their constants, so that the compiler knows a wrong one.
 *
 * May import: types of constants.ts.
 */

import type * as constants from './constants.js'

type Constants = typeof constants

/** Every value of the constants whose names begin with `P`. */
type ValueOf<P extends string> = Constants[Extract<keyof Constants, `${P}${string}`>]

/** A `POLICY_KEY_*` constant. */
export type PolicyKey = ValueOf<'POLICY_KEY_'>
/** A `POLICY_EXISTS_*` constant. */
export type PolicyExists = ValueOf<'POLICY_EXISTS_'>
/** A `POLICY_GEN_*` constant. */
export type PolicyGen = ValueOf<'POLICY_GEN_'>
/** A `POLICY_REPLICA_*` constant. */
export type PolicyReplica = ValueOf<'POLICY_REPLICA_'>
/** A `POLICY_COMMIT_LEVEL_*` constant. */
export type PolicyCommitLevel = ValueOf<'POLICY_COMMIT_LEVEL_'>
/** A `POLICY_READ_MODE_AP_*` constant. */
export type PolicyReadModeAp = ValueOf<'POLICY_READ_MODE_AP_'>
/** A `POLICY_READ_MODE_SC_*` constant. */
export type PolicyReadModeSc = ValueOf<'POLICY_READ_MODE_SC_'>
/** A `BATCH_CONCURRENCY_*` constant. */
export type BatchConcurrency = ValueOf<'BATCH_CONCURRENCY_'>
/** An `OPERATOR_*` constant. */
export type Operator = ValueOf<'OPERATOR_'>
/** An `AUTH_*` constant. */
export type AuthMode = ValueOf<'AUTH_'>
