import type { WebhookEvent } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { WebhookOutcome, WebhookRequest, WebhookSender } from '../../ports/webhooks/webhook-sender.ts'
import { MemoryWebhookNotes } from '../../stores/memory/memory-webhook-notes.ts'
import { type CoreWorld, callerOf, coreWorld } from '../simulation/core-world.fixture.ts'
import { deleteChannel } from '../write/channels.ts'
import { write } from '../write/write.ts'
import { listDeadLetters, listWebhooks, replayDeadLetter, resumeWebhook, testWebhook } from './verbs.ts'
import { Webhooks } from './webhooks.ts'

const admin = callerOf('root', 'admin')
const hour = 3_600_000
const ok: WebhookOutcome = { kind: 'answered', status: 200, retryAfterMs: null }
const broken: WebhookOutcome = { kind: 'answered', status: 500, retryAfterMs: null }

interface Sent {
  readonly id: string
  readonly at: number
  readonly event: WebhookEvent
}

/** A receiver that answers as `answer` says. */
class FakeReceiver implements WebhookSender {
  readonly sent: Sent[] = []
  answer: (event: WebhookEvent) => WebhookOutcome = () => ok

  async send({ id, body, at }: WebhookRequest): Promise<WebhookOutcome> {
    const event = JSON.parse(body) as WebhookEvent
    this.sent.push({ id, at, event })
    return this.answer(event)
  }

  close(): void {}

  get heard(): string[] {
    return this.sent.map(({ event }) => `${event.type} ${nameOf(event)}`)
  }
}

function nameOf({ data }: WebhookEvent): string {
  if ('record' in data) return `${data.channel} ${data.rev}`
  return 'channel' in data ? data.channel : data.webhook
}

/** One webhook on one node, from the beginning. */
async function delivering({ retryForMs = 72 * hour, concurrency = 1 } = {}) {
  const world = coreWorld()
  const receiver = new FakeReceiver()
  const notes = new MemoryWebhookNotes()
  const lines: string[] = []
  const begin = async (): Promise<Webhooks> => {
    const webhooks = new Webhooks({
      ...{ core: world.core, notes, caller: callerOf('webhooks', 'service'), chance: () => 0 },
      definitions: [
        {
          name: 'test',
          url: 'https://example.com/',
          pattern: 'chat:*',
          from: 'beginning',
          retryForMs,
          concurrency,
          sender: receiver,
        },
      ],
      logLine: (line) => lines.push(line),
    })
    await world.done(webhooks.begin())
    onTestFinished(() => webhooks.close())
    return webhooks
  }
  const webhooks = await begin()
  return { world, receiver, webhooks, begin, lines, office: { core: world.core, webhooks } }
}

async function put({ core, done }: CoreWorld, channel: string, recordId: string, text = ''): Promise<void> {
  await done(write(core, admin, { op: 'put', channel, collection: 'messages', recordId, data: { text } }))
}

/** Lets this much time pass in steps, between which what was begun goes on. */
async function pass({ clock }: CoreWorld, ms: number, step = Math.max(100, ms / 400)): Promise<void> {
  for (let passed = 0; passed < ms; passed += step) {
    for (let turn = 0; turn < 10; turn++) {
      clock.turn()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await clock.pass(Math.min(step, ms - passed))
  }
}

describe('the events of a webhook', () => {
  test('[WHK1, WHK2] a record is created, changed and deleted; a channel is deleted', async () => {
    const { world, receiver } = await delivering()
    await put(world, 'chat:a', 'r1', 'one')
    await pass(world, 6000)
    await put(world, 'chat:a', 'r1', 'two')
    await pass(world, 6000)
    await world.done(
      write(world.core, admin, { op: 'delete', channel: 'chat:a', collection: 'messages', recordId: 'r1' }),
    )
    await pass(world, 6000)
    await world.done(deleteChannel(world.core, admin, 'chat:a'))
    await pass(world, 6000)
    expect(receiver.heard).toEqual([
      'record.created chat:a 1',
      'record.changed chat:a 2',
      'record.deleted chat:a 3',
      'channel.deleted chat:a',
    ])
    expect(receiver.sent[1]?.event).toEqual({
      type: 'record.changed',
      timestamp: expect.stringMatching(/^2026-/),
      data: {
        ...{ channel: 'chat:a', epoch: expect.any(String), rev: 2, collection: 'messages' },
        record: expect.objectContaining({ id: 'r1', pos: 1, rev: 2, data: { text: 'two' } }),
      },
    })
  })

  test('[WHK2] a record that was changed before it was sent first is created', async () => {
    const { world, receiver, webhooks, begin } = await delivering()
    await webhooks.close()
    for (const text of ['one', 'two']) await put(world, 'chat:a', 'r1', text)
    await begin()
    await pass(world, 6000)
    expect(receiver.heard).toEqual(['record.created chat:a 2'])
  })

  test('[WHK2] where the log began anew, a reset comes before its records', async () => {
    const { world, receiver } = await delivering()
    await put(world, 'chat:a', 'r1')
    await pass(world, 6000)
    await world.store.renew()
    await put(world, 'chat:a', 'r2')
    await pass(world, 6000)
    expect(receiver.heard.slice(1)).toEqual([
      'channel.reset chat:a',
      'record.created chat:a 1',
      'record.created chat:a 2',
    ])
  })

  test('[WHK3] every attempt has the same id, and every event another one', async () => {
    const { world, receiver } = await delivering()
    receiver.answer = () => (receiver.sent.length % 3 === 0 ? ok : broken)
    for (const id of ['r1', 'r2', 'r3']) await put(world, 'chat:a', id)
    await world.done(deleteChannel(world.core, admin, 'chat:a'))
    for (const id of ['r1', 'r2']) await put(world, 'chat:a', id)
    await pass(world, 60_000)
    const idsOf = new Map<string, Set<string>>()
    for (const { id, event } of receiver.sent) {
      const key = JSON.stringify({ ...event, timestamp: '' })
      idsOf.set(key, (idsOf.get(key) ?? new Set()).add(id))
    }
    expect([...idsOf.values()].map(({ size }) => size)).toEqual([...idsOf.keys()].map(() => 1))
    expect(new Set(receiver.sent.map(({ id }) => id)).size).toBe(idsOf.size)
    for (const { id } of receiver.sent) expect(id).toMatch(/^evt_[0-9a-f]{32}$/)
  })
})

describe('an event that is not accepted', () => {
  test('[WHK4] holds its channel, and no other one', async () => {
    const { world, receiver } = await delivering()
    receiver.answer = (event) => (nameOf(event) === 'chat:a 2' ? broken : ok)
    for (const id of ['r1', 'r2', 'r3']) for (const channel of ['chat:a', 'chat:b']) await put(world, channel, id)
    await pass(world, 30_000)
    expect(receiver.heard.filter((heard) => heard.includes('chat:b'))).toHaveLength(3)
    expect(receiver.heard).not.toContain('record.created chat:a 3')
    receiver.answer = () => ok
    await pass(world, 60_000)
    expect(receiver.heard.filter((heard) => heard.includes('chat:a')).at(-1)).toBe('record.created chat:a 3')
  })

  test('[WHK5] attempts and the time since the first one outlive a restart', async () => {
    const { world, receiver, webhooks, begin, office } = await delivering({ retryForMs: hour })
    receiver.answer = () => broken
    await put(world, 'chat:a', 'r1')
    await pass(world, 0.5 * hour)
    const before = receiver.sent.length
    await webhooks.close()
    const next = await begin()
    await pass(world, 0.6 * hour)
    expect(receiver.sent.length).toBeGreaterThan(before)
    const { failed } = await world.done(
      listDeadLetters({ ...office, webhooks: next }, admin, { name: 'test', after: null, limit: 10 }),
    )
    expect(failed).toMatchObject([{ channel: 'chat:a', attempts: receiver.sent.length, reason: 'status 500' }])
  })

  test('[WHK9] is given up after its time, listed, and sent again when somebody asks; its channel goes on', async () => {
    const { world, receiver, office, lines } = await delivering({ retryForMs: hour })
    receiver.answer = (event) => (nameOf(event) === 'chat:a 1' ? broken : ok)
    for (const id of ['r1', 'r2']) await put(world, 'chat:a', id)
    await pass(world, 1.2 * hour)
    expect(receiver.heard.at(-1)).toBe('record.created chat:a 2')
    const list = () => world.done(listDeadLetters(office, admin, { name: 'test', after: null, limit: 10 }))
    const { failed } = await list()
    expect(failed).toHaveLength(1)
    const [{ id, failedAt, givenUpAt } = { id: '', failedAt: '', givenUpAt: '' }] = failed
    expect(Date.parse(givenUpAt) - Date.parse(failedAt)).toBeGreaterThanOrEqual(hour)
    expect(lines).toEqual([expect.stringContaining(`gave up ${id} of chat:a`)])
    const replay = () => world.done(replayDeadLetter(office, admin, { name: 'test', id }))
    expect(await replay()).toEqual({ id, accepted: false, result: 'status 500' })
    expect(await list()).toMatchObject({ failed: [{ id }] })
    receiver.answer = () => ok
    expect(await replay()).toEqual({ id, accepted: true, result: 'status 200' })
    expect(receiver.sent.at(-1)).toMatchObject({ id, event: { type: 'record.created', data: { rev: 1 } } })
    expect(await list()).toEqual({ failed: [], more: false })
    await expect(replay()).rejects.toThrow('has not given up')
  })

  test('[WHK7] after 410 nothing is sent until somebody resumes the webhook, and then nothing is missing', async () => {
    const { world, receiver, office, lines } = await delivering()
    receiver.answer = () => ({ kind: 'answered', status: 410, retryAfterMs: null })
    await put(world, 'chat:a', 'r1')
    await pass(world, 10_000)
    await put(world, 'chat:b', 'r1')
    await pass(world, 60_000)
    expect(receiver.sent).toHaveLength(1)
    expect(lines).toEqual([expect.stringContaining('wants no more')])
    expect((await world.done(listWebhooks(office, admin)))[0]?.endedAt).toMatch(/^2026-/)
    receiver.answer = () => ok
    await world.done(resumeWebhook(office, admin, 'test'))
    await pass(world, 10_000)
    expect(receiver.heard.slice(1).sort()).toEqual(['record.created chat:a 1', 'record.created chat:b 1'])
    expect((await world.done(listWebhooks(office, admin)))[0]?.endedAt).toBeNull()
  })

  test('a receiver that fails again and again is asked for one channel at a time', async () => {
    const { world, receiver } = await delivering({ concurrency: 8 })
    let open = 0
    let most = 0
    receiver.send = async (request) => {
      most = Math.max(most, ++open)
      receiver.sent.push({ id: request.id, at: request.at, event: JSON.parse(request.body) as WebhookEvent })
      await new Promise((resolve) => world.clock.after(50, () => resolve(undefined)))
      open--
      return broken
    }
    for (let channel = 0; channel < 20; channel++) await put(world, `chat:${channel}`, 'r1')
    await pass(world, 20_000)
    expect(most).toBeGreaterThan(1)
    most = 0
    await pass(world, 60_000)
    expect(most).toBe(1)
  })
})

describe('what people ask of webhooks', () => {
  test('[WHK10] services and admins are answered, others are not', async () => {
    const { office } = await delivering()
    for (const caller of [callerOf('ana'), callerOf('ana', 'guest')]) {
      await expect(listWebhooks(office, caller)).rejects.toMatchObject({ code: 'forbidden' })
      await expect(testWebhook(office, caller, 'test')).rejects.toMatchObject({ code: 'forbidden' })
      await expect(resumeWebhook(office, caller, 'test')).rejects.toMatchObject({ code: 'forbidden' })
      const query = { name: 'test', after: null, limit: 1 }
      await expect(listDeadLetters(office, caller, query)).rejects.toMatchObject({ code: 'forbidden' })
      const letter = { name: 'test', id: 'evt_1' }
      await expect(replayDeadLetter(office, caller, letter)).rejects.toMatchObject({ code: 'forbidden' })
    }
    await expect(testWebhook(office, admin, 'other')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('[WHK10] a test sends an event of its own type', async () => {
    const { world, receiver, office } = await delivering()
    expect(await world.done(testWebhook(office, callerOf('ops', 'service'), 'test'))).toMatchObject({ accepted: true })
    expect(receiver.heard).toEqual(['webhook.test test'])
  })
})
