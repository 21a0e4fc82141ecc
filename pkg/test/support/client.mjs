/* A client over the fake engine, without any socket. */

import { connectWith } from '../../dist/connect.js'
import { PortableText } from '../../dist/text.js'
import { BufferText } from '../../dist/transport/node.js'
import { fakeModule } from './fake-engine.mjs'

export const silentTransport = {
  connect() {
    return { write() {}, close() {} }
  }
}

export function fakeRuntime(text = 'node') {
  return {
    transport: silentTransport,
    text: () => (text === 'node' ? new BufferText() : new PortableText()),
    defer: (flush) => queueMicrotask(flush)
  }
}

/** Resolves with `{ client, engine, last() }`; `last` is the command submitted last, as the engine saw it. */
export async function fakeClient(script = {}, config = {}, text = 'node') {
  const { module, engines, memory, growTo } = fakeModule({
    answer: (id, _command, tape) => tape.ok(id),
    ...script
  })
  const client = await connectWith(module, fakeRuntime(text), { hosts: 'localhost', ...config })
  const engine = engines[0]
  return { client, engine, memory, growTo, last: () => engine.commands.at(-1) }
}
