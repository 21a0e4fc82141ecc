/*
 * A server for the tests on Node: the one at AEROSPIKE_HOSTS, or the test server's program at AEROSPIKE_TESTSERVER.
 *
 * Imports Node only.
 */

import { spawn } from 'node:child_process'
import { createConnection } from 'node:net'
import { createInterface } from 'node:readline'

const SECONDS = 300

/** A server: `hosts` as `connect` takes them, and `stop()`. */
export async function openServer() {
  const hosts = process.env.AEROSPIKE_HOSTS
  if (hosts) return { hosts, real: true, stop: async () => {} }
  return startTestServer(Number(process.env.AEROSPIKE_TESTSERVER_NODES ?? 1))
}

/** Starts the test server on free ports, with more options if given. It ends with this process at the latest. */
export async function startTestServer(nodes = 1, more = []) {
  const program = process.env.AEROSPIKE_TESTSERVER
  if (!program) {
    throw new Error(
      'no server to test against: set AEROSPIKE_TESTSERVER to the path of the test server ' +
        '(cargo build --profile tool -p aerospike-testserver makes target/tool/aerospike-testserver), ' +
        'or AEROSPIKE_HOSTS to host:port of a real server'
    )
  }
  const options = ['--port', '0', '--nodes', String(nodes), '--seconds', String(SECONDS), '--stdin-guard', ...more]
  const child = spawn(program, options, { stdio: ['pipe', 'pipe', 'inherit'] })
  const hosts = await addresses(child, program)
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const stop = () => {
    child.stdin.end()
    return exited
  }
  return { hosts, real: false, stop }
}

function addresses(child, program) {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`cannot start ${program}: ${error.message}`)))
    child.once('exit', (code) => reject(new Error(`${program} ended with code ${code} before it listened`)))
    createInterface({ input: child.stdout }).once('line', (line) => {
      if (line.startsWith('listening ')) resolve(line.slice('listening '.length).trim())
      else reject(new Error(`${program} said '${line}' instead of its addresses`))
    })
  })
}

/** Sends info commands to `address` (`host:port`); the answer is the text after each tab. */
export function info(address, ...commands) {
  const [host, port] = address.split(':')
  const body = Buffer.from(commands.map((command) => `${command}\n`).join(''))
  const header = Buffer.alloc(8)
  header.writeUInt16BE(0x0201, 0)
  header.writeUIntBE(body.length, 2, 6)
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port: Number(port) }, () => socket.write(Buffer.concat([header, body])))
    let received = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 8 || received.length < 8 + received.readUIntBE(2, 6)) return
      socket.destroy()
      const lines = received.subarray(8).toString().split('\n').slice(0, -1)
      resolve(lines.map((line) => line.slice(line.indexOf('\t') + 1)))
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`${address} closed the connection`)))
  })
}

/** A test command of the test server, which must answer `ok`. */
export async function command(address, text) {
  const [answer] = await info(address, text)
  if (answer !== 'ok') throw new Error(`${text}: ${answer}`)
}
