/** What differs between two folders, byte by byte. */
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** @returns {Promise<string[]>} the files that only one folder has, or that differ */
export async function differences(first, second) {
  const [ours, theirs] = await Promise.all([filesUnder(first), filesUnder(second)])
  const all = [...new Set([...ours, ...theirs])].sort()
  const same = await Promise.all(all.map((name) => sameBytes(join(first, name), join(second, name))))
  return all.filter((_, index) => !same[index])
}

/** A file that is missing is the same as no other. */
export async function sameBytes(first, second) {
  const [one, other] = await Promise.all([first, second].map((file) => readFile(file).catch(() => null)))
  return one !== null && other !== null && one.equals(other)
}

async function filesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}
