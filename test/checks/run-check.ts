import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Paths → texts, and paths → where a link of that name leads. */
export interface Tree {
  readonly files: Readonly<Record<string, string>>
  readonly links?: Readonly<Record<string, string>>
}

export interface CheckResult {
  readonly red: boolean
  readonly lines: readonly string[]
}

/** Runs one of the check scripts on a tree made for it in a temporary folder. */
export async function runCheck(script: string, { files, links = {} }: Tree): Promise<CheckResult> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-check-'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await symlink(join(folder, target), join(folder, path))
  }
  const file = fileURLToPath(new URL(`../../scripts/${script}`, import.meta.url))
  const result = await new Promise<CheckResult>((resolve) => {
    execFile(process.execPath, [file, folder], (error, _stdout, stderr) => {
      resolve({ red: error !== null, lines: stderr.split('\n').filter((line) => line !== '') })
    })
  })
  await rm(folder, { recursive: true, force: true })
  return result
}
