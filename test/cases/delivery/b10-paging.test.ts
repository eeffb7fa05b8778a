import type { LiveRecord, Page } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

describe.each(stores)('B10, %s store', (store) => {
  const server = serving({ store })

  test('[RST9, RST10] B10: paging in both directions meets every record once while new ones arrive', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await Promise.all(Array.from({ length: 55 }, (_, n) => alice.post(at(channel), { text: `${n}` })))
    const arrivals = Array.from({ length: 20 }, (_, n) => n)
    const arrive = async () => {
      if (arrivals.shift() !== undefined) await alice.post(at(channel), { text: 'new' })
    }
    const back: LiveRecord[] = []
    let query = 'limit=10'
    for (let before: number | null = 0; before !== null; query = `limit=10&before=${before}`) {
      const page: Page = (await alice.get<Page>(`${at(channel)}?${query}`)).body
      back.unshift(...page.records)
      before = page.before
      await arrive()
    }
    expect(back.map(({ pos }) => pos)).toEqual(Array.from({ length: 55 }, (_, n) => n + 1))
    const forth: LiveRecord[] = []
    let after: number | null = 0
    while (after !== null) {
      const page: Page = (await alice.get<Page>(`${at(channel)}?limit=10&after=${after}`)).body
      forth.push(...page.records)
      after = page.after
      await arrive()
    }
    expect(forth.map(({ pos }) => pos)).toEqual(forth.map((_, n) => n + 1))
    expect(forth.length).toBeGreaterThanOrEqual(61)
    expect(new Set(forth.map(({ id }) => id)).size).toBe(forth.length)
  })

  test.each(['limit=0', 'limit=-1', 'limit=1000000000', 'limit=ten', 'before=1%27', 'after=;drop'])(
    '[LIM18] B10: %s is a 400, never a 500',
    async (query) => {
      const alice = await server.rest('alice')
      const refused = await alice.get(`${at(freshChannel())}?${query}`)
      expect([refused.status, refused.code]).toEqual([400, 'invalid_query'])
    },
  )
})
