/** Follows the demo's channels behind one address over every transport: durable and in memory, with presence. */
import { runCheck } from 'dovetail-lab/check'
import type { LiveRecord, PresencePage } from 'dovetail-protocol'
import { demoConfig } from 'dovetail-server'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { emptyView, foldAll, living } from '../support/fold.ts'
import { at, freshChannel } from '../support/paths.ts'
import { type Server, serverAt } from '../support/servers/serving.ts'
import { type ReadTransport, readTransports } from '../support/transports/channel-readers.ts'
import { startNodes } from './nodes.ts'

export interface Deployment {
  readonly store: string
  readonly backbone: string
  readonly memory: string
}

interface Address {
  readonly port: number
  stop(): Promise<void>
}

/** `front` gives the one address of so many nodes. */
export function transportsSuite(
  name: string,
  nodes: number,
  open: () => Promise<Deployment>,
  front: (ports: readonly number[]) => Promise<Address>,
): void {
  describe(name, () => {
    const ends: (() => Promise<void>)[] = []
    let address: Server
    beforeAll(async () => {
      const started = await startNodes(nodes, { ...(await open()), config: demoConfig })
      ends.push(started.stop)
      const inFront = await front(started.nodes.map(({ port }) => port))
      ends.push(inFront.stop)
      address = serverAt(inFront.port)
      ends.push(address.stop)
    }, 120_000)
    afterAll(async () => {
      for (const end of ends.reverse()) await end()
    }, 60_000)

    readingTests(() => address)
    presenceTest(() => address)

    test('the checker finds no fault, over all transports, with the SDK and without', { timeout: 90_000 }, async () => {
      const urls = [address.url]
      const result = await runCheck({
        ...{ urls, seed: 7, seconds: 2, writers: 2, readersEach: 1, settleSeconds: 30 },
        disturb: (watch) => watch.written(20),
      })
      expect(result.complaints.slice(0, 5)).toEqual([])
      expect(result.readers).toBe(8)
    })
  })
}

async function reading(server: Server, transport: ReadTransport, channel: string, after?: string) {
  const begun = await transport.start(server, { channel, user: 'bob', ...(after === undefined ? {} : { after }) })
  onTestFinished(() => begun.close())
  return begun
}

function readingTests(address: () => Server): void {
  test.each(readTransports)('[B43] a chat is read live, and continued from any cursor, by $name', async (transport) => {
    const alice = await address().rest('alice')
    const channel = freshChannel()
    const live = await reading(address(), transport, channel)
    const cursors: string[] = []
    for (let turn = 1; turn <= 12; turn++)
      cursors.push(String((await alice.post(at(channel), { text: `${turn}` })).headers['dovetail-at']))
    const ranges = await live.reached(12)
    expect(ranges.map(({ from }) => from)).toEqual([0, ...ranges.map(({ to }) => to)].slice(0, ranges.length))
    const later = await (await reading(address(), transport, channel, cursors[4])).reached(12)
    expect(later[0]?.from).toBe(5)
    expect(living(foldAll(emptyView(null, 5), later), 'messages')).toEqual(
      living(foldAll(emptyView(), ranges), 'messages').slice(5),
    )
  })

  test.each(readTransports)(
    'the game and the prices, which are kept in memory, are read live, by $name',
    async (transport) => {
      const [alice, service] = [await address().rest('alice'), await address().rest('feed', { role: 'service' })]
      const [game, prices] = [freshChannel('game'), freshChannel('prices')]
      expect((await alice.put(at(game, 'entities', 'ann'), { x: 0 })).status).toBe(201)
      expect((await service.put(at(prices, 'quotes', 'ABC'), { symbol: 'ABC', price: 0 })).status).toBe(201)
      const [moves, quotes] = [
        await reading(address(), transport, game, '0'),
        await reading(address(), transport, prices, '0'),
      ]
      for (let turn = 1; turn <= 10; turn++) {
        await alice.patch(at(game, 'entities', 'ann'), { x: turn })
        await service.patch(at(prices, 'quotes', 'ABC'), { price: turn })
      }
      const seen = async (of: typeof moves, collection: string) =>
        living(foldAll(emptyView(), await of.reached(11)), collection)
      const read = async (path: string) => [(await alice.get<LiveRecord>(path)).body]
      expect(await seen(moves, 'entities')).toEqual(await read(at(game, 'entities', 'ann')))
      expect(await seen(quotes, 'quotes')).toEqual(await read(at(prices, 'quotes', 'ABC')))
    },
  )
}

function presenceTest(address: () => Server): void {
  test('all players of a game see who is present', async () => {
    const channel = freshChannel('game')
    const users = ['ann', 'ben', 'cyd', 'dan']
    for (const user of users) await (await address().connect(user)).subscribe(channel, { presence: true })
    const rest = await address().rest('ann')
    const listed = async () =>
      (await rest.get<PresencePage>(`/v1/channels/${channel}/presence`)).body.users.map(({ user }) => user).sort()
    for (let turn = 0; turn < 4; turn++) await expect.poll(listed).toEqual(users)
  })
}
