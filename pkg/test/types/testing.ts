/* `aerospike-wasm/testing` as TypeScript users see it: compiled by types.test.mjs, never run. */

import { connect } from 'aerospike-wasm'
import { type TestFault, TestServer, type TestServerOptions } from 'aerospike-wasm/testing'

export async function tests(): Promise<void> {
  const options: TestServerOptions = { nodes: 3, namespaces: ['test', { name: 'cache', defaultTtl: 60 }] }
  await using server: TestServer = await TestServer.start(options)
  await using client = await connect({ hosts: server.hosts }, { transport: server.transport })
  void client
  const fault: TestFault = { kind: 'delay', milliseconds: 5, node: 1 }
  server.fail(fault)
  server.fail({ kind: 'answer', resultCode: 18, count: 2 })
  const count: number = server.recordCount({ namespace: 'test', set: null })
  const up: boolean | undefined = server.nodes[0]?.up
  await server.stopNode(0)
  void [count, up]

  // @ts-expect-error an unknown kind
  server.fail({ kind: 'explode' })
  // @ts-expect-error the result code is missing
  server.fail({ kind: 'answer' })
  // @ts-expect-error an unknown option
  await TestServer.start({ node: 1 })
  // @ts-expect-error start makes servers
  void new TestServer()
}
