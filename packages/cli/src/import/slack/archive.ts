/** The files of a Slack export: a folder, or the zip file as Slack gives it. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type Entry, openPromise } from 'yauzl'
import { CommandFailure } from '../../failures/command-failure.ts'

export interface Archive {
  /** The paths of its JSON files, with `/` between the parts. */
  readonly paths: readonly string[]
  /** The parsed file. @throws CommandFailure where it is no JSON */
  readJson(path: string): Promise<unknown>
  close(): void
}

export async function openArchive(path: string): Promise<Archive> {
  return (await stat(path)).isDirectory() ? openFolder(path) : openZip(path)
}

async function openFolder(folder: string): Promise<Archive> {
  const found = await readdir(folder, { recursive: true })
  return {
    paths: found.map((path) => path.split(sep).join('/')).filter((path) => path.endsWith('.json')),
    readJson: async (path) => parse(path, await readFile(join(folder, path), 'utf8')),
    close: () => undefined,
  }
}

async function openZip(file: string): Promise<Archive> {
  const zip = await openPromise(file, { autoClose: false }).catch((cause: Error) => {
    throw new CommandFailure(`${file}: ${cause.message}`, { cause })
  })
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) if (entry.fileName.endsWith('.json')) entries.set(entry.fileName, entry)
  return {
    paths: [...entries.keys()],
    readJson: async (path) => {
      const entry = entries.get(path)
      if (entry === undefined) throw new CommandFailure(`${file} has no ${path}`)
      return parse(path, (await buffer(await zip.openReadStreamPromise(entry))).toString('utf8'))
    },
    close: () => zip.close(),
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (cause) {
    throw new CommandFailure(`${path} is no JSON`, { cause })
  }
}
