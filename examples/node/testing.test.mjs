/*
 * Tests of an application with a server in the same process: no database, no container, no port to agree on.
 *
 *   node --test testing.test.mjs
 *
 * The application is a counter of page views that forgets a page after a minute without visitors, and keeps counting in
 * memory while the database is overloaded.
 */

import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { AEROSPIKE_ERR_DEVICE_OVERLOAD, AerospikeError, connect } from 'aerospike-wasm'
import { TestServer } from 'aerospike-wasm/testing'

/** The application under test. It takes the client that it is to use. */
class PageViews {
  #client
  #waiting = new Map()

  constructor(client) {
    this.#client = client
  }

  /** Counts one view; views that could not be stored are stored with the next one. */
  async view(page) {
    const views = this.#take(page) + 1
    try {
      await this.#client.increment(['test', 'views', page], 'count', views, { meta: { ttl: 60 }, policy: { maxRetries: 0 } })
    } catch (error) {
      // An error in doubt may have counted already; to count too little is better here than to count twice.
      if (!(error instanceof AerospikeError)) throw error
      if (!error.inDoubt) this.#waiting.set(page, this.#take(page) + views)
    }
  }

  /** The views that wait, which are the caller's from now on. */
  #take(page) {
    const views = this.#waiting.get(page) ?? 0
    this.#waiting.delete(page)
    return views
  }

  async count(page) {
    const [row] = await this.#client.batchRead([['test', 'views', page]], ['count'])
    return row.bins?.count ?? 0
  }
}

let server
let client
let views

before(async () => {
  server = await TestServer.start()
  client = await connect({ hosts: server.hosts })
  views = new PageViews(client)
})

afterEach(() => {
  server.heal()
  server.clear()
})

after(async () => {
  await client?.close()
  await server?.close()
})

test('views add up', async () => {
  await Promise.all(Array.from({ length: 100 }, () => views.view('/home')))
  assert.equal(await views.count('/home'), 100)
  assert.equal(server.recordCount({ namespace: 'test', set: 'views' }), 1)
})

test('a page without visitors is forgotten after a minute', async () => {
  await views.view('/about')
  server.advance(59)
  assert.equal(await views.count('/about'), 1)
  server.advance(2)
  assert.equal(await views.count('/about'), 0)
})

test('a visitor keeps the page for another minute', async () => {
  await views.view('/about')
  server.advance(40)
  await views.view('/about')
  server.advance(40)
  assert.equal(await views.count('/about'), 2)
})

test('no view is lost while the database is overloaded', async () => {
  server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_DEVICE_OVERLOAD, count: 3 })
  for (let i = 0; i < 4; i++) await views.view('/home')
  assert.equal(await views.count('/home'), 4)
})

test('no view is counted twice when the connection breaks', async () => {
  server.fail({ kind: 'cut', bytes: 0 })
  await views.view('/home')
  await views.view('/home')
  assert.equal(await views.count('/home'), 2)
})
