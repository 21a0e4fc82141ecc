/*
 * What finds public members without an example: held against declarations of which some have none.
 *
 * Imports Node, support/. Needs docs/reference/node_modules (`cargo xtask docs`).
 */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { codeOf, membersOf, withoutExample } from './support/members.mjs'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const FIXTURE = path('fixture/shop.d.ts')

let folder
let reference

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'members-'))
  const json = join(folder, 'api.json')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { strict: true, types: [] }, files: [FIXTURE] }))
  const args = ['--tsconfig', join(folder, 'tsconfig.json'), '--json', json, '--disableSources', '--readme', 'none', FIXTURE]
  const { status, stdout, stderr } = spawnSync(process.execPath, [path('../reference/node_modules/typedoc/bin/typedoc'), ...args], { encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
  reference = JSON.parse(readFileSync(json, 'utf8'))
})

after(() => rmSync(folder, { recursive: true, force: true }))

test('every member that no example shows is named', () => {
  assert.deepEqual(withoutExample(reference, 'shop').sort(), [
    'FEE', 'MoreOptions', 'MoreOptions.urgent', 'Options.express', 'Options.paid', 'Order.cancel', 'Order.constructor', 'Order.id',
    'Order.state', 'Price', 'SIZE.IN_A_COMMENT', 'SIZE.IN_TEXT', 'average'
  ])
})

test('a member that loses its example is named', () => {
  const text = JSON.stringify(reference)
  assert.ok(!withoutExample(reference, 'shop').includes('VAT'))
  const spoilt = JSON.parse(text, (_, value) => (value?.name === 'VAT' ? { ...value, comment: { summary: [] } } : value))
  assert.deepEqual(withoutExample(spoilt, 'shop').filter((name) => name === 'VAT'), ['VAT'])
})

test('an example of one line is a block of code', () => {
  const { examples } = [...membersOf(reference, 'shop')].find((member) => member.name === 'VAT')
  assert.deepEqual(examples.map(codeOf), ['console.log(VAT)'])
  assert.equal(codeOf('text\n```ts\nconsole.log(VAT)\n```'), null)
})
