/* Constants and error classes: the names and values of aerospike-py. */

import assert from 'node:assert/strict'
import test from 'node:test'
import * as aerospike from '../dist/index.js'

const GROUPS = {
  POLICY_KEY: { DIGEST: 0, SEND: 1 },
  POLICY_EXISTS: { IGNORE: 0, UPDATE: 1, UPDATE_ONLY: 1, REPLACE: 2, REPLACE_ONLY: 3, CREATE_ONLY: 4 },
  POLICY_GEN: { IGNORE: 0, EQ: 1, GT: 2 },
  POLICY_REPLICA: { MASTER: 0, SEQUENCE: 1, PREFER_RACK: 2, ANY: 3 },
  POLICY_COMMIT_LEVEL: { ALL: 0, MASTER: 1 },
  POLICY_READ_MODE_AP: { ONE: 0, ALL: 1 },
  BATCH_CONCURRENCY: { SEQUENTIAL: 0, PARALLEL: 1 },
  READ_TOUCH_TTL_PERCENT: { DONT_RESET: -1, SERVER_DEFAULT: 0 },
  QUERY_DURATION: { LONG: 0, SHORT: 1, LONG_RELAX_AP: 2 },
  TTL: { CLIENT_DEFAULT: -3, DONT_UPDATE: -2, NEVER_EXPIRE: -1, NAMESPACE_DEFAULT: 0 },
  AUTH: { INTERNAL: 0, EXTERNAL: 1, PKI: 2 },
  OPERATOR: { READ: 1, WRITE: 2, INCR: 5, APPEND: 9, PREPEND: 10, TOUCH: 11, DELETE: 12 },
  LIST_RETURN: { NONE: 0, INDEX: 1, REVERSE_INDEX: 2, RANK: 3, REVERSE_RANK: 4, COUNT: 5, VALUE: 7, EXISTS: 13 },
  MAP_RETURN: { NONE: 0, KEY: 6, VALUE: 7, KEY_VALUE: 8, EXISTS: 13 },
  PRIV: { USER_ADMIN: 0, READ: 10, READ_WRITE: 11, READ_WRITE_UDF: 12, WRITE: 13, TRUNCATE: 14 },
  AEROSPIKE: { OK: 0, ERR_CLUSTER: -11, ERR_RECORD_NOT_FOUND: 2, ERR_RECORD_EXISTS: 5, ERR_QUERY_ABORTED: 210, QUERY_END: 50 }
}

test('constants of aerospike-py', () => {
  for (const [group, names] of Object.entries(GROUPS)) {
    for (const [name, value] of Object.entries(names)) assert.equal(aerospike[`${group}_${name}`], value, `${group}_${name}`)
  }
})

test('there are all 171 of them, the expression types, and five of our own', () => {
  const names = Object.keys(aerospike).filter((name) => typeof aerospike[name] === 'number')
  const own = names.filter((name) => name.startsWith('POLICY_READ_MODE_SC_') || name === 'POLICY_REPLICA_ANY')
  const types = names.filter((name) => name.startsWith('EXP_TYPE_'))
  assert.deepEqual([own.length, types.length, names.length], [5, 10, 171 + 10 + 5])
})

test('the class tree', () => {
  const tree = {
    ClientError: 'AerospikeError', BackpressureError: 'ClientError', RustPanicError: 'ClientError',
    ClusterError: 'AerospikeError', InvalidArgError: 'AerospikeError', AerospikeTimeoutError: 'AerospikeError',
    RecordError: 'AerospikeError', RecordNotFound: 'RecordError', RecordExistsError: 'RecordError',
    RecordGenerationError: 'RecordError', RecordTooBig: 'RecordError', BinNameError: 'RecordError',
    BinExistsError: 'RecordError', BinNotFound: 'RecordError', BinTypeError: 'RecordError', FilteredOut: 'RecordError',
    ServerError: 'AerospikeError', AerospikeIndexError: 'ServerError', IndexNotFound: 'AerospikeIndexError',
    IndexFoundError: 'AerospikeIndexError', QueryError: 'ServerError', QueryAbortedError: 'QueryError',
    AdminError: 'ServerError', UDFError: 'ServerError'
  }
  for (const [name, parent] of Object.entries(tree)) {
    assert.equal(Object.getPrototypeOf(aerospike[name]), aerospike[parent], name)
    assert.equal(new aerospike[name]('m').name, name)
  }
  assert.equal(aerospike.TimeoutError, aerospike.AerospikeTimeoutError)
  assert.equal(aerospike.IndexError, aerospike.AerospikeIndexError)
  const cause = new Error('c')
  const error = new aerospike.RecordNotFound('m', { resultCode: 2, inDoubt: true, node: 'n', cause })
  assert.ok(error instanceof Error)
  assert.deepEqual([error.message, error.resultCode, error.inDoubt, error.node], ['m', 2, true, 'n'])
  assert.equal(error.cause, cause)
  assert.equal(new aerospike.AerospikeError('m').resultCode, -1)
})
