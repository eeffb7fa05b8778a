import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folderWith, runHere } from '../cli/run-here.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { tokenFor } from '../support/servers/token-for.ts'

interface Exported {
  readonly head: number
  readonly cursor: string
  readonly more: boolean
  readonly records: readonly { readonly id: string; readonly rev: number; readonly deleted?: boolean }[]
}

const entry = 'test/durability/killing-server.ts'

/** The command as a service, against this port. */
async function run(port: number, ...args: readonly string[]) {
  const token = await tokenFor('mover', { role: 'service' })
  return runHere(args, { DOVETAIL_TOKEN: token, DOVETAIL_URL: `http://127.0.0.1:${port}` })
}

describe('the server is killed', () => {
  test.each(['before the commit', 'after the commit'])(
    '[IMP3] in the middle of an import, %s: the same import again brings in what is missing, once and in order',
    { timeout: 120_000 },
    async (moment) => {
      const doomed = await spawnServer({ entry, env: { DOVETAIL_KILL: moment } })
      const { port } = doomed.server
      const ids = Array.from({ length: 1800 }, (_, number) => `m${number}`)
      const text = (id: string) => (id === 'm900' ? 'the last word' : id)
      const lines = ids.map((id) => JSON.stringify({ id, data: { text: text(id) } }))
      const folder = await folderWith({ 'old.jsonl': lines.join('\n') })
      const file = join(folder, 'old.jsonl')
      const cut = await run(port, 'import', file, 'chat:moved', 'messages')
      expect(cut.exitCode).toBe(1)
      expect((await doomed.ended).signal).toBe('SIGKILL')
      const next = await spawnServer({ data: doomed.data })
      const again = await run(next.server.port, 'import', file, 'chat:moved', 'messages')
      const { created, kept, refused } = JSON.parse(again.stdout)
      expect([again.exitCode, created + kept, refused]).toEqual([0, 1800, 0])
      expect(created).toBeGreaterThan(0)
      const rest = await next.server.rest('mover', { role: 'service' })
      const records: Exported['records'][number][] = []
      for (let after = '0', more = true; more; ) {
        const { body } = await rest.get<Exported>(`/v1/export/chat:moved?after=${after}`)
        records.push(...body.records)
        after = body.cursor
        more = body.more
      }
      expect(records.map(({ id }) => id)).toEqual(ids)
      expect(records.at(-1)?.rev).toBe(1800)
    },
  )

  test('[PER2] in the middle of an erasure: the same erasure again deletes the rest, and nothing twice', {
    timeout: 120_000,
  }, async () => {
    const doomed = await spawnServer({ entry, env: { DOVETAIL_KILL: 'at the third commit of deletes' } })
    const { port } = doomed.server
    const before = await doomed.server.rest('mover', { role: 'service' })
    const records = Array.from({ length: 500 }, (_, number) => {
      const author = number % 5 === 0 ? 'others' : 'dora'
      return { collection: 'messages', id: `m${number}`, author, data: { text: 'x' } }
    })
    expect((await before.post('/v1/import/chat:moved', { records })).status).toBe(200)
    const cut = await run(port, 'user', 'erase', 'dora', '--yes')
    expect(cut.exitCode).toBe(1)
    expect((await doomed.ended).signal).toBe('SIGKILL')
    const next = await spawnServer({ data: doomed.data })
    expect((await run(next.server.port, 'user', 'erase', 'dora', '--yes')).exitCode).toBe(0)
    const rest = await next.server.rest('mover', { role: 'service' })
    const { body } = await rest.get<Exported>('/v1/export/chat:moved')
    expect([body.head, body.records.filter(({ deleted }) => deleted === true).length]).toEqual([900, 400])
  })
})
