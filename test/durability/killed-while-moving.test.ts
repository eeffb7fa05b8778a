import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { databases } from '../../packages/server/src/stores/postgres/connection/databases.fixture.ts'
import { folderWith, runHere } from '../cli/run-here.ts'
import { checkedWhile } from '../faults/checked.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { patienceMs } from '../support/until.ts'
import { channel, configOf, type Exported, exported, killed, runCommand, whenExported } from './old-records.ts'

const postgres = databases({ fsync: false })
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

describe.each(['sqlite', 'postgres'] as const)('on %s, killed by kill -9', (store) => {
  const storeArgs = async (): Promise<string[]> =>
    store === 'sqlite' ? [] : ['--store', await postgres.create(), '--backbone', 'memory:']

  test('[IMP3] an import in the middle, and then its server: the same import again brings in the rest, and the checker finds nothing', {
    timeout: 600_000,
  }, async () => {
    const ids = Array.from({ length: 8000 }, (_, number) => `m${number}`)
    const lines = ids.map((id) => JSON.stringify({ id, data: { text: id } }))
    const file = join(await folderWith({ 'old.jsonl': lines.join('\n') }), 'old.jsonl')
    const importing = ['import', file, channel, 'items']
    let server = await spawnServer({ args: [...(await storeArgs()), ...(await configOf('{}'))] })
    await checkedWhile({ urls: [server.server.url] }, async (watch) => {
      const first = await runCommand(server, importing)
      const { head } = await whenExported(server, (all) => all.head > 0)
      first.child.kill('SIGKILL')
      await first.ended
      const second = await runCommand(server, importing)
      await whenExported(server, (all) => all.head > head)
      server = await killed(server)
      await second.ended
      const again = await (await runCommand(server, importing)).ended
      const { created, kept, refused } = JSON.parse(again.stdout)
      expect([again.code, created + kept, refused]).toEqual([0, ids.length, 0])
      await watch.recovered(patienceMs)
    })
    const all = await exported(server)
    expect(all.records.map(({ id }) => id)).toEqual(ids)
    expect(all.head).toBe(ids.length)
  })
})
