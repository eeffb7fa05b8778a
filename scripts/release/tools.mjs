import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { npm } from '../npm.mjs'

/**
 * Installs what only a release needs in a folder of its own, so that it is not among the development packages.
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} tools name → version
 */
export async function installTools(folder, tools) {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: tools }))
  await npm(['install', '--omit=optional', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder })
}
