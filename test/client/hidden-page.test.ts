/** Cases N10 and B48: a hidden page, whose timers run once a minute, stays present, over HTTP and over a socket. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, createClient, type TransportName } from 'dovetail-client'
import { expect, onTestFinished, test } from 'vitest'
import { freshChannel } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'

/** A fifth of all times: a lease of 6 s, comments every 3 s, and timers of a hidden page every 12 s. */
const server = serving({ limits: { presenceSeconds: 6, commentSeconds: 3, pingSeconds: 1 } })
const hiddenMs = 12_000
const watchedMs = 20_000

/** The timers of a page that is hidden once `hide` was called. */
function pageClock(): Clock & { hide(): void } {
  let isHidden = false
  return {
    now: () => Date.now(),
    after: (ms, task) => {
      const timer = setTimeout(task, isHidden ? Math.max(ms, hiddenMs) : ms)
      return () => clearTimeout(timer)
    },
    hide: () => {
      isHidden = true
    },
  }
}

/** Opens a page as a user named like its transport, hides it, and gives what others saw until it was closed. */
async function watchHidden(transport: TransportName) {
  const name = freshChannel()
  const watcher = await server.connect('watcher')
  await watcher.subscribe(name, { presence: true })
  const moves = () =>
    watcher
      .events('presence', name)
      .flatMap(({ join = [], leave = [] }) => [
        ...join.map(({ user }) => `+${user}`),
        ...leave.map((user) => `-${user}`),
      ])
  const clock = pageClock()
  const client = createClient({ url: server.url, token: await tokenFor(transport), transport, storage: null, clock })
  onTestFinished(() => client.close())
  client.channel(name).presence()
  await expect.poll(moves).toEqual([`+${transport}`])
  await sleep(500)
  clock.hide()
  await sleep(watchedMs)
  const seen = moves()
  client.close()
  await expect.poll(() => moves().at(-1)).toBe(`-${transport}`)
  return seen
}

test('[N10, B48, RDG23] over each transport, others see no leave of a hidden page, and one at once when it closes', async () => {
  const transports: readonly TransportName[] = ['websocket', 'sse', 'long-poll', 'poll']
  const seen = await Promise.all(transports.map(watchHidden))
  expect(seen).toEqual([['+websocket'], ['+sse'], ['+long-poll'], ['+poll']])
}, 60_000)

test('[RDG23] a lease lasts as long as its `seconds` say, and `presenceSeconds` without them', async () => {
  const name = freshChannel()
  const [ana, bo] = [await server.rest('ana'), await server.rest('bo')]
  const path = `/v1/channels/${name}/presence`
  expect((await ana.post(path, { client: 'a', seconds: 2 })).status).toBe(204)
  expect((await bo.post(path, { client: 'b' })).status).toBe(204)
  const present = async () =>
    (await ana.get<{ users: { user: string }[] }>(path)).body.users.map(({ user }) => user).sort()
  expect(await present()).toEqual(['ana', 'bo'])
  await expect.poll(present, { timeout: 5_500 }).toEqual(['bo'])
  await expect.poll(present).toEqual([])
  for (const seconds of [0, 121, 'long']) {
    expect(await ana.post(path, { client: 'a', seconds })).toMatchObject({ status: 422, code: 'invalid_data' })
  }
}, 120_000)
