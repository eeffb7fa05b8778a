import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { run } from 'dovetail-cli'
import { onTestFinished } from 'vitest'

export interface Outcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process, with surroundings of its own; for commands that end by themselves. */
export async function runHere(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  stdin: AsyncIterable<string> | Iterable<string> = [],
): Promise<Outcome> {
  let stdout = ''
  let stderr = ''
  const exitCode = await run(args, {
    environment,
    stdout: (text) => {
      stdout += text
    },
    stderr: (text) => {
      stderr += text
    },
    stdin: () => Readable.from(stdin),
    columns: () => null,
    rows: () => null,
    onStdoutGone: () => undefined,
    signals: { on: () => undefined },
    exit: (code) => {
      throw new Error(`exit(${code}) in a command that ends by itself`)
    },
  })
  return { exitCode, stdout, stderr }
}

/** A temporary folder with these files; gone when the test ends. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-cli-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}
