/**
 * A server with a channel of old records, killed by kill -9 in the middle of work on them, while the checker writes to
 * other channels and reads. It is killed once some of the work is seen to be done; where the test was slow, all of it is:
 * what comes then holds for both.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { runDovetail, type Spawned, spawnServer } from '../support/servers/spawn-server.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { patienceMs } from '../support/until.ts'

export const channel = 'old:a'
const chat = { write: 'guest', collections: { messages: { edit: 'guest' } } }

/** A file with a configuration whose items are so. A function in it has to be code. */
export async function configOf(items: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-config-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'dovetail.config.mjs')
  const old = `{ read: 'anyone', collections: { items: ${items} } }`
  await writeFile(file, `export default { channels: { chat: ${JSON.stringify(chat)}, old: ${old} } }\n`)
  return ['--config', file]
}

export interface Exported {
  readonly cursor: string
  readonly head: number
  readonly more: boolean
  readonly records: readonly {
    readonly id: string
    readonly rev: number
    readonly deleted?: boolean
    readonly data?: object
  }[]
}

/** All rows of the channel, in the order of their revisions; null: the channel is not there. */
export async function findExported({ server }: Spawned): Promise<Exported | null> {
  const rest = await server.rest('mover', { role: 'service' })
  let rows: Exported['records'][number][] = []
  for (let after = '0'; ; ) {
    const { status, body } = await rest.get<Exported>(`/v1/export/${channel}?after=${after}`)
    if (status === 404) return null
    // Tombstones above the cursor were purged meanwhile: it is read from its beginning again.
    if (status === 410) {
      rows = []
      after = '0'
      continue
    }
    rows.push(...body.records)
    if (!body.more) return { ...body, records: rows }
    after = body.cursor
  }
}

export async function exported(spawned: Spawned): Promise<Exported> {
  const all = await findExported(spawned)
  if (all === null) throw new Error(`there is no channel ${channel}`)
  return all
}

export const deletedOf = ({ records }: Exported): number => records.filter(({ deleted }) => deleted === true).length

/** Waits for a state of the channel, for as long as it goes on changing. */
export async function whenExported(spawned: Spawned, isSo: (all: Exported) => boolean): Promise<Exported> {
  let [seen, end] = ['', 0]
  for (;;) {
    const all = await findExported(spawned)
    if (all !== null && isSo(all)) return all
    const now = all === null ? 'no channel' : `${all.head} with ${all.records.length} rows, ${deletedOf(all)} deleted`
    if (now !== seen) end = Date.now() + patienceMs
    else if (Date.now() > end) throw new Error(`at ${seen}`)
    seen = now
  }
}

export async function fill({ server }: Spawned, count: number, dataOf: (item: number) => object): Promise<void> {
  const rest = await server.rest('mover', { role: 'service' })
  for (let from = 0; from < count; from += 500) {
    const records = Array.from({ length: 500 }, (_, index) => ({
      ...{ collection: 'items', id: `i${from + index}`, author: 'dora' },
      data: dataOf(from + index),
    }))
    const { status } = await rest.post(`/v1/import/${channel}`, { records })
    if (status !== 200) throw new Error(`an import was answered ${status}`)
  }
}

/** The command against this server, as a service. */
export async function runCommand({ server }: Spawned, args: readonly string[]) {
  const token = await tokenFor('mover', { role: 'service' })
  return runDovetail(args, { DOVETAIL_TOKEN: token, DOVETAIL_URL: server.url })
}

/** Kills the server and starts it again, perhaps with other arguments. */
export async function killed(spawned: Spawned, args?: readonly string[]): Promise<Spawned> {
  await spawned.kill('SIGKILL')
  return args === undefined ? spawned.restart() : spawnServer({ data: spawned.data, port: spawned.server.port, args })
}
