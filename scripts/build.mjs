/** Builds what is missing or older than its sources: the packages with tsdown, the web app with vite. */
import { createHash } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root, run, runScript, step } from './steps.mjs'

/**
 * @typedef {object} Target
 * @property {string} name a folder of packages/
 * @property {readonly string[]} sources folders and files that the target is built from
 * @property {(types: boolean) => readonly string[]} command arguments of node
 */

/** @type {readonly Target[]} */
const targets = [
  ...['protocol', 'client', 'lab', 'server', 'cli', 'create'].map(packageTarget),
  {
    name: 'web',
    sources: ['packages/web', 'packages/client/src', 'packages/protocol/src', 'docs'],
    command: () => ['node_modules/vite/bin/vite.js', 'build', 'packages/web', '--logLevel', 'warn'],
  },
]

/**
 * @param {string} name
 * @returns {Target}
 */
function packageTarget(name) {
  return {
    name,
    sources: [`packages/${name}/src`, `packages/${name}/package.json`, 'tsdown.config.mjs'],
    command: (types) => ['scripts/build-package.mjs', name, ...(types ? ['--types'] : [])],
  }
}

/**
 * @param {{ types?: boolean }} [options] `types`: declaration files too, which needs the development packages
 */
export async function build({ types = false } = {}) {
  for (const target of targets) {
    const stamp = `${await fingerprint(target)}${types ? ' with types' : ''}`
    const stampFile = join(root, 'packages', target.name, 'dist', '.built')
    const built = await readFile(stampFile, 'utf8').catch(() => '')
    // A build with types also serves callers who need none.
    if (built === stamp || built === `${stamp} with types`) continue
    // Removed first, so that an interrupted build does not count as finished.
    await rm(stampFile, { force: true })
    // Tests build too: under their NODE_ENV the web app would carry React's development build.
    const env = { ...process.env, NODE_ENV: 'production' }
    await step(`building packages/${target.name}`, () => run(process.execPath, target.command(types), { env }))
    await writeFile(stampFile, stamp)
  }
}

/**
 * A digest of every source's path and content, since file times are meaningless in a fresh clone.
 * @param {Target} target
 */
async function fingerprint(target) {
  const hash = createHash('sha256').update(await readFile(join(root, 'package-lock.json')))
  for (const source of target.sources) {
    for (const file of await filesUnder(join(root, source))) {
      hash.update(`\0${relative(root, file)}\0`).update(await readFile(file))
    }
  }
  return hash.digest('hex')
}

/**
 * @param {string} path
 * @returns {Promise<string[]>} in a fixed order
 */
async function filesUnder(path) {
  const entries = await readdir(path, { withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOTDIR') return null
    throw error
  })
  if (entries === null) return [path]
  const files = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === 'dist' || entry.name === 'node_modules' || entry.name.includes('.test.')) continue
    if (entry.isDirectory()) files.push(...(await filesUnder(join(path, entry.name))))
    else files.push(join(path, entry.name))
  }
  return files
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runScript(() => build({ types: process.argv.includes('--types') }))
}
