/** Installs node_modules by package-lock.json, if it is not up to date. Uses only Node's own modules. */
import { readFile } from 'node:fs/promises'
import { npm } from './npm.mjs'
import { root, step } from './steps.mjs'

/**
 * `start`: the packages that serving and building need; `test`: all packages.
 * @typedef {'start' | 'test'} Scope
 */

/** @param {Scope} scope */
export async function install(scope) {
  if (await isInstalled(scope)) return
  const omit = scope === 'start' ? ['--omit=dev'] : ['--include=dev']
  await step(`installing packages (npm ci ${omit[0]})`, () =>
    npm(['ci', ...omit, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']),
  )
}

/**
 * Compares the lock file with the record that npm writes at the end of an install. It is right for an install made by
 * hand, too, and an interrupted install has no record.
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
