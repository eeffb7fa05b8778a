import type { LiveRecord, Page } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { emptyView, foldAll, foldRecords, living, type Range, type View } from '../../support/fold.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { type Server, serving, stores } from '../../support/servers/serving.ts'
import { type ReadTransport, readTransports, revOf } from '../../support/transports/channel-readers.ts'
import { awaitLater } from '../../support/until.ts'

const cases = stores.flatMap((store) => readTransports.map((transport) => ({ store, transport, name: transport.name })))
const revsOf = (ranges: readonly Range[]) => ranges.flatMap(({ changes }) => changes.map(({ record }) => record.rev))

async function write(server: Server, channel: string, count: number, user = 'alice'): Promise<void> {
  const rest = await server.rest(user)
  for (let n = 0; n < count; n++) await rest.post<LiveRecord>(at(channel), { text: `${user} ${n}` })
}

/** Creates, changes and deletes over few ids, so that histories overlap. */
async function stir(server: Server, channel: string, user: string, rounds: number): Promise<void> {
  const rest = await server.rest(user)
  for (let n = 0; n < rounds; n++) {
    const path = at(channel, 'messages', `${user}-${n % 7}`)
    if (n % 5 === 4) await rest.delete(path)
    else await rest.put(path, { text: `${n}` })
  }
}

async function pageView(server: Server, channel: string): Promise<{ view: View; page: Page }> {
  const page = (await (await server.rest('alice')).get<Page>(`${at(channel)}?limit=500`)).body
  const cursor = String(page.cursor)
  const start = emptyView(cursor === '0' ? null : (cursor.split('.')[0] ?? null), revOf(cursor))
  return { view: foldRecords(start, 'messages', page.records), page }
}

const tables = stores.map((store) => ({ store }))

describe.each(tables)('readings, $store store', ({ store }) => {
  const server = serving({ store, limits: { commands: 100_000, commandsBurst: 100_000 } })
  const own = cases.filter((each) => each.store === store)

  test.each(own)('[PRM1, RDG4] by $name, after=0 gives everything, then live changes', async ({ transport }) => {
    const channel = freshChannel()
    await write(server, channel, 5)
    const reading = await transport.start(server, { channel, after: '0' })
    await reading.reached(5)
    await write(server, channel, 3)
    const ranges = await reading.reached(8)
    expect(revsOf(ranges)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(foldAll(emptyView(), ranges).rev).toBe(8)
    reading.close()
  })

  test.each(own)('[RDG3] by $name, a reader from now receives nothing from before', async ({ transport }) => {
    const channel = freshChannel()
    await write(server, channel, 3)
    const reading = await transport.start(server, { channel })
    expect(reading.began).toBe(3)
    await write(server, channel, 2)
    const ranges = await reading.reached(5)
    expect([ranges[0]?.from, revsOf(ranges)]).toEqual([3, [4, 5]])
    reading.close()
  })

  test.each(own)('[RDG3] by $name, a reader from now can follow a channel without writes', async ({ transport }) => {
    const channel = freshChannel()
    const reading = await transport.start(server, { channel })
    expect(reading.began).toBe(0)
    await write(server, channel, 2)
    expect(revsOf(await reading.reached(2))).toEqual([1, 2])
    reading.close()
  })

  test.each(own)(
    '[PRM2, PRM3, PRM4, JOI1] by $name, a page and the changes after its cursor join while others write',
    async ({ transport }) => {
      const channel = freshChannel()
      const writers = ['ann', 'ben', 'cem'].map((user) => stir(server, channel, user, 25)).map(awaitLater)
      const { view, page } = await pageView(server, channel)
      const reading = await transport.start(server, { channel, after: String(page.cursor) })
      await Promise.all(writers)
      const fresh = await pageView(server, channel)
      const ranges = fresh.view.rev > view.rev ? await reading.reached(fresh.view.rev) : []
      expect(ranges[0]?.from ?? view.rev).toBe(view.rev)
      expect(living(foldAll(view, ranges), 'messages')).toEqual(fresh.page.records)
      reading.close()
    },
  )

  test.each(own)(
    '[RDG6, PRM5] by $name, a cursor that can’t be continued is answered by reset with the reason and the head',
    async ({ transport }) => {
      const channel = freshChannel()
      await write(server, channel, 2)
      const { page } = await pageView(server, channel)
      const [epoch] = String(page.cursor).split('.')
      for (const [after, reason] of [
        ['Stranger1.1', 'epoch'],
        [`${epoch}.9`, 'ahead'],
      ] as const) {
        const reading = await transport.start(server, { channel, after })
        expect(await reading.reset()).toEqual({ reason, cursor: page.cursor })
        reading.close()
      }
    },
  )

  test('[PRM1, PRM2] a reader that changes its transport at every step loses and repeats nothing', async () => {
    const channel = freshChannel()
    await write(server, channel, 3)
    const epoch = String((await pageView(server, channel)).page.cursor).split('.')[0]
    const ranges: Range[] = []
    let cursor = '0'
    let head = 3
    for (let step = 0; step < 12; step++) {
      const transport = readTransports[(step * 3) % readTransports.length] as ReadTransport
      const reading = await transport.start(server, { channel, after: cursor })
      await write(server, channel, 2)
      head += 2
      ranges.push(...(await reading.reached(head)))
      reading.close()
      cursor = `${epoch}.${ranges.at(-1)?.to}`
    }
    expect(foldAll(emptyView(), ranges).rev).toBe(head)
    expect(revsOf(ranges)).toEqual(Array.from({ length: head }, (_, n) => n + 1))
  })

  test.each(own)('[ERR3] by $name, a private channel is not found', async ({ transport }) => {
    const channel = freshChannel('team')
    const olga = await server.rest('olga')
    await olga.put(`/v1/channels/${channel}`, {})
    await expect(
      transport.start(server, { channel, user: 'sven', after: '0' }).then((reading) => reading.reached(1)),
    ).rejects.toThrow()
  })

  test.each(own)('[RDG17, WSK22, RST7] by $name, a deleted channel ends the reading', async ({ transport }) => {
    const channel = freshChannel('team')
    const olga = await server.rest('olga')
    await olga.put(`/v1/channels/${channel}`, {})
    const reading = await transport.start(server, { channel, user: 'olga' })
    await olga.delete(`/v1/channels/${channel}`)
    expect(['deleted', 'not_found', 'reset']).toContain(await reading.ended())
    reading.close()
  })

  test.each(own)(
    '[RDG17, WSK23, TOK9] by $name, a lost membership ends the reading in log order',
    async ({ transport }) => {
      const channel = freshChannel('team')
      const olga = await server.rest('olga')
      await olga.put(`/v1/channels/${channel}`, {})
      const member = await olga.post<LiveRecord>(at(channel, 'members'), { user: 'mira', role: 'member' })
      const reading = await transport.start(server, { channel, user: 'mira' })
      await olga.post(at(channel), { text: 'before' })
      expect(revsOf(await reading.reached(3))).toEqual([3])
      const removed = await olga.delete(at(channel, 'members', member.body.id))
      await olga.post(at(channel), { text: 'after' })
      expect(['forbidden', 'not_found']).toContain(await reading.ended())
      const last = revOf(String(removed.headers['dovetail-at']))
      expect(revsOf(await reading.reached(0)).filter((rev) => rev > last)).toEqual([])
      reading.close()
    },
  )
})
