import type { ConsumerReport } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { given, workerOf } from '../../support/clients/consumer-worker.ts'
import { at } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'
import { awaitLater, patienceMs } from '../../support/until.ts'

describe.each(stores)('consumers on %s', (store) => {
  const server = serving({ store })
  const backend = () => server.rest('backend', { role: 'service' })
  const ana = () => server.rest('ana')

  async function made(name: string, from = 'beginning') {
    const rest = await backend()
    const path = `/v1/consumers/${name}`
    expect((await rest.put(path, { pattern: `chat:${name}-*`, from })).status).toBe(201)
    return { rest, path, writer: await ana() }
  }

  test('[CON1] it is made once, begins where it was asked to, and refuses another pattern', async () => {
    const writer = await ana()
    await writer.post(at('chat:one-a'), { text: '1' })
    const { rest, path } = await made('one', 'now')
    expect((await rest.put(path, { pattern: 'chat:one-*', from: 'beginning' })).status).toBe(200)
    const other = await rest.put(path, { pattern: 'chat:two-*', from: 'now' })
    expect([other.status, other.code]).toEqual([412, 'exists'])
    const worker = workerOf(rest, 'one')
    expect(await worker.done()).toEqual([])
    await writer.post(at('chat:one-a'), { text: '2' })
    await writer.post(at('chat:one-b'), { text: '1' })
    expect(await worker.done()).toEqual(['chat:one-a 1-2', 'chat:one-b 0-1'])
  })

  test('[CON1] a bad name, pattern or start is refused', async () => {
    const rest = await backend()
    const codeOf = async (name: string, body: object) => (await rest.put(`/v1/consumers/${name}`, body)).code
    for (const name of ['a:b', 'a%20b', 'x'.repeat(65), '%2e'])
      expect([name, await codeOf(name, { pattern: 'chat:*', from: 'now' })]).toEqual([name, 'invalid_name'])
    expect(await codeOf('bad', { pattern: 'chat:**', from: 'now' })).toBe('invalid_name')
    expect(await codeOf('bad', { pattern: 'nowhere:*', from: 'now' })).toBe('not_found')
    for (const body of [{}, { pattern: 'chat:*' }, { pattern: 'chat:*', from: 'then' }, { pattern: 1, from: 'now' }])
      expect(await codeOf('bad', body)).toBe('invalid_data')
    expect((await rest.post('/v1/consumers/bad/next', { worker: 'a b' })).code).toBe('invalid_name')
    expect((await rest.post('/v1/consumers/bad/next', { worker: 'w' })).code).toBe('not_found')
  })

  test('[CON2] users use none; a report says how far it has come', async () => {
    const { rest, path, writer } = await made('two')
    expect((await (await server.rest()).get(path)).code).toBe('unauthenticated')
    for (const verb of ['next', 'acknowledge', 'release', 'renew', 'reset'])
      expect([verb, (await writer.post(`${path}/${verb}`, bodies[verb])).code]).toEqual([verb, 'forbidden'])
    for (const call of [writer.get(path), writer.delete(path), writer.get('/v1/consumers')])
      expect((await call).code).toBe('forbidden')
    for (const text of ['1', '2', '3']) await writer.post(at('chat:two-a'), { text })
    await writer.post(at('chat:two-b'), { text: '1' })
    await workerOf(rest, 'two', 'w9').ask('?limit=3')
    const { body } = await rest.get<ConsumerReport>(path)
    expect(body).toMatchObject({
      name: 'two',
      channels: 2,
      behind: 2,
      lag: 4,
      workers: [{ worker: 'w9', channels: 1 }],
    })
    const all = await rest.get<{ consumers: { name: string }[] }>('/v1/consumers')
    expect(all.body.consumers.map(({ name }) => name)).toContain('two')
  })

  test('[CON3, CON4] two workers share the channels; what was acknowledged is not given again', async () => {
    const { rest, writer } = await made('three')
    for (const name of ['a', 'b', 'c', 'd']) await writer.post(at(`chat:three-${name}`), { text: '1' })
    const [one, two] = [workerOf(rest, 'three', 'w1'), workerOf(rest, 'three', 'w2')]
    const [first, second] = [await one.ask('?limit=2'), await two.ask()]
    expect(first.channels).toHaveLength(2)
    expect(second.channels).toHaveLength(2)
    expect([...given(first), ...given(second)].sort()).toEqual(
      ['a', 'b', 'c', 'd'].map((name) => `chat:three-${name} 0-1`),
    )
    expect(await one.ask()).toMatchObject({ lease: null, channels: [], more: false })
    for (const page of [first, second]) expect((await one.acknowledge(page)).status).toBe(204)
    // It may be repeated.
    expect((await one.acknowledge(first)).status).toBe(204)
    expect(await one.done()).toEqual([])
  })

  test('[CON4] a page is acknowledged in steps', async () => {
    const { rest, path, writer } = await made('four')
    for (const text of ['1', '2', '3']) await writer.post(at('chat:four-a'), { text })
    const worker = workerOf(rest, 'four')
    const { lease, channels } = await worker.ask()
    const part = channels[0]
    if (part === undefined || !('epoch' in part)) throw new Error('no changes were given')
    const step = { channel: part.channel, cursor: `${part.epoch}.2`, keep: true }
    expect((await rest.post(`${path}/acknowledge`, { lease, channels: [step] })).status).toBe(204)
    expect(await worker.done()).toEqual([])
    expect((await rest.post(`${path}/release`, { lease, channels: [{ channel: part.channel }] })).status).toBe(204)
    expect(await worker.done()).toEqual(['chat:four-a 2-3'])
    const bad = await rest.post(`${path}/acknowledge`, { lease, channels: [{ channel: part.channel, cursor: 'x' }] })
    expect(bad.code).toBe('invalid_cursor')
  })

  test('[CON4] a step that comes late moves no position back, and one ahead of the log is refused', async () => {
    const { rest, path, writer } = await made('late')
    for (const text of ['1', '2', '3']) await writer.post(at('chat:late-a'), { text })
    const worker = workerOf(rest, 'late')
    const { lease, channels } = await worker.ask()
    const part = channels[0]
    if (part === undefined || !('epoch' in part)) throw new Error('no changes were given')
    const step = async (rev: number) => {
      const channels = [{ channel: part.channel, cursor: `${part.epoch}.${rev}`, keep: true }]
      const { status, code } = await rest.post(`${path}/acknowledge`, { lease, channels })
      return [status, code]
    }
    expect(await step(2)).toEqual([204, undefined])
    expect(await step(1)).toEqual([204, undefined])
    expect(await step(4)).toEqual([400, 'invalid_cursor'])
    await rest.post(`${path}/release`, { lease, channels: [{ channel: part.channel }] })
    expect(await worker.done()).toEqual(['chat:late-a 2-3'])
  })

  test('[CON6] what is released with a delay is given later, and other channels meanwhile', {
    timeout: 60_000,
  }, async () => {
    const { rest, path, writer } = await made('six')
    const worker = workerOf(rest, 'six')
    await writer.post(at('chat:six-a'), { text: '1' })
    const { lease } = await worker.ask()
    const channels = [{ channel: 'chat:six-a', delaySeconds: 1 }]
    expect((await rest.post(`${path}/release`, { lease, channels })).status).toBe(204)
    await writer.post(at('chat:six-b'), { text: '1' })
    expect(await worker.done('?wait=30')).toEqual(['chat:six-b 0-1'])
    expect(await worker.done('?wait=30')).toEqual(['chat:six-a 0-1'])
    const endless = [{ channel: 'chat:six-a', delaySeconds: 1e9 }]
    expect((await rest.post(`${path}/release`, { lease, channels: endless })).code).toBe('invalid_data')
  })

  test('[CON8] a long-poll is answered when a channel of the pattern changes', async () => {
    const { rest, writer } = await made('eight')
    const worker = workerOf(rest, 'eight')
    const waiting = awaitLater(worker.done('?wait=30'))
    await writer.post(at('chat:other-eight'), { text: '1' })
    await writer.post(at('chat:eight-a'), { text: '1' })
    expect(await waiting).toEqual(['chat:eight-a 0-1'])
    expect(await worker.ask('?wait=1')).toMatchObject({ channels: [], more: false })
  })

  test('[CON7, CON9] a reset gives all again and ends leases; a deleted one is not found', async () => {
    const { rest, path, writer } = await made('nine')
    const worker = workerOf(rest, 'nine')
    await writer.post(at('chat:nine-a'), { text: '1' })
    expect(await worker.done()).toEqual(['chat:nine-a 0-1'])
    await writer.post(at('chat:nine-a'), { text: '2' })
    const held = await worker.ask()
    expect((await rest.post(`${path}/reset`, { to: 'beginning' })).status).toBe(204)
    const lost = await worker.acknowledge(held)
    expect([lost.status, lost.code]).toEqual([409, 'lease_lost'])
    expect(await worker.done()).toEqual(['chat:nine-a 0-2'])
    const root = await server.rest('root', { role: 'admin' })
    expect((await root.delete('/v1/channels/chat:nine-a')).status).toBeLessThan(300)
    expect(await worker.done('?wait=30')).toEqual(['chat:nine-a deleted'])
    expect((await rest.delete(path)).status).toBe(204)
    expect((await rest.delete(path)).code).toBe('not_found')
    expect((await rest.post(`${path}/next`, { worker: 'w' })).code).toBe('not_found')
  })
})

/** A good body of each verb. */
const bodies: Record<string, object> = {
  next: { worker: 'w1' },
  acknowledge: { lease: 'l1', channels: [] },
  release: { lease: 'l1', channels: [] },
  renew: { lease: 'l1' },
  reset: { to: 'now' },
}

describe('a lease of a second', () => {
  const server = serving({ limits: { leaseSeconds: 1 } })

  test('[CON5] ends when it is not renewed, and the next worker goes on', { timeout: 60_000 }, async () => {
    const [rest, writer] = [await server.rest('backend', { role: 'service' }), await server.rest('ana')]
    await rest.put('/v1/consumers/five', { pattern: 'chat:*', from: 'beginning' })
    await writer.post(at('chat:five'), { text: '1' })
    const [one, two] = [workerOf(rest, 'five', 'w1'), workerOf(rest, 'five', 'w2')]
    const lost = await one.ask()
    expect([given(lost), lost.leaseSeconds]).toEqual([['chat:five 0-1'], 1])
    const taken = await two.ask('?wait=30')
    expect(given(taken)).toEqual(['chat:five 0-1'])
    for (const answer of [
      await one.acknowledge(lost),
      await rest.post('/v1/consumers/five/renew', { lease: lost.lease }),
    ])
      expect([answer.status, answer.code]).toEqual([409, 'lease_lost'])
    await rest.post('/v1/consumers/five/renew', { lease: taken.lease })
    expect((await two.acknowledge(taken)).status).toBe(204)
  })
})

describe('a log whose tombstones were purged', () => {
  const server = serving({ retainMs: 100 })

  test('[CON4] a page of it is acknowledged in steps, and read on from them', { timeout: 60_000 }, async () => {
    const [rest, writer] = [await server.rest('backend', { role: 'service' }), await server.rest('ana')]
    const channel = 'chat:purged'
    for (const name of ['a', 'b', 'c', 'd']) await writer.put(at(channel, 'messages', name), { text: name })
    await writer.delete(at(channel, 'messages', 'a'))
    await rest.put('/v1/consumers/steps', { pattern: channel, from: 'beginning' })
    const worker = workerOf(rest, 'steps')
    const { headers } = await writer.get(at(channel, 'messages', 'b'))
    const epoch = String(headers['dovetail-at']).split('.')[0]
    const poll = async () => (await writer.get(`/v1/channels/${channel}/changes?after=${epoch}.4`)).status
    await expect.poll(poll, { interval: 50, timeout: patienceMs }).toBe(410)
    const { lease, channels } = await worker.ask()
    const part = channels[0]
    if (part === undefined || !('epoch' in part)) throw new Error('no changes were given')
    expect([part.from, part.to, part.floor]).toEqual([0, 5, 5])
    const step = { channel, cursor: `${part.epoch}.3~${part.floor}` }
    await rest.post('/v1/consumers/steps/acknowledge', { lease, channels: [step] })
    const rest3 = await worker.ask()
    expect(given(rest3)).toEqual([`${channel} 3-5`])
    expect((await worker.acknowledge(rest3)).status).toBe(204)
    await writer.put(at(channel, 'messages', 'e'), { text: 'e' })
    const [last] = (await worker.ask()).channels
    expect(last).toMatchObject({ from: 5, to: 6 })
    expect(last).not.toHaveProperty('floor')
  })
})

describe('the price of consumers', () => {
  const server = serving({ limits: { commands: 1, commandsBurst: 100, recordsCost: 1000 } })

  test('[CON10] it is that of what was asked for, and then of the channels and changes that were read', async () => {
    const writer = await server.rest('ana', { role: 'service' })
    for (const name of ['a', 'b', 'c']) await writer.post(at(`chat:${name}`), { text: '1' })
    const rest = await server.rest('boss', { role: 'admin' })
    await writer.put('/v1/consumers/ten', { pattern: 'chat:*', from: 'beginning' })
    const left = async () => {
      const { headers } = await rest.get('/v1/channels/chat:a')
      return Number(/r=(\d+)/.exec(String(headers.ratelimit))?.[1])
    }
    expect(await left()).toBeGreaterThanOrEqual(95)
    for (let i = 0; i < 10; i++) expect((await rest.get('/v1/consumers/ten')).status).toBe(200)
    // Ten times three channels, at 1 each, and a tenth for each request.
    expect(await left()).toBeLessThanOrEqual(75)
  })
})
