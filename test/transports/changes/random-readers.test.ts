import { SeededRandom } from 'dovetail-lab/check'
import type { LiveRecord, Page } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { emptyView, foldAll, foldRecords, living, type View } from '../../support/fold.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { type Server, serving, stores } from '../../support/servers/serving.ts'
import { revOf } from '../../support/transports/channel-readers.ts'
import { awaitLater } from '../../support/until.ts'
import { startCuttingProxy } from './cutting-proxy.ts'
import { partialReads } from './partial-reads.ts'

/** `SEED=…` plays another one, as `npm run soak` does. */
const seeds = process.env.SEED === undefined ? [1, 2, 3] : [Number(process.env.SEED)]

/** Creates, changes, deletes, and batches, over few ids. Returns the head. */
async function stir(server: Server, channel: string, dice: SeededRandom, count: number): Promise<number> {
  const rest = await server.rest('ann')
  let head = 0
  for (let n = 0; n < count; n++) {
    const recordId = `r${dice.between(0, 9)}`
    const data = { text: `${n} ${'x'.repeat(dice.between(1, 400))}` }
    const put = { op: 'put', channel, collection: 'messages', recordId, data }
    const path = at(channel, 'messages', recordId)
    const roll = dice.next()
    if (roll < 0.15) await rest.post('/v1/batch', { writes: [put, { ...put, recordId: `${recordId}b` }, put] })
    else if (roll < 0.35) await rest.delete(path)
    else if (roll < 0.6) await rest.post<LiveRecord>(at(channel), data)
    else await rest.put(path, data)
  }
  head = (await rest.get<{ head: number }>(`/v1/channels/${channel}`)).body.head
  return head
}

async function pageView(server: Server, channel: string): Promise<{ view: View; page: Page }> {
  const page = (await (await server.rest()).get<Page>(`${at(channel)}?limit=500`)).body
  const cursor = String(page.cursor)
  const start = emptyView(cursor === '0' ? null : (cursor.split('.')[0] ?? null), revOf(cursor))
  return { view: foldRecords(start, 'messages', page.records), page }
}

const cursorOf = ({ epoch, rev }: View) => (epoch === null ? '0' : `${epoch}.${rev}`)

/** One leg: maybe on a line that will be cut, maybe slow. Where its cursor is void, it begins anew by a page. */
async function runLeg(
  server: Server,
  channel: string,
  held: View,
  dice: SeededRandom,
  isLast: boolean,
): Promise<{ view: View; isVoid: boolean }> {
  const [transport, run] = dice.pick(Object.entries(partialReads)) ?? never()
  const cut = isLast || dice.next() < 0.5 ? null : await startCuttingProxy(server.port, dice.between(100, 4000))
  const goal = awaitLater(stir(server, channel, dice.fork(), isLast ? 1 : dice.between(1, 15)))
  const port = cut?.port ?? server.port
  const { ranges, isVoid } = await run({ port, channel, after: cursorOf(held), goal, isSlow: dice.next() < 0.3 })
  cut?.close()
  if (isVoid) return { view: (await pageView(server, channel)).view, isVoid }
  expect([transport, ranges[0]?.from ?? held.rev]).toEqual([transport, held.rev])
  const view = foldAll(held, ranges)
  // A frame from 0 carries the epoch, as a poll's cursor does; here the page gives it.
  const epoch = view.epoch ?? (view.rev === 0 ? null : ((await pageView(server, channel)).view.epoch ?? null))
  return { view: { ...view, epoch }, isVoid }
}

function never(): never {
  throw new Error('there are transports')
}

describe.each(stores)('random readings, %s store', (store) => {
  const server = serving({ store, limits: { commands: 100_000, commandsBurst: 100_000 } })

  test.each(seeds)(
    '[PRM1, PRM2, PRM3, PRM4, PRM5] over cuts, changes of transport, slowness and a new epoch, folded changes equal a fresh read (seed %i)',
    {
      timeout: 90_000,
    },
    async (seed) => {
      const dice = new SeededRandom(seed)
      const channel = freshChannel()
      const admin = await server.rest('root', { role: 'admin' })
      await stir(server, channel, dice, dice.between(0, 20))
      const start = dice.pick(['0', 'page'])
      let view = start === '0' ? emptyView() : (await pageView(server, channel)).view
      const anew = dice.between(2, 8)
      const voidAt: number[] = []
      for (let leg = 0; leg <= 12; leg++) {
        if (leg === anew) await admin.delete(`/v1/channels/${channel}`)
        const after = await runLeg(server, channel, view, dice, leg === 12)
        view = after.view
        if (after.isVoid) voidAt.push(leg)
      }
      // Once, and only where the log did begin anew.
      expect(voidAt.filter((leg) => leg >= anew).length).toBeLessThanOrEqual(1)
      expect(voidAt.filter((leg) => leg < anew)).toEqual([])
      const fresh = await pageView(server, channel)
      expect(view.rev).toBe(fresh.view.rev)
      expect(living(view, 'messages')).toEqual(fresh.page.records)
    },
  )

  test.each(Object.entries(partialReads))(
    '[PRM2, PRM3] by %s, a reader cut after every n-th byte continues where it ended',
    {
      timeout: 90_000,
    },
    async (_name, run) => {
      const channel = freshChannel()
      const head = await stir(server, channel, new SeededRandom(7), 40)
      const { view: whole, page } = await pageView(server, channel)
      let view = emptyView()
      for (let bytes = 150; view.rev < head; bytes += 97) {
        const cut = await startCuttingProxy(server.port, bytes)
        const goal = Promise.resolve(head)
        const { ranges } = await run({ port: cut.port, channel, after: cursorOf(view), goal, isSlow: false })
        cut.close()
        view = { ...foldAll(view, ranges), epoch: view.rev === 0 && ranges.length === 0 ? null : whole.epoch }
      }
      expect(living(view, 'messages')).toEqual(page.records)
    },
  )
})
