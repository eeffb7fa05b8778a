/** How much an installation brings. */
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * @param {string} folder a node_modules
 * @returns {Promise<{ packages: number, megabytes: number }>} megabytes of 10^6 bytes, as files have them
 */
export async function installedSize(folder) {
  let packages = 0
  let bytes = 0
  for (const file of await filesUnder(folder)) {
    bytes += (await lstat(file)).size
    // A package's own manifest: its folder stands in a node_modules, or in a scope in one.
    if (/node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file)) packages++
  }
  return { packages, megabytes: bytes / 1e6 }
}

async function filesUnder(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}
