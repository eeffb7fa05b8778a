/**
 * `check-licences.mjs [FOLDER]`: what package-lock.json installs has a licence that this project may be given away with,
 * and none of it runs a script of its own while it is installed, beyond those listed here.
 */
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { root, runScript, StepFailure } from '../steps.mjs'

/** MPL-2.0 binds those who change a file of it, and its packages are used as they come; OFL-1.1 is of fonts. */
const allowed = new Set([
  ...['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'CC0-1.0', 'Unlicense'],
  ...['MPL-2.0', 'OFL-1.1'],
])

/** Scripts are off (`.npmrc`), and these packages work without theirs: both carry binaries as packages or files. */
const withInstallScript = new Set(['@photostructure/sqlite', 'esbuild'])

await runScript(async () => {
  const folder = resolve(process.argv[2] ?? root)
  const { packages } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'))
  const faults = []
  let installed = 0
  for (const [path, entry] of Object.entries(packages)) {
    if (!path.includes('node_modules/') || entry.link === true) continue
    installed += 1
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    if (!isAllowed(entry.license)) faults.push(`${path}: its licence is ${entry.license ?? 'not told'}`)
    if (entry.hasInstallScript === true && !withInstallScript.has(name))
      faults.push(`${path}: it runs a script when it is installed`)
  }
  for (const fault of faults.sort()) process.stderr.write(`${fault}\n`)
  if (installed === 0) throw new StepFailure('package-lock.json installs nothing')
  if (faults.length > 0) throw new StepFailure(`${faults.length} installed packages need a decision`)
})

/** An SPDX expression of names, OR and AND; one of the OR is enough. */
function isAllowed(license) {
  if (typeof license !== 'string') return false
  const choices = license.replaceAll(/[()]/g, '').split(/ OR /)
  return choices.some((choice) => choice.split(/ AND /).every((each) => allowed.has(each.trim())))
}
