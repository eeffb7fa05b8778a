/** The process is killed by kill -9 in the middle of work that changes many stored records, while the checker writes and reads. */
import { describe, expect, test } from 'vitest'
import { databases } from '../../packages/server/src/stores/postgres/connection/databases.fixture.ts'
import { checkedWhile } from '../faults/checked.ts'
import { runDovetail, spawnServer } from '../support/servers/spawn-server.ts'
import { patienceMs } from '../support/until.ts'
import { configOf, deletedOf, type Exported, exported, fill, killed, runCommand, whenExported } from './old-records.ts'

const postgres = databases({ fsync: false })
const records = 3000
const numbered = (old: number) => ({ old })

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
    timeout: 600_000,
  }, async () => {
    const args = await storeArgs()
    let server = await spawnServer({ args: [...args, ...(await configOf('{}'))] })
    await fill(server, records, numbered)
    const retaining = [...args, ...(await configOf("{ retain: '1s' }"))]
    await checkedWhile({ urls: [server.server.url] }, async (watch) => {
      server = await killed(server, retaining)
      await whenExported(server, (all) => deletedOf(all) > 0)
      server = await killed(server)
      const { head } = await whenExported(server, (all) => deletedOf(all) === records)
      expect(head, 'nothing is deleted twice').toBe(2 * records)
      server = await killed(server, [...retaining, '--retain', '1s'])
      await whenExported(server, (all) => all.records.length < records)
      server = await killed(server)
      // The last row of a store stays, so that its number is not used again.
      await whenExported(server, (all) => all.records.length <= 1)
      await watch.recovered(patienceMs)
    })
  })

  test('in the middle of an erasure: the same erasure again deletes the rest, and the checker finds nothing', {
    timeout: 600_000,
  }, async () => {
    let server = await spawnServer({ args: [...(await storeArgs()), ...(await configOf('{}'))] })
    await fill(server, records, numbered)
    const erase = ['user', 'erase', 'dora', '--yes']
    await checkedWhile({ urls: [server.server.url] }, async (watch) => {
      const first = await runCommand(server, erase)
      await whenExported(server, (all) => deletedOf(all) > 0)
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
    timeout: 600_000,
  }, async () => {
    const args = await storeArgs()
    let server = await spawnServer({ args: [...args, ...(await configOf('{}'))] })
    await fill(server, records, numbered)
    await checkedWhile({ urls: [server.server.url] }, async (watch) => {
      server = await killed(server, [...args, ...(await configOf(renamed))])
      const apply = ['schema', 'apply', '--running']
      const first = await runCommand(server, apply)
      await whenExported(server, ({ head }) => head > records)
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
  timeout: 600_000,
}, async () => {
  const args = ['--store', await postgres.create()]
  const upgrading = await configOf(renamed)
  let server = await spawnServer({ args: [...args, '--backbone', 'memory:', ...(await configOf('{}'))] })
  await fill(server, records, numbered)
  await checkedWhile({ urls: [server.server.url] }, async (watch) => {
    server = await killed(server, [...args, '--backbone', 'memory:', ...upgrading])
    const first = runDovetail(['schema', 'apply', ...args, ...upgrading])
    await whenExported(server, ({ head }) => head > records)
    first.child.kill('SIGKILL')
    await first.ended
    expect((await runDovetail(['schema', 'apply', ...args, ...upgrading]).ended).code).toBe(0)
    server = await killed(server, [...args, '--backbone', 'memory:', ...(await configOf('{}'))])
    expectUpgraded(await exported(server))
    await watch.recovered(patienceMs)
  })
})
