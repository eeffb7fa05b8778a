/** Makes the tarballs of the published packages, as `npm publish` would send them. `pack.mjs FOLDER` makes them there. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from '../build.mjs'
import { npm } from '../npm.mjs'
import { root, runScript, step } from '../steps.mjs'
import { addCommonJs } from './commonjs.mjs'
import { publishedManifest } from './manifest.mjs'
import { published, stagedFolder } from './packages.mjs'

/**
 * @typedef {object} Tarball
 * @property {string} name of the package
 * @property {string} version
 * @property {string} file
 * @property {import('./packages.mjs').Published['formats']} formats
 */

/**
 * @param {string} folder where the tarballs go
 * @returns {Promise<Tarball[]>} in the order of `published`
 */
export async function packAll(folder) {
  await build({ types: true })
  const tarballs = []
  for (const each of published) {
    tarballs.push(await step(`packing packages/${each.folder}`, () => packOne(each, folder)))
  }
  return tarballs
}

async function packOne(each, folder) {
  const staged = stagedFolder(folder, each)
  const manifest = await stage(each, staged)
  await npm(['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: staged })
  const { name, version } = manifest
  return { name, version, file: join(folder, `${name}-${version}.tgz`), formats: each.formats }
}

async function stage(each, staged) {
  const source = join(root, 'packages', each.folder)
  await rm(staged, { recursive: true, force: true })
  await mkdir(staged, { recursive: true })
  const manifest = publishedManifest(
    await readJson(join(source, 'package.json')),
    await readJson(join(root, 'package.json')),
    each,
  )
  await writeFile(join(staged, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const left = (each.without ?? []).map((name) => join(source, 'dist', name))
  await cp(join(source, 'dist'), join(staged, 'dist'), {
    recursive: true,
    filter: (file) => !file.endsWith('.built') && !left.includes(file),
  })
  for (const [path, from] of Object.entries(each.with ?? {})) {
    await cp(join(root, from), join(staged, path), { recursive: true, filter: (file) => !file.endsWith('.built') })
  }
  await cp(join(source, 'README.md'), join(staged, 'README.md'))
  for (const name of ['LICENSE', 'CHANGELOG.md']) await cp(join(root, name), join(staged, name))
  await addCommonJs(each, join(staged, 'dist'))
  return manifest
}

async function readJson(file) {
  return JSON.parse(await readFile(file, 'utf8'))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runScript(() => packAll(resolve(process.argv[2])))
