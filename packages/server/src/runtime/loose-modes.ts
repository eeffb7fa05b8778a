/** Finds files of the data folder that other users of the machine may open. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../telemetry/log.ts'
import { logEvent } from '../telemetry/log-events.ts'

/** What the server keeps in its data folder; other files there are not its own. */
const ownFile = /^(secret|.*\.db(\.lock)?(-.*)?)$/

/** Logs them in one line. */
export async function warnOfLooseModes(data: string, log: Logger): Promise<void> {
  const loose = await looseModes(data)
  if (loose !== null) logEvent(log, 'warning', {}, loose)
}

/** @returns one line about them; `null`: there are none, or the system has no such modes */
export async function looseModes(data: string): Promise<string | null> {
  if (process.platform === 'win32') return null
  const names = await readdir(data).catch(() => [])
  const paths = [data, ...names.filter((name) => ownFile.test(name)).map((name) => join(data, name))]
  const loose: string[] = []
  for (const path of paths) {
    const mode = await stat(path).then(
      (found) => found.mode,
      () => 0,
    )
    if ((mode & 0o077) !== 0) loose.push(path)
  }
  if (loose.length === 0) return null
  return `other users of this machine may open ${loose.join(', ')}; close them with: chmod -R go= ${data}`
}
