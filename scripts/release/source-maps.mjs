/** Source maps whose sources do not depend on the folder in which they were built. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'

/**
 * Makes the sources of the maps that end in `ending` as if `outDir` were the package's own dist.
 * @param {string} outDir where the maps are
 * @param {string} dist the package's dist in the checkout
 * @param {string} ending such as `.cjs.map`
 */
export async function moveSources(outDir, dist, ending) {
  for (const name of await readdir(outDir, { recursive: true })) {
    if (!name.endsWith(ending)) continue
    const file = join(outDir, name)
    const map = JSON.parse(await readFile(file, 'utf8'))
    const from = dirname(join(dist, name))
    const sources = map.sources.map((source) => relative(from, resolve(dirname(file), source)))
    await writeFile(file, JSON.stringify({ ...map, sources }))
  }
}
