/** CommonJS for those who `require`: files and declarations beside those of the ES modules. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'tsdown'
import { buildOptions } from '../../tsdown.config.mjs'
import { root } from '../steps.mjs'
import { moveSources } from './source-maps.mjs'
import { withModes } from './with-modes.mjs'

/**
 * @param {import('./packages.mjs').Published} published
 * @param {string} outDir the tarball's dist, which has the ES modules
 */
export async function addCommonJs({ folder, formats }, outDir) {
  if (formats === 'esm' || formats === 'command') return
  const common = {
    ...buildOptions(folder, true),
    cwd: join(root, 'packages', folder),
    config: false,
    logLevel: 'warn',
    clean: false,
    outDir,
    format: 'cjs',
    outExtensions: () => ({ js: '.cjs', dts: '.d.cts' }),
  }
  if (formats === 'both') await build(common)
  else {
    await build({ ...common, entry: ['src/index.ts'], unbundle: false, dts: { emitDtsOnly: true } })
    await writeFile(join(outDir, 'index.cjs'), "'use strict'\nmodule.exports = require('./index.js')\n")
  }
  await moveSources(outDir, join(root, 'packages', folder, 'dist'), '.cjs.map')
  for (const name of await readdir(outDir, { recursive: true })) {
    if (name.endsWith('.d.cts')) await rewrite(join(outDir, name), withModes)
  }
}

async function rewrite(file, change) {
  const text = await readFile(file, 'utf8')
  const changed = change(text)
  if (changed !== text) await writeFile(file, changed)
}
