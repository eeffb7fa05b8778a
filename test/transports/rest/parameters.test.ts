import type { Page } from 'dovetail-protocol'
import { beforeAll, describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

describe('query parameters that a request does not have', () => {
  const server = serving()

  test.each([
    ['GET', '/v1/channels/chat:a/messages?autor=ana'],
    ['GET', '/v1/channels/chat:a/messages/m?author=ana'],
    ['DELETE', '/v1/channels/chat:a/messages/m?author=ana'],
    ['POST', '/v1/channels/chat:a/messages?createdAt=2020'],
    ['GET', '/v1/channels/chat:a/changes?before=7'],
    ['GET', '/v1/search?q=a&author=ana'],
    ['GET', '/v1/me?user=bob'],
    ['GET', '/v1/limits?_=1&__=1'],
    ['POST', '/v1/batch?dry=1'],
  ])('[RST39, A7] %s %s is refused, by the name of the parameter', async (method, path) => {
    const ana = await server.rest('ana')
    const json = { 'content-type': 'application/json' }
    const refused = await (method === 'POST' ? ana.send(method, path, json, '{}') : ana.send(method, path))
    const name = /[?&](\w+)=[^&]*$/.exec(path)?.[1]
    expect([refused.status, refused.code]).toEqual([400, 'invalid_query'])
    expect(refused.text).toContain(`There is no query parameter \\"${name}\\"`)
  })

  test('[RST39] a parameter for caches is ignored', async () => {
    const ana = await server.rest('ana')
    expect((await ana.get('/v1/channels/chat:a/messages?limit=1&_=0.123')).status).toBe(200)
  })

  test('[RST39] probes and pages may be asked for with anything', async () => {
    const nobody = await server.rest()
    for (const path of ['/healthz?probe=1', '/readyz?t=2', '/openapi.json?v=3'])
      expect([path, (await nobody.get(path)).status]).toEqual([path, 200])
  })
})

describe.each(stores)('the records of one author, %s store', (store) => {
  const server = serving({ store, limits: { pageRecords: 5, pageRecordsDefault: 5 } })
  const channel = freshChannel()
  beforeAll(async () => {
    const [ana, bob] = [await server.rest('ana'), await server.rest('bob')]
    // Ana's are 1, 4, 7 … 28 of 30.
    for (let pos = 1; pos <= 30; pos++) await (pos % 3 === 1 ? ana : bob).post(at(channel), { text: String(pos) })
  })

  /** The positions of all pages of a walk, and how many pages it took. */
  async function walk(query: string, side: 'before' | 'after'): Promise<{ found: number[]; pages: number }> {
    const rest = await server.rest('carla')
    const found: number[] = []
    let at0: string = side === 'after' ? '&after=0' : ''
    for (let pages = 1; ; pages++) {
      const { body } = await rest.get<Page>(`${at(channel)}?${query}${at0}`)
      const positions = body.records.map(({ pos }) => pos)
      found.splice(side === 'after' ? found.length : 0, 0, ...positions)
      const next = body[side]
      if (next === null) return { found, pages }
      at0 = `&${side}=${next}`
    }
  }

  const hers = [1, 4, 7, 10, 13, 16, 19, 22, 25, 28]

  test('[RST40, A7] a walk over its pages in either direction gives each of them once', async () => {
    for (const side of ['before', 'after'] as const) {
      for (const limit of ['', '&limit=1', '&limit=2', '&limit=5'])
        expect([side, limit, (await walk(`author=ana${limit}`, side)).found]).toEqual([side, limit, hers])
    }
  })

  test('[RST40] a page reads a bounded number of records, and is empty where none of them is the author’s', async () => {
    const { found, pages } = await walk('author=nobody', 'before')
    expect({ found, pages }).toEqual({ found: [], pages: 6 })
  })

  test('[RST40] goes with neither a search nor a middle, and with names only', async () => {
    const rest = await server.rest('carla')
    for (const [query, code] of [
      ['author=ana&q=1', 'invalid_query'],
      ['author=ana&around=7', 'invalid_query'],
      ['author=a%20b', 'invalid_name'],
    ] as const)
      expect([query, (await rest.get(`${at(channel)}?${query}`)).code]).toEqual([query, code])
  })
})
