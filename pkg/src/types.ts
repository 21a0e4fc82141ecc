/*
 * The types of the public API: keys, bins, operations, policies and the configuration.
 *
 * May import: types/.
 */

export type * from './types/data.js'
export type * from './types/operations.js'
export type * from './types/policies.js'
export type * from './types/statistics.js'
export type * from './types/config.js'
