/*
 * Users, passwords and TLS over real TCP: who gets in, and what those are told who do not.
 *
 * Imports Node, the built package, support/. Needs AEROSPIKE_TESTSERVER. Certificates are made here.
 */

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { inspect } from 'node:util'
import aerospike, { connect } from '../../dist/entry/node.js'
import { encrypted, inDays, makeAuthority, makeSelfSigned } from './support/certificates.mjs'
import { rejects } from './support/check.mjs'
import { clientConfig } from './support/context.mjs'
import { command, startTestServer } from './support/server.mjs'
import { startTls } from './support/tls.mjs'

const { AdminError, ClusterError, InvalidArgError, TlsError, AUTH_EXTERNAL, AUTH_INTERNAL, AUTH_PKI } = aerospike
const PASSWORD = 'correct horse battery'
const ALICE = { user: 'alice', password: PASSWORD }
const USERS = ['--user', `alice:${PASSWORD}:read-write`, '--user', 'bob:pw:read', '--user', 'eve:pw:']
const NAME = 'cluster.test'

let keys = 0
const newKey = () => ['test', 'security', `k${++keys}`]

/** Connects, runs `body(client)`, closes. */
async function withClient(config, body) {
  const client = await connect(config)
  try {
    return await body(client)
  } finally {
    await client.close()
  }
}

async function roundTrip(client) {
  const key = newKey()
  await client.put(key, { alive: true })
  assert.deepEqual((await client.get(key)).bins, { alive: true })
}

/** Everything an error shows, to whoever prints it. */
function shown(error) {
  return [error.message, error.stack, inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error)].join('\n')
}

describe('users', () => {
  let server
  before(async () => {
    server = await startTestServer(3, USERS)
  })
  after(() => server?.stop())

  test('a user with the right password reads and writes', async () => {
    await withClient({ hosts: server.hosts, ...ALICE }, async (client) => {
      assert.equal(client.getNodeNames().length, 3)
      await Promise.all(Array.from({ length: 300 }, () => roundTrip(client)))
      const rows = await client.batchRead(Array.from({ length: 50 }, newKey))
      assert.ok(rows.every((row) => row.result === 2))
    })
  })

  test('AUTH_INTERNAL is the default', () => withClient({ hosts: server.hosts, ...ALICE, authMode: AUTH_INTERNAL }, roundTrip))

  const refused = {
    'a wrong password': [{ user: 'alice', password: 'wrong' }, 65, /invalid credential .*65\).*login refused.*check config\.user/],
    'a password in other case': [{ user: 'alice', password: PASSWORD.toUpperCase() }, 65, /invalid credential/],
    'an unknown user': [{ user: 'nobody', password: PASSWORD }, 60, /invalid user .*60\)/],
    'no user': [{}, 80, /not authenticated .*80\).*log in/]
  }
  for (const [what, [config, resultCode, message]] of Object.entries(refused)) {
    test(`${what} is an AdminError`, async () => {
      const error = await rejects(connect({ hosts: server.hosts, ...config }), AdminError, { resultCode, message, inDoubt: false })
      assert.ok(error instanceof aerospike.ServerError)
    })
  }

  test('a user whose password has expired is told so, then let in again', async () => {
    const [first] = server.hosts.split(',')
    await command(first, 'test-user:name=bob;code=63')
    await rejects(connect({ hosts: server.hosts, user: 'bob', password: 'pw' }), AdminError, { resultCode: 63, message: /password expired/ })
    await command(first, 'test-user:name=bob;code=0')
    await withClient({ hosts: server.hosts, user: 'bob', password: 'pw' }, (client) => client.exists(newKey()))
  })

  test('what a role does not allow is an AdminError of the command', async () => {
    await withClient({ hosts: server.hosts, user: 'bob', password: 'pw' }, async (client) => {
      const key = newKey()
      await rejects(client.put(key, { a: 1 }), AdminError, { resultCode: 81, inDoubt: false, message: /role violation/ })
      assert.equal((await client.exists(key)).meta, null)
      const rows = await client.batchWrite([[key, { a: 1 }]])
      assert.deepEqual(rows.map((row) => [row.result, row.inDoubt]), [[81, false]])
    })
    await withClient({ hosts: server.hosts, user: 'eve', password: 'pw' }, (client) => rejects(client.get(newKey()), AdminError, { resultCode: 81 }))
  })

  test('sessions that the nodes forget are opened anew', async () => {
    await withClient({ hosts: server.hosts, ...ALICE }, async (client) => {
      await Promise.all(Array.from({ length: 100 }, () => roundTrip(client)))
      for (const node of ['A1', 'A2', 'A3']) await command(server.hosts.split(',')[0], `test-sessions:forget=${node}`)
      const policy = { maxRetries: 1 }
      await Promise.all(Array.from({ length: 100 }, () => client.put(newKey(), { a: 1 }, { policy })))
    })
  })

  test('the password is shown nowhere', async () => {
    const hash = /\$2a\$10\$/
    for (const config of [{ user: 'bob', password: PASSWORD }, { user: 'nobody', password: PASSWORD }]) {
      const error = await connect({ hosts: server.hosts, ...config }).catch((caught) => caught)
      assert.ok(!shown(error).includes(PASSWORD) && !hash.test(shown(error)), shown(error))
    }
    await withClient({ hosts: server.hosts, ...ALICE }, async (client) => {
      await roundTrip(client)
      const error = await client.get(newKey()).catch((caught) => caught)
      const texts = [inspect(client, { depth: 9, showHidden: true }), JSON.stringify(client.statistics()), client.metrics(), shown(error)]
      assert.ok(texts.every((text) => !text.includes(PASSWORD) && !hash.test(text)), texts.join('\n'))
    })
  })
})

test('sessions are renewed before they end', async () => {
  const server = await startTestServer(1, [...USERS, '--session-ttl', '2'])
  try {
    await withClient({ hosts: server.hosts, ...ALICE, tendInterval: 100 }, async (client) => {
      const end = performance.now() + 5_000
      let count = 0
      while (performance.now() < end) {
        await Promise.all(Array.from({ length: 20 }, () => client.put(newKey(), { a: 1 })))
        count += 20
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      assert.ok(count > 200)
    })
  } finally {
    await server.stop()
  }
})

test('a server without security refuses a user, as a Community Edition does', async () => {
  const server = await startTestServer(1)
  try {
    await rejects(connect({ hosts: server.hosts, ...ALICE }), AdminError, { resultCode: 51, message: /security not supported.*Community Edition/ })
  } finally {
    await server.stop()
  }
})

describe('a configuration that is refused', () => {
  const hosts = [['127.0.0.1', 3000]]
  const pem = '-----BEGIN CERTIFICATE-----\n'
  const bad = {
    'a user without a password': [{ user: 'alice' }, 'config.password', /is missing beside config\.user/],
    'a password without a user': [{ password: PASSWORD }, 'config.user', /is missing/],
    'an authentication mode without a user': [{ authMode: AUTH_INTERNAL }, 'config.user', /is missing/],
    'an empty user': [{ user: '', password: PASSWORD }, 'config.user', /0 bytes, 1 to 63/],
    'a user of 64 bytes': [{ user: 'u'.repeat(64), password: PASSWORD }, 'config.user', /64 bytes/],
    'an empty password': [{ user: 'alice', password: '' }, 'config.password', /0 bytes, 1 to 72/],
    'a password of 73 bytes': [{ user: 'alice', password: 'ä'.repeat(36) + 'b' }, 'config.password', /73 bytes/],
    'a password with a zero': [{ user: 'alice', password: 'a\0b' }, 'config.password', /value 0/],
    'a password that is no string': [{ user: 'alice', password: 12345678 }, 'config.password', /is not a string/],
    'an unknown authentication mode': [{ ...ALICE, authMode: 3 }, 'config.authMode', /3 is none of AUTH_INTERNAL, AUTH_EXTERNAL, AUTH_PKI/],
    'a mode by name': [{ ...ALICE, authMode: 'AUTH_PKI' }, 'config.authMode', /is none of/],
    'a password in clear without TLS': [{ ...ALICE, authMode: AUTH_EXTERNAL }, 'config.authMode', /AUTH_EXTERNAL needs TLS/],
    'certificates without TLS': [{ authMode: AUTH_PKI }, 'config.authMode', /AUTH_PKI needs TLS/],
    'a user beside a certificate': [{ user: 'alice', authMode: AUTH_PKI, tls: {} }, 'config.user', /takes none/],
    'a password beside a certificate': [{ ...ALICE, authMode: AUTH_PKI, tls: {} }, 'config.password', /takes none/],
    'TLS that is no object': [{ tls: true }, 'config.tls', /true is not an object/],
    'an unknown TLS option': [{ tls: { certfile: 'x' } }, 'config.tls.certfile', /unknown option 'certfile'; did you mean 'cert'|known are ca/],
    'the name of a file': [{ tls: { ca: '/etc/ssl/ca.pem' } }, 'config.tls.ca', /not PEM text.*contents of the file/],
    'no authority at all': [{ tls: { ca: [] } }, 'config.tls.ca', /empty/],
    'one bad authority of two': [{ tls: { ca: [pem, 'x'] } }, 'config.tls.ca[1]', /not PEM/],
    'a certificate without its key': [{ tls: { cert: pem } }, 'config.tls.key', /is missing/],
    'a key without its certificate': [{ tls: { key: '-----BEGIN PRIVATE KEY-----' } }, 'config.tls.cert', /is missing/],
    'a passphrase without a key': [{ tls: { passphrase: 'x' } }, 'config.tls.passphrase', /no config\.tls\.key/],
    'a key that is none': [{ tls: { cert: pem, key: '-----BEGIN PRIVATE KEY-----\n' } }, 'config.tls', /PEM|PRIVATE|certificate/i],
    'an empty TLS name': [{ tls: { tlsName: '' } }, 'config.tls.tlsName', /not a name/],
    'an empty TLS name of a host': [{ hosts: [['127.0.0.1', 4333, '']] }, 'config.hosts[0]', /TLS name/],
    'one host with a TLS name and one without': [{ hosts: ['a:name:4333', 'b:3000'] }, 'config.hosts[1]', /no TLS name/],
    'a login timeout of 0': [{ ...ALICE, loginTimeout: 0 }, 'config.loginTimeout', /not an integer from 1/]
  }
  for (const [what, [config, field, message]] of Object.entries(bad)) {
    test(what, async () => {
      const error = await rejects(connect({ hosts, ...config }), InvalidArgError, { field, message })
      assert.ok(!shown(error).includes(PASSWORD), 'the password is not shown')
    })
  }
})

describe('TLS', () => {
  let authority
  let other
  let good
  let server
  let ends

  const behind = async (options, tlsName = NAME) => {
    const end = await startTls(server, tlsName, options)
    ends.push(end)
    return end
  }
  before(async () => {
    authority = await makeAuthority('Test Authority')
    other = await makeAuthority('Another Authority')
    good = await authority.issue(NAME, { names: [NAME, '127.0.0.1'] })
    server = await startTestServer(3, USERS)
    ends = []
  })
  after(async () => {
    await Promise.all(ends.map((end) => end.stop()))
    await server?.stop()
  })

  test('a good certificate: every node is reached by TLS, and by nothing else', async () => {
    const { hosts, state } = await behind(good)
    for (const tls of [{ ca: authority.pem }, { ca: Buffer.from(authority.pem) }, { ca: [other.pem, authority.pem] }]) {
      const made = state.connections
      await withClient({ ...clientConfig, hosts: [hosts[0]], tls, ...ALICE, maxConnsPerNode: 4 }, async (client) => {
        assert.equal(client.getNodeNames().length, 3)
        await Promise.all(Array.from({ length: 100 }, () => roundTrip(client)))
        const nodes = client.statistics().nodes
        const open = nodes.reduce((sum, node) => sum + node.open, 0)
        assert.ok(state.connections - made >= open + 3, 'connections for commands and those of the tend')
      })
    }
  })

  test('external authentication, whose password is inside TLS only', async () => {
    const { hosts } = await behind(good)
    const config = { hosts, tls: { ca: authority.pem }, authMode: AUTH_EXTERNAL }
    await withClient({ ...config, ...ALICE }, roundTrip)
    await rejects(connect({ ...config, user: 'alice', password: 'wrong' }), AdminError, { resultCode: 65 })
  })

  test('the name comes from the host, from config.tls, or is the host', async () => {
    const { hosts: [[host, port]] } = await behind(good)
    const tls = { ca: authority.pem }
    await withClient({ hosts: [[host, port]], tls: { ...tls, tlsName: NAME }, ...ALICE }, roundTrip)
    await withClient({ hosts: `${host}:${NAME}:${port}`, tls, ...ALICE }, roundTrip)
    const byAddress = await behind(good, host)
    await withClient({ hosts: [byAddress.hosts[0].slice(0, 2)], tls, ...ALICE }, roundTrip)
  })

  const certificates = {
    'an expired certificate': [() => authority.issue(NAME, { from: inDays(-3), until: inDays(-1) }), 'expired', /has expired or is not valid yet.*renew/],
    'a certificate of tomorrow': [() => authority.issue(NAME, { from: inDays(1), until: inDays(2) }), 'expired', /not valid yet/],
    'a certificate for another name': [() => authority.issue('other.test'), 'name', /not for the TLS name.*config\.tls\.tlsName/],
    'a certificate for a longer name': [() => authority.issue(`evil.${NAME}`), 'name', /not for the TLS name/],
    'a self-signed certificate': [() => makeSelfSigned(NAME), 'self-signed', /self-signed and not trusted/],
    'a certificate of an unknown authority': [() => other.issue(NAME), 'authority', /authority that is not trusted.*config\.tls\.ca/]
  }
  for (const [what, [make, check, message]] of Object.entries(certificates)) {
    test(`${what} says so`, async () => {
      const { hosts } = await behind(await make())
      const started = performance.now()
      const error = await rejects(connect({ hosts: [hosts[0]], tls: { ca: authority.pem }, ...ALICE }), TlsError, { check, message, resultCode: -9 })
      assert.ok(error instanceof ClusterError && performance.now() - started < 2_000)
    })
  }

  test('without an authority of its own the client trusts what the runtime trusts', async () => {
    const { hosts } = await behind(good)
    await rejects(connect({ hosts: [hosts[0]], ...ALICE }), TlsError, { check: 'authority' })
    await rejects(connect({ hosts: [hosts[0]], tls: {}, ...ALICE }), TlsError, { check: 'authority' })
  })

  test('a self-signed certificate that is trusted by name is good', async () => {
    const own = await makeSelfSigned(NAME)
    const { hosts } = await behind(own)
    await withClient({ hosts, tls: { ca: own.cert }, ...ALICE }, roundTrip)
  })

  test('a clear-text port is no TLS port, and the other way round', async () => {
    const [host, port] = server.hosts.split(',')[0].split(':')
    const tls = { ca: authority.pem }
    await rejects(connect({ hosts: [[host, Number(port), NAME]], tls, ...ALICE }), TlsError, { check: 'handshake', message: /TLS handshake failed.*TLS port/ })
    const { hosts } = await behind(good)
    await rejects(connect({ hosts: [hosts[0].slice(0, 2)], ...ALICE }), ClusterError, {})
  })

  describe('certificates of clients', () => {
    let mutual
    let mine
    before(async () => {
      mutual = await behind({ ...good, ca: authority.pem, requestCert: true, rejectUnauthorized: true })
      mine = await authority.issue('alice')
    })

    test('the right one', async () => {
      const tls = { ca: authority.pem, cert: mine.cert, key: mine.key }
      await withClient({ hosts: mutual.hosts, tls, ...ALICE }, roundTrip)
    })

    test('one whose key is encrypted', async () => {
      const tls = { ca: authority.pem, cert: mine.cert, key: encrypted(mine.key, 'open sesame') }
      await withClient({ hosts: mutual.hosts, tls: { ...tls, passphrase: 'open sesame' }, ...ALICE }, roundTrip)
      for (const passphrase of ['wrong', undefined]) {
        const config = { hosts: mutual.hosts, tls: { ...tls, ...(passphrase && { passphrase }) }, ...ALICE }
        const error = await rejects(connect(config), InvalidArgError, { field: 'config.tls' })
        assert.ok(!shown(error).includes('open sesame') && !shown(error).includes(mine.key.slice(40, 80)))
      }
    })

    test('the key of another certificate', async () => {
      const { key } = await authority.issue('alice')
      const config = { hosts: mutual.hosts, tls: { ca: authority.pem, cert: mine.cert, key }, ...ALICE }
      await rejects(connect(config), InvalidArgError, { field: 'config.tls' })
    })

    test('none', async () => {
      const config = { hosts: [mutual.hosts[0]], tls: { ca: authority.pem }, ...ALICE }
      await rejects(connect(config), TlsError, { check: 'client-certificate', message: /does not accept this client without a certificate.*config\.tls\.cert/ })
    })

    // Node's own server closes the connection without a word where OpenSSL's would say why.
    const wrong = {
      'one of an unknown authority': () => other.issue('alice'),
      'an expired one': () => authority.issue('alice', { from: inDays(-3), until: inDays(-1) })
    }
    for (const [what, make] of Object.entries(wrong)) {
      test(what, async () => {
        const config = { hosts: [mutual.hosts[0]], tls: { ca: authority.pem, ...(await make()) }, ...ALICE }
        await rejects(connect(config), ClusterError, { message: /closed by the server/ })
      })
    }
  })
})
