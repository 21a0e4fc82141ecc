/*
 * What the server's result codes mean, in words, and what a caller can do about the less obvious ones.
 *
 * May import: constants.ts. Follows the server's proto.h; codes of its own the client takes from the C client (negative).
 */

import * as constants from './constants.js'

const MEANINGS = new Map<number, string>([
  [-16, 'batch failed'],
  [-15, 'no response'],
  [-14, 'too many errors on the node'],
  [-12, 'retries exhausted'],
  [-11, 'no node to serve the command'],
  [-10, 'connection failed'],
  [-9, 'TLS failed'],
  [-8, 'no node to serve the command'],
  [-7, 'no more connections'],
  [-5, 'cancelled'],
  [-4, 'invalid host'],
  [-2, 'invalid argument'],
  [-1, 'client error'],
  [0, 'ok'],
  [1, 'server error'],
  [2, 'record not found'],
  [3, 'generation differs'],
  [4, 'invalid parameter'],
  [5, 'record exists'],
  [6, 'bin exists'],
  [7, 'cluster changed'],
  [8, 'server out of memory or writes stopped'],
  [9, 'timeout'],
  [10, 'always forbidden'],
  [11, 'partition unavailable'],
  [12, 'wrong bin type'],
  [13, 'record too big'],
  [14, 'key busy'],
  [15, 'scan aborted'],
  [16, 'unsupported feature'],
  [17, 'bin not found'],
  [18, 'device overload'],
  [19, 'key mismatch'],
  [20, 'invalid namespace'],
  [21, 'bin name too long'],
  [22, 'forbidden'],
  [23, 'element not found'],
  [24, 'element exists'],
  [25, 'enterprise edition only'],
  [26, 'operation not applicable'],
  [27, 'filtered out'],
  [28, 'lost conflict'],
  [29, 'invalid encoding'],
  [32, 'key busy with cross-datacenter replication'],
  [50, 'end of query'],
  [51, 'security not supported'],
  [52, 'security not enabled'],
  [53, 'authentication scheme not supported'],
  [54, 'invalid security command'],
  [55, 'invalid security field'],
  [56, 'illegal security state'],
  [60, 'invalid user'],
  [61, 'user exists'],
  [62, 'invalid password'],
  [63, 'password expired'],
  [64, 'password forbidden'],
  [65, 'invalid credential'],
  [66, 'session expired'],
  [70, 'invalid role'],
  [71, 'role exists'],
  [72, 'invalid privilege'],
  [73, 'invalid allowlist'],
  [74, 'quotas not enabled'],
  [75, 'invalid quota'],
  [80, 'not authenticated'],
  [81, 'role violation'],
  [82, 'address not in the allowlist'],
  [83, 'quota exceeded'],
  [100, 'function failed'],
  [120, 'record blocked by a transaction'],
  [121, 'transaction version mismatch'],
  [122, 'transaction expired'],
  [123, 'too many writes in the transaction'],
  [124, 'transaction committed'],
  [125, 'transaction aborted'],
  [126, 'record locked by the transaction already'],
  [127, 'transaction monitor exists'],
  [150, 'batch disabled'],
  [151, 'too many keys in the batch'],
  [152, 'batch queues full'],
  [160, 'invalid GeoJSON'],
  [200, 'index exists'],
  [201, 'index not found'],
  [202, 'index out of memory'],
  [203, 'index not readable'],
  [204, 'index error'],
  [205, 'index name too long'],
  [206, 'too many indexes'],
  [210, 'query aborted'],
  [211, 'query queue full'],
  [212, 'query timeout'],
  [213, 'query error'],
  [214, 'query network error'],
  [215, 'duplicate query']
])

const ADVICE = new Map<number, string>([
  [-15, 'please report it'],
  [-14, 'it is asked again after config.errorRateWindow; look at the server and the network'],
  [-11, 'look at the addresses the nodes announce; config.useServicesAlternate may help'],
  [-10, 'retry, or raise policy.maxRetries for commands that may run twice'],
  [-1, 'connect again'],
  [2, 'check namespace, set and type of the user key, or expect it'],
  [3, 'the record was written since it was read; read it again and retry'],
  [4, 'the server does not take these arguments together'],
  [5, 'expect it with POLICY_EXISTS_CREATE_ONLY, or use another POLICY_EXISTS_*'],
  [7, 'retry'],
  [8, 'free space on the server or raise its limits'],
  [9, 'raise policy.totalTimeout, or look at the load of server and client'],
  [11, 'the cluster is moving or has lost this partition; retry later'],
  [12, 'the operation does not fit the type the bin has'],
  [13, 'raise max-record-size of the namespace or split the record'],
  [14, 'spread the writes over more keys, or retry later'],
  [18, 'the storage cannot keep up; slow down or retry later'],
  [19, 'the key stored with the record is another one'],
  [17, 'write the bin first'],
  [20, 'the server has no namespace of this name'],
  [22, 'a TTL needs nsup-period above 0 on the namespace; or the server refuses writes of this kind'],
  [21, 'shorten it to 15 bytes'],
  [25, 'the server is a Community Edition'],
  [27, 'policy.filterExpression is not true for this record'],
  [51, 'the server is a Community Edition: leave config.user and config.password out'],
  [60, 'the cluster has no user of the name in config.user'],
  [62, 'check config.password'],
  [63, 'set a new password'],
  [65, 'check config.user, config.password and config.authMode'],
  [80, 'log in with a user'],
  [81, "the user's roles do not allow this"],
  [151, 'use fewer keys per batch']
])

/** Names of the client's own codes; one of them, -11, has two meanings and is named by its error. */
const CLIENT_NAMES = new Map<number, string>([
  [-16, 'BATCH_FAILED'], [-15, 'NO_RESPONSE'], [-14, 'MAX_ERROR_RATE'], [-12, 'MAX_RETRIES_EXCEEDED'], [-11, 'CLUSTER'],
  [-10, 'CONNECTION'], [-8, 'INVALID_NODE'], [-7, 'NO_MORE_CONNECTIONS'], [-5, 'CLIENT_ABORT'], [-4, 'INVALID_HOST'],
  [-2, 'PARAM'], [-1, 'CLIENT']
])

let known: Map<number, string> | null = null

/** The names of all constants, collected when the first message needs one: that would double the time of an import. */
function names(): Map<number, string> {
  if (known === null) {
    const server = Object.entries(constants).filter(([name, value]) => name.startsWith('AEROSPIKE_') && value > 0)
    known = new Map(server.map(([name, value]) => [value, name]))
    for (const [code, name] of CLIENT_NAMES) known.set(code, `AEROSPIKE_ERR_${name}`)
  }
  return known
}

/** A result code as messages show it: its constant's name, where it has one, and its number. */
export function resultCodeText(code: number): string {
  const name = names().get(code)
  return name === undefined ? String(code) : `${name} ${code}`
}

/** The meaning of a result code in a few words. */
export function resultCodeMeaning(code: number): string {
  return MEANINGS.get(code) ?? (code > 0 ? 'unknown server error' : 'unknown client error')
}

/** What to do about a result code; empty when it is obvious. */
export function resultCodeAdvice(code: number): string {
  return ADVICE.get(code) ?? ''
}
