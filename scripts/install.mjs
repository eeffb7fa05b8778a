/** Brings node_modules to what package-lock.json says, where it is not there already. Only Node's own modules. */
import { readFile } from 'node:fs/promises'
import { root, run, step } from './steps.mjs'

/**
 * `start`: what serving and building need; `test`: everything.
 * @typedef {'start' | 'test'} Scope
 */

/** @param {Scope} scope */
export async function install(scope) {
  if (await isInstalled(scope)) return
  const npm = npmCommand()
  const omit = scope === 'start' ? ['--omit=dev'] : ['--include=dev']
  await step(`installing packages (npm ci ${omit[0]})`, () =>
    run(npm.command, [...npm.args, 'ci', ...omit, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']),
  )
}

/**
 * Compares the lock file with the record that npm itself leaves at the end of an install: no stamp of ours can
 * then disagree with an install made by hand, and an install that was cut short has no record.
 * @param {Scope} scope
 */
async function isInstalled(scope) {
  const wanted = await readPackages('package-lock.json')
  const present = await readPackages('node_modules/.package-lock.json').catch(() => null)
  if (present === null) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || !path.startsWith('node_modules/')) return true
    // Binaries for other platforms are in the lock file and never installed.
    if (entry.optional || entry.devOptional) return true
    if (entry.dev && scope === 'start') return true
    return present[path] !== undefined && present[path].version === entry.version
  })
}

/** @param {string} file */
async function readPackages(file) {
  return JSON.parse(await readFile(`${root}${file}`, 'utf8')).packages
}

/** The npm that runs this script where there is one, so that its version and settings stay the same. */
function npmCommand() {
  const path = process.env.npm_execpath
  return path?.endsWith('.js') ? { command: process.execPath, args: [path] } : { command: 'npm', args: [] }
}
