/* The declarations: they compile for a user with strict settings, and refuse what they should. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import test from 'node:test'

test('the declarations serve and refuse as they should', () => {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', 'test/types'], { cwd: root, encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
})
