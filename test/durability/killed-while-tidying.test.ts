/**
 * The process is killed by kill -9 in the middle of work that changes many stored records, while the checker writes and
 * reads. It is killed once some of the work is seen to be done; where the test was slow, all of it is: what comes then
 * holds for both.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { databases } from '../../packages/server/src/stores/postgres/connection/databases.fixture.ts'
import { checkedWhile } from '../faults/checked.ts'
import { runDovetail, type Spawned, spawnServer } from '../support/servers/spawn-server.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { patienceMs } from '../support/until.ts'

const postgres = databases({ fsync: false })
const records = 3000

const channel = 'old:a'
const chat = { write: 'guest', collections: { messages: { edit: 'guest' } } }

/** A file with a configuration whose items are so. A function in it has to be code. */
async function configOf(items: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-config-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'dovetail.config.mjs')
  const old = `{ read: 'anyone', collections: { items: ${items} } }`
  await writeFile(file, `export default { channels: { chat: ${JSON.stringify(chat)}, old: ${old} } }\n`)
  return ['--config', file]
}

interface Exported {
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

/** All rows of the channel, in the order of their revisions. */
async function exported({ server }: Spawned): Promise<Exported> {
  const rest = await server.rest('mover', { role: 'service' })
  let rows: Exported['records'][number][] = []
  for (let after = '0'; ; ) {
    const { status, body } = await rest.get<Exported>(`/v1/export/${channel}?after=${after}`)
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

const deletedOf = ({ records: rows }: Exported): number => rows.filter(({ deleted }) => deleted === true).length

/** Waits for a state of the channel. */
async function until(spawned: Spawned, isSo: (all: Exported) => boolean): Promise<Exported> {
  const end = Date.now() + patienceMs
  for (let all = await exported(spawned); ; all = await exported(spawned)) {
    if (isSo(all)) return all
    if (Date.now() > end) throw new Error(`at ${all.head} with ${all.records.length} rows, ${deletedOf(all)} deleted`)
  }
}

async function fill({ server }: Spawned): Promise<void> {
  const rest = await server.rest('mover', { role: 'service' })
  for (let from = 0; from < records; from += 500) {
    const group = Array.from({ length: 500 }, (_, index) => ({
      ...{ collection: 'items', id: `i${from + index}`, author: 'dora' },
      data: { old: from + index },
    }))
    expect((await rest.post(`/v1/import/${channel}`, { records: group })).status).toBe(200)
  }
}

/** The command against this server, as a service. */
async function runCommand({ server }: Spawned, args: readonly string[]) {
  const token = await tokenFor('mover', { role: 'service' })
  return runDovetail(args, { DOVETAIL_TOKEN: token, DOVETAIL_URL: server.url })
}

/** Kills the server and starts it again, perhaps with other arguments. */
async function killed(spawned: Spawned, args?: readonly string[]): Promise<Spawned> {
  await spawned.kill('SIGKILL')
  return args === undefined ? spawned.restart() : spawnServer({ data: spawned.data, port: spawned.server.port, args })
}

const renamed = `{
  schema: { type: 'object', required: ['text'], properties: { text: { type: 'number' } }, additionalProperties: false },
  upgrade: [({ old }) => ({ text: old })],
}`

/** Each record is of the newest shape, and was written once. */
function expectUpgraded(all: Exported): void {
  expect(all.head).toBe(2 * records)
  expect(all.records.map(({ data }) => data)).toEqual(Array.from({ length: records }, (_, text) => ({ text })))
}

describe.each(['sqlite', 'postgres'] as const)('on %s, killed by kill -9', (store) => {
  const storeArgs = async (): Promise<string[]> =>
    store === 'sqlite' ? [] : ['--store', await postgres.create(), '--backbone', 'memory:']

  test('in the middle of deleting what is over, and of purging the tombstones: the next start goes on, and the checker finds nothing', {
    timeout: 240_000,
  }, async () => {
    const args = await storeArgs()
    let server = await spawnServer({ args: [...args, ...(await configOf('{}'))] })
    await fill(server)
    const retaining = [...args, ...(await configOf("{ retain: '1s' }"))]
    await checkedWhile({ urls: [server.server.url] }, async (watch) => {
      server = await killed(server, retaining)
      await until(server, (all) => deletedOf(all) > 0)
      server = await killed(server)
      const { head } = await until(server, (all) => deletedOf(all) === records)
      expect(head, 'nothing is deleted twice').toBe(2 * records)
      server = await killed(server, [...retaining, '--retain', '1s'])
      await until(server, (all) => all.records.length < records)
      server = await killed(server)
      // The last row of a store stays, so that its number is not used again.
      await until(server, (all) => all.records.length <= 1)
      await watch.recovered(patienceMs)
    })
  })

  test('in the middle of an erasure: the same erasure again deletes the rest, and the checker finds nothing', {
    timeout: 240_000,
  }, async () => {
    let server = await spawnServer({ args: [...(await storeArgs()), ...(await configOf('{}'))] })
    await fill(server)
    const erase = ['user', 'erase', 'dora', '--yes']
    await checkedWhile({ urls: [server.server.url] }, async (watch) => {
      const first = await runCommand(server, erase)
      await until(server, (all) => deletedOf(all) > 0)
      server = await killed(server)
      await first.ended
      const again = await runCommand(server, erase)
      expect((await again.ended).code).toBe(0)
      const all = await exported(server)
      expect([deletedOf(all), all.head]).toEqual([records, 2 * records])
      await watch.recovered(patienceMs)
    })
  })

  test('[SCH3] in the middle of dovetail schema apply --running: the same again writes the rest, and the checker finds nothing', {
    timeout: 240_000,
  }, async () => {
    const args = await storeArgs()
    let server = await spawnServer({ args: [...args, ...(await configOf('{}'))] })
    await fill(server)
    await checkedWhile({ urls: [server.server.url] }, async (watch) => {
      server = await killed(server, [...args, ...(await configOf(renamed))])
      const apply = ['schema', 'apply', '--running']
      const first = await runCommand(server, apply)
      await until(server, ({ head }) => head > records)
      server = await killed(server)
      await first.ended
      const again = await (await runCommand(server, apply)).ended
      expect([again.code, again.stderr]).toEqual([0, ''])
      // Without the functions of before, what is stored shows as it is.
      server = await killed(server, [...args, ...(await configOf('{}'))])
      expectUpgraded(await exported(server))
      await watch.recovered(patienceMs)
    })
  })
})

test('dovetail schema apply killed by kill -9 beside a node on PostgreSQL: again, it writes the rest, and the checker finds nothing', {
  timeout: 240_000,
}, async () => {
  const args = ['--store', await postgres.create()]
  const upgrading = await configOf(renamed)
  let server = await spawnServer({ args: [...args, '--backbone', 'memory:', ...(await configOf('{}'))] })
  await fill(server)
  await checkedWhile({ urls: [server.server.url] }, async (watch) => {
    server = await killed(server, [...args, '--backbone', 'memory:', ...upgrading])
    const first = runDovetail(['schema', 'apply', ...args, ...upgrading])
    await until(server, ({ head }) => head > records)
    first.child.kill('SIGKILL')
    await first.ended
    expect((await runDovetail(['schema', 'apply', ...args, ...upgrading]).ended).code).toBe(0)
    server = await killed(server, [...args, '--backbone', 'memory:', ...(await configOf('{}'))])
    expectUpgraded(await exported(server))
    await watch.recovered(patienceMs)
  })
})
