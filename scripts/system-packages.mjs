/** Installs the programs besides Node that the tests need, as Debian packages, if they are missing. */
import { access, constants, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run, StepFailure, step } from './steps.mjs'

/** Maps each Debian package to a program that shows that it is installed. */
const programs = {
  'redis-server': 'redis-server',
  postgresql: 'postgres',
  nginx: 'nginx',
  chromium: 'chromium',
  strace: 'strace',
  'default-jre-headless': 'java',
  maven: 'mvn',
}

export async function systemPackages() {
  const missing = []
  for (const [name, program] of Object.entries(programs)) if (!(await isPresent(program))) missing.push(name)
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

/** @param {string} program */
async function isPresent(program) {
  for (const folder of await folders()) {
    try {
      await access(join(folder, program), constants.X_OK)
      return true
    } catch {
      // Not in this folder: the next one may have it.
    }
  }
  return false
}

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
