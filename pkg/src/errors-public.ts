/*
 * The error classes as the package exports them; the helpers that make errors stay inside.
 *
 * May import: errors.ts.
 */

export {
  AdminError, AerospikeError, AerospikeIndexError, AerospikeTimeoutError, BackpressureError, BinExistsError,
  BinNameError, BinNotFound, BinTypeError, ClientError, ClusterError, FilteredOut, IndexError, IndexFoundError,
  IndexNotFound, InvalidArgError, QueryAbortedError, QueryError, RecordError, RecordExistsError, RecordGenerationError,
  RecordNotFound, RecordTooBig, RustPanicError, ServerError, TimeoutError, TlsError, UDFError, type AerospikeErrorOptions, type TlsCheck
} from './errors.js'
