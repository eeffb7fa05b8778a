import type { ResetReason } from 'dovetail-protocol'
import { expect, test } from 'vitest'
import type { LiveView, TransportName } from '../src/index.ts'
import { FakeClock, seeded } from './support/fake-clock.ts'
import { calm, FakeServer } from './support/fake-server.ts'
import { world } from './support/world.ts'

const channel = 'chat:general'
const transports = ['websocket', 'sse', 'long-poll', 'poll'] as const
/** The causes of a reset, and whether connected readers get a reset frame or learn of it when they reconnect. */
const causes = [
  'another epoch',
  'a copy put back in the same epoch',
  'a copy put back in the same epoch, with the reason "epoch"',
  'tombstones purged',
] as const
const moments = ['while connected', 'while away'] as const

type Cause = (typeof causes)[number]

const reasons: Readonly<Record<Cause, ResetReason>> = {
  'another epoch': 'epoch',
  'a copy put back in the same epoch': 'ahead',
  'a copy put back in the same epoch, with the reason "epoch"': 'epoch',
  'tombstones purged': 'expired',
}

interface Run {
  readonly server: FakeServer
  readonly random: () => number
  readonly views: readonly LiveView[]
}

function someoneWrites({ server, random }: Pick<Run, 'server' | 'random'>, text: string): void {
  const all = server.log(channel).all('messages')
  const recordId = all[Math.floor(random() * all.length)]?.id
  const dice = random()
  if (recordId === undefined || dice < 0.6)
    server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text } })
  else if (dice < 0.8) server.commit(channel, 'bo', { op: 'patch', collection: 'messages', recordId, data: { text } })
  else server.commit(channel, 'bo', { op: 'delete', collection: 'messages', recordId })
}

/** Makes writes that the reset removes, then resets the log. */
function reset(run: Run, cause: Cause, when: (typeof moments)[number]): void {
  const { server } = run
  const log = server.log(channel)
  if (cause === 'another epoch') {
    if (when === 'while connected') server.restartLog(channel)
    else log.restart('other')
    return
  }
  if (cause === 'tombstones purged') {
    for (const record of log.all('messages').slice(-2))
      log.write('bo', { op: 'delete', collection: 'messages', recordId: record.id })
    log.write('bo', { op: 'create', collection: 'messages', data: { text: 'after the deletion' } })
    log.purge()
  }
  if (when === 'while connected') server.resetReaders(channel, reasons[cause])
}

/** Loads all pages that the view does not hold yet, until none is left. */
async function loadAll(clock: FakeClock, view: LiveView): Promise<void> {
  for (let i = 0; i < 60 && (view.hasOlder || view.hasNewer); i += 1) {
    void (view.hasOlder ? view.loadOlder(7) : view.loadNewer(7)).catch(() => undefined)
    await clock.advance(20)
  }
}

async function simulate(seed: number, transport: TransportName, cause: Cause, when: (typeof moments)[number]) {
  const random = seeded(seed)
  const clock = new FakeClock()
  const server = new FakeServer(clock, calm)
  const { client } = world({ server, seed, transport, token: 'ana' })
  const messages = client.channel(channel).collection('messages')
  for (let i = 0; i < 30; i += 1) someoneWrites({ server, random }, `m${i}`)
  const putBack = server.log(channel).backUp()
  for (let i = 0; i < 5; i += 1) someoneWrites({ server, random }, `lost ${i}`)
  const views = [messages.live({ limit: 5 }), messages.live({ limit: 4, around: 12 })]
  const run: Run = { server, random, views }
  await clock.advance(3000)
  void views[0]?.loadOlder(6).catch(() => undefined)
  if (random() < 0.5) await clock.advance(20)
  views[0]?.create({ text: 'mine' })
  const someone = views[0]?.records.find(({ record }) => record !== null)?.record
  if (someone) views[0]?.update(someone.id, { mark: seed })
  if (random() < 0.7) await clock.advance(Math.floor(random() * 4))
  if (when === 'while away') {
    server.down = true
    server.cut()
    await clock.advance(random() * 200)
  }
  if (cause.startsWith('a copy put back')) putBack()
  reset(run, cause, when)
  server.down = false
  await clock.advance(60_000)
  for (let i = 0; i < 3; i += 1) someoneWrites(run, `new ${i}`)
  await clock.advance(10_000)
  const fresh = server.log(channel).all('messages')
  for (const view of views) {
    await loadAll(clock, view)
    for (const row of view.records) if (row.status === 'failed') view.discard(row.key)
    const shown = view.records.map(({ record, status }) => [status, record])
    const story = `seed ${seed}: ${server.log(channel).cursor}, the view holds ${view.cursor}`
    expect(shown, story).toEqual(fresh.map((record) => ['acknowledged', record]))
  }
  client.close()
}

test.each(
  transports.flatMap((transport) =>
    causes.flatMap((cause) => moments.map((when) => [transport, cause, when] as const)),
  ),
)('[P1] over %s, after a reset (%s, %s), every view equals a fresh read', async (transport, cause, when) => {
  const seeds = Number(process.env.SIMULATIONS ?? 8)
  for (let seed = 1; seed <= seeds; seed += 1) await simulate(seed, transport, cause, when)
})
