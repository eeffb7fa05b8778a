/**
 * Builds and packs a second time, from a copy of the sources in another folder with packages of its own, and compares:
 * whoever has the sources can then check that a tarball was made from them. A path, a time or an order of files that
 * got into a tarball shows here.
 */
import { execFile } from 'node:child_process'
import { cp, mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { npm } from '../npm.mjs'
import { root, run, StepFailure, step } from '../steps.mjs'
import { differences, sameBytes } from './differences.mjs'
import { published, stagedFolder } from './packages.mjs'

/**
 * @param {readonly import('./pack.mjs').Tarball[]} tarballs
 * @param {string} packed the folder in which they were made
 * @param {string} folder an empty one, for the copy
 */
export async function checkReproducible(tarballs, packed, folder) {
  const copy = join(folder, 'checkout')
  const again = join(folder, 'packed')
  await step('copying the sources', () => copySources(copy))
  const installing = ['ci', '--include=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  await step('installing packages beside the copy', () => npm(installing, { cwd: copy }))
  await mkdir(again)
  await step('building and packing the copy', () =>
    run(process.execPath, [join(copy, 'scripts/release/pack.mjs'), again], { cwd: copy }),
  )
  await step('comparing the tarballs of both', () => compare(tarballs, packed, again))
}

/** What git knows or would add: neither builds nor installed packages. */
async function copySources(copy) {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const { stdout } = await promisify(execFile)('git', listing, { cwd: root, maxBuffer: 2 ** 26 })
  for (const file of stdout.split('\0').filter((each) => each !== '')) await cp(join(root, file), join(copy, file))
}

async function compare(tarballs, packed, again) {
  const faults = []
  for (const [index, { name, file }] of tarballs.entries()) {
    const other = join(again, relative(packed, file))
    if (await sameBytes(file, other)) continue
    const [first, second] = [packed, again].map((each) => stagedFolder(each, published[index]))
    faults.push(`${name}: ${(await differences(first, second)).join(', ') || 'only the archive itself'}`)
  }
  if (faults.length > 0) throw new StepFailure(`built twice, these differ:\n${faults.join('\n')}`)
}
