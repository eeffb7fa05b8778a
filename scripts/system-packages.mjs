/** Installs the programs besides Node that the tests need, as Debian packages, if they are missing. */
import { access, constants, readdir, readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { run, StepFailure, step } from './steps.mjs'

/** Maps each Debian package to what shows that it is installed: a program, or the path of a file. */
const programs = {
  'redis-server': 'redis-server',
  postgresql: 'postgres',
  nginx: 'nginx',
  chromium: 'chromium',
  strace: 'strace',
  jq: 'jq',
  'python3-websockets': '/usr/lib/python3/dist-packages/websockets/__init__.py',
  'default-jre-headless': 'java',
  maven: 'mvn',
}

export async function systemPackages() {
  const missing = []
  for (const [name, shown] of Object.entries(programs)) if (!(await isPresent(shown))) missing.push(name)
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !(await isDebian())) {
    throw new StepFailure(
      `The tests need these programs, which are missing: ${missing.join(', ')} (names of Debian packages)`,
    )
  }
  // RUNLEVEL=1: the packages' services stay stopped; the tests start their own on free ports.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  await step('apt-get update', () => run('apt-get', ['update', '-q'], { env }))
  await step(`apt-get install ${missing.join(' ')}`, () =>
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], { env }),
  )
}

/** @param {string} shown a program, or a path */
async function isPresent(shown) {
  if (isAbsolute(shown)) return await isThere(shown, constants.R_OK)
  for (const folder of await folders()) if (await isThere(join(folder, shown), constants.X_OK)) return true
  return false
}

/** @param {string} path @param {number} mode */
const isThere = (path, mode) =>
  access(path, mode).then(
    () => true,
    () => false,
  )

/** The folders to search: PATH, the programs of root, and Debian's folders of PostgreSQL programs. */
async function folders() {
  const base = '/usr/lib/postgresql'
  const versions = await readdir(base).catch(() => [])
  const path = (process.env.PATH ?? '').split(':').filter((folder) => folder !== '')
  return [...path, '/usr/sbin', '/usr/local/sbin', ...versions.map((version) => join(base, version, 'bin'))]
}

async function isDebian() {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^ID(_LIKE)?=.*debian/m.test(text)
}
