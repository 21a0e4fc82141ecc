/*
 * Everything public that does not depend on the runtime. An entry adds `connect`.
 *
 * May import: anything but entries and files of `transport/`.
 */

export * from './constants.js'
export * from './errors-public.js'
export { BatchReadStream } from './batch-stream.js'
export { Client } from './client.js'
export {
  BatchRecord, ExistsResult, Key, Record, RecordMetadata, type BinTuple
} from './record.js'
/** Builders of operations, for `operate`, `operateOrdered` and `batchOperate`. */
export * as op from './op.js'
export { TypedSet } from './typed-set.js'
export { Double, GeoJSON, HyperLogLog, UnknownValue } from './values.js'
export { ObservedCommand, type Observer } from './observe.js'
export {
  CLOSE_REASON, type CloseReason, type Endpoint, type Transport, type TransportConnection, type TransportEvents
} from './transport.js'
export type { Pem, TlsOptions } from './security.js'
export type * from './enums.js'
export type * from './typed.js'
export type * from './types.js'
