import type { SearchReply } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { databases } from '../../packages/server/src/stores/postgres/connection/databases.fixture.ts'
import { checkedWhile } from '../faults/checked.ts'
import type { Spawned } from '../support/servers/spawn-server.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { patienceMs } from '../support/until.ts'
import { channel, configOf, fill, killed } from './old-records.ts'

const postgres = databases({ fsync: false })
const records = 4000

/** The records that are still to be indexed, by the metrics. */
async function left({ server }: Spawned): Promise<number> {
  const { text } = await (await server.rest()).get('/metrics')
  return Number(/^dovetail_search_records_to_index (\d+)$/m.exec(text)?.[1])
}

async function search({ server }: Spawned, q: string): Promise<SearchReply> {
  const rest = await server.rest('alice')
  return (await rest.get<SearchReply>(`/v1/search?channel=${channel}&limit=500&q=${q}`)).body
}

/** How many records a search finds on all of its pages. */
async function countOf(spawned: Spawned, q: string): Promise<number> {
  let [found, after]: [number, string | null] = [0, '']
  while (after !== null) {
    const page: SearchReply = await search(spawned, `${q}${after === '' ? '' : `&after=${after}`}`)
    found += page.hits.length
    after = page.after
  }
  return found
}

describe.each(['sqlite', 'postgres'] as const)('on %s', (store) => {
  const storeArgs = async (): Promise<string[]> =>
    store === 'sqlite' ? [] : ['--store', await postgres.create(), '--backbone', 'memory:']

  test('[SEA14, A5] another search field is indexed in the background, also where the process is killed meanwhile, and the checker finds nothing', {
    timeout: 600_000,
  }, async () => {
    const args = await storeArgs()
    let server = await spawnServer({ args: [...args, ...(await configOf("{ search: ['old'] }"))] })
    await fill(server, records, (item) => ({ old: 'before', title: `after n${item}` }))
    expect((await search(server, 'before')).hits).toHaveLength(500)
    const titled = [...args, ...(await configOf("{ search: ['title'] }"))]
    await checkedWhile({ urls: [server.server.url] }, async (watch) => {
      server = await killed(server, titled)
      // Killed in the middle, or, where this process was slow, after the end: what comes then holds for both.
      for (let now = await left(server); now > records / 2; now = await left(server));
      server = await killed(server)
      while ((await left(server)) > 0) await new Promise((resolve) => setTimeout(resolve, 20))
      await watch.recovered(patienceMs)
    })
    expect(await search(server, 'before')).toEqual({ hits: [], after: null })
    for (const n of [0, 1, records - 1])
      expect((await search(server, `n${n}+after`)).hits.map(({ record }) => record.data)).toMatchObject([
        { title: `after n${n}` },
      ])
    expect(await countOf(server, 'after')).toBe(records)
    expect(server.stdout() + server.stderr()).toContain('the index follows the configuration')
  })
})
