import type { LiveRecord, Page } from 'dovetail-protocol'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Rest } from '../../support/clients/rest.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { type Server, serving, stores } from '../../support/servers/serving.ts'

const positions = (page: Page) => page.records.map((record) => record.pos)
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)

async function filled(server: Server, count: number): Promise<{ alice: Rest; channel: string }> {
  const alice = await server.rest('alice')
  const channel = freshChannel()
  for (let n = 1; n <= count; n++) await alice.put(at(channel, 'messages', `m${n}`), { text: `${n}` })
  return { alice, channel }
}

describe.each(stores)('pages, %s store', (store) => {
  const server = serving({ store })
  let alice: Rest
  let channel = ''
  beforeAll(async () => {
    const made = await filled(server, 60)
    alice = made.alice
    channel = made.channel
  })
  const page = async (query: string) => (await alice.get<Page>(`${at(channel)}?${query}`)).body

  test('[RST8, LIM7] the newest 50 by default, in rising pos, with the cursor of the whole channel', async () => {
    const answer = await alice.get<Page>(at(channel))
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body).sort()).toEqual(['after', 'before', 'cursor', 'records'])
    expect(positions(answer.body)).toEqual(range(11, 60))
    expect(answer.body.cursor).toMatch(/^[A-Za-z0-9]+\.60$/)
    expect([answer.body.before, answer.body.after]).toEqual([11, null])
  })

  test('[RST8] limit takes that many of the newest', async () => {
    expect(positions(await page('limit=3'))).toEqual([58, 59, 60])
    expect(positions(await page('limit=1'))).toEqual([60])
    expect(positions(await page('limit=500'))).toEqual(range(1, 60))
  })

  test('[RST9, RST10] before gives the last ones below, and the pos to go on with', async () => {
    const middle = await page('limit=5&before=20')
    expect(positions(middle)).toEqual(range(15, 19))
    expect(middle.before).toBe(15)
    const first = await page('limit=5&before=6')
    expect([positions(first), first.before]).toEqual([range(1, 5), null])
    expect(positions(await page('limit=5&before=1'))).toEqual([])
  })

  test('[RST9, RST10] after gives the first ones above, and the pos to go on with', async () => {
    const middle = await page('limit=5&after=20')
    expect([positions(middle), middle.after]).toEqual([range(21, 25), 25])
    const last = await page('limit=5&after=55')
    expect([positions(last), last.after]).toEqual([range(56, 60), null])
    const start = await page('limit=5&after=0')
    expect([positions(start), start.before]).toEqual([range(1, 5), null])
    expect(positions(await page('limit=5&after=60'))).toEqual([])
    expect(positions(await page('limit=5&after=1000000'))).toEqual([])
  })

  test('[RST10] the pos to continue with is valid, also at the ends of the number range', async () => {
    const bottom = await page('limit=5&before=0')
    expect([positions(bottom), bottom.before]).toEqual([[], null])
    expect(positions(await page(`limit=5&after=${bottom.after}`))).toEqual(range(1, 5))
    const top = await page(`limit=5&after=${Number.MAX_SAFE_INTEGER}`)
    expect([positions(top), top.after]).toEqual([[], null])
    expect(positions(await page(`limit=5&before=${top.before}`))).toEqual(range(56, 60))
  })

  test('[RST9] around gives both sides', async () => {
    const middle = await page('limit=11&around=30')
    expect(positions(middle)).toHaveLength(11)
    expect(positions(middle)).toContain(30)
    expect(positions(middle)).toContain(29)
    expect(positions(middle)).toContain(31)
    expect(positions(middle)).toEqual(range(positions(middle)[0] ?? 0, positions(middle).at(-1) ?? 0))
    expect([middle.before, middle.after]).toEqual([positions(middle)[0], positions(middle).at(-1)])
    const end = await page('limit=4&around=60')
    expect(positions(end)).toContain(60)
    expect(end.after).toBeNull()
  })

  test('[RST10] a walk by before, and one by after, meets every record once', async () => {
    const back: number[] = []
    let before: number | null = null
    do {
      const next: Page = await page(`limit=7${before === null ? '' : `&before=${before}`}`)
      back.unshift(...positions(next))
      before = next.before
    } while (before !== null)
    expect(back).toEqual(range(1, 60))
    const forth: number[] = []
    let after: number | null = 0
    while (after !== null) {
      const next: Page = await page(`limit=7&after=${after}`)
      forth.push(...positions(next))
      after = next.after
    }
    expect(forth).toEqual(range(1, 60))
  })

  test('[RST10] the ends count what lives in this collection only', async () => {
    const own = await filled(server, 6)
    await own.alice.delete(at(own.channel, 'messages', 'm1'))
    await own.alice.delete(at(own.channel, 'messages', 'm6'))
    await own.alice.post(at(own.channel, 'reactions'), { message: 'm2', emoji: '+' })
    const whole = (await own.alice.get<Page>(`${at(own.channel)}?limit=4`)).body
    expect([positions(whole), whole.before, whole.after]).toEqual([[2, 3, 4, 5], null, null])
    expect(whole.cursor).toMatch(/\.9$/)
  })

  test('[RST8] pages stay in order while records change', async () => {
    const own = await filled(server, 6)
    await own.alice.patch(at(own.channel, 'messages', 'm2'), { text: 'changed' })
    await own.alice.delete(at(own.channel, 'messages', 'm4'))
    const whole = (await own.alice.get<Page>(at(own.channel))).body
    expect(positions(whole)).toEqual([1, 2, 3, 5, 6])
    expect(whole.records[1]).toMatchObject({ id: 'm2', rev: 7, data: { text: 'changed' } })
  })

  test('[RST11] a channel that nobody wrote to reads as empty, cursor 0', async () => {
    const empty = await alice.get<Page>(at(freshChannel()))
    expect(empty.status).toBe(200)
    expect(empty.body).toEqual({ records: [], cursor: '0', before: null, after: null })
  })

  test('[RST11] an empty collection of a living channel has the head as its cursor', async () => {
    const empty = await alice.get<Page>(at(channel, 'reactions'))
    expect(empty.body).toMatchObject({ records: [], before: null, after: null })
    expect(empty.body.cursor).toBe((await page('limit=1')).cursor)
  })

  test.each([
    'limit=0',
    'limit=501',
    'limit=-1',
    'limit=ten',
    'limit=1.5',
    'limit=1e2',
    'limit=',
    'limit=99999999999999999999',
    'before=x',
    'before=-1',
    'after=-1',
    'after=1.5',
    'around=ten',
    'limit=5&limit=6',
  ])('[LIM18, LIM7] %s is invalid_query', async (query) => {
    const refused = await alice.get(`${at(channel)}?${query}`)
    expect([refused.status, refused.code]).toEqual([400, 'invalid_query'])
  })

  test('[TAG2] a page carries its cursor and a tag of query and cursor', async () => {
    const own = await filled(server, 3)
    const first = await own.alice.get<Page>(`${at(own.channel)}?limit=2`)
    expect(first.headers['dovetail-cursor']).toBe(first.body.cursor)
    const tag = String(first.headers.etag)
    expect(tag).toMatch(/^(W\/)?".+"$/)
    const other = await own.alice.get<Page>(`${at(own.channel)}?limit=1`)
    expect(other.headers.etag).not.toBe(tag)
    const same = await own.alice.get(`${at(own.channel)}?limit=2`, { 'if-none-match': tag })
    expect([same.status, same.text, same.headers.etag]).toEqual([304, '', tag])
    await own.alice.post(at(own.channel), { text: 'new' })
    const fresh = await own.alice.get<Page>(`${at(own.channel)}?limit=2`, { 'if-none-match': tag })
    expect([fresh.status, positions(fresh.body)]).toEqual([200, [3, 4]])
    expect(fresh.headers.etag).not.toBe(tag)
  })
})

describe.each(stores)('big pages, %s store', (store) => {
  const server = serving({ store })

  test('[LIM9] no page is over 1 MiB; before and after lead to the rest', { timeout: 60_000 }, async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const ballast = 'x'.repeat(59_000)
    for (let n = 1; n <= 40; n++) await alice.post(at(channel), { text: `${n}`, ballast })
    const newest = await alice.get<Page>(`${at(channel)}?limit=40`)
    expect(Buffer.byteLength(newest.text)).toBeLessThanOrEqual(1_048_576)
    expect(newest.body.records.length).toBeGreaterThan(10)
    expect(newest.body.records.at(-1)?.pos).toBe(40)
    expect(newest.body.before).toBe(newest.body.records[0]?.pos)
    const seen: LiveRecord[] = []
    let after: number | null = 0
    while (after !== null) {
      const next: Awaited<ReturnType<typeof alice.get<Page>>> = await alice.get<Page>(
        `${at(channel)}?limit=500&after=${after}`,
      )
      expect(Buffer.byteLength(next.text)).toBeLessThanOrEqual(1_048_576)
      seen.push(...next.body.records)
      after = next.body.after
    }
    expect(seen.map(({ pos }) => pos)).toEqual(range(1, 40))
    const around = await alice.get<Page>(`${at(channel)}?limit=40&around=20`)
    expect(Buffer.byteLength(around.text)).toBeLessThanOrEqual(1_048_576)
    expect(positions(around.body)).toContain(20)
  })
})
