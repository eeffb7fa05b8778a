/** The suite that every adapter of `consumers.ts` passes. */
import { describe, expect, test } from 'vitest'
import type { Consumers, Settlement } from './consumers.ts'

interface ConsumerStore {
  readonly consumers: Consumers
  close(): Promise<void>
}

/** `reopen` closes the store and opens the same data again; `null`: nothing outlives the process. */
export type OpenConsumers = () => Promise<{
  readonly store: ConsumerStore
  readonly reopen: (() => Promise<ConsumerStore>) | null
}>

const mail = { name: 'mail', pattern: 'chat:*', version: 'v1', createdAt: Date.UTC(2026, 10, 30) }
const long = 60_000
const patient = { timeout: 45_000 }

function request(lease: string, channels: readonly string[], more: { leaseMs?: number; consumer?: string } = {}) {
  return { consumer: mail.name, channels, lease, worker: `worker of ${lease}`, leaseMs: long, ...more }
}

function done(channel: string, cursor: string | null, more: Partial<Settlement> = {}): Settlement {
  return { channel, cursor, keep: false, delayMs: 0, ...more }
}

export function consumersContract(open: OpenConsumers): void {
  async function opened(run: (consumers: Consumers) => Promise<void>): Promise<void> {
    const { store } = await open()
    try {
      await store.consumers.make(mail, [{ channel: 'chat:a', cursor: 'e.3' }])
      await run(store.consumers)
    } finally {
      await store.close()
    }
  }

  async function cursorsOf(consumers: Consumers): Promise<Record<string, string>> {
    const rows = await consumers.positions(mail.name)
    return Object.fromEntries(rows.map(({ channel, cursor }) => [channel, cursor]))
  }

  describe('consumers', () => {
    test('a consumer is made once, and is found and listed as it was made', () =>
      opened(async (consumers) => {
        const again = { ...mail, version: 'v2', pattern: 'team:*' }
        expect(await consumers.make(again, [{ channel: 'chat:a', cursor: 'e.9' }])).toEqual({
          made: false,
          consumer: mail,
        })
        const other = { ...mail, name: 'bills' }
        expect(await consumers.make(other, [])).toEqual({ made: true, consumer: other })
        expect(await consumers.list()).toEqual([other, mail])
        expect([await consumers.find('mail'), await consumers.find('mai_')]).toEqual([mail, null])
        expect(await cursorsOf(consumers)).toEqual({ 'chat:a': 'e.3' })
      }))

    test('of two that make a consumer at once, one does', () =>
      opened(async (consumers) => {
        const names = ['v5', 'v6', 'v7'].map((version) => ({ ...mail, name: 'new', version }))
        const made = await Promise.all(
          names.map((each) => consumers.make(each, [{ channel: each.version, cursor: 'e.1' }])),
        )
        const winner = made.find((each) => each.made)?.consumer
        expect(made.map(({ consumer }) => consumer)).toEqual([winner, winner, winner])
        expect((await consumers.positions('new')).map(({ channel }) => channel)).toEqual([winner?.version])
      }))

    test('a claim gives each free channel with its cursor, and holds it against every other lease', () =>
      opened(async (consumers) => {
        const first = await consumers.claim(request('l1', ['chat:b', 'chat:a']))
        expect(first?.claimed.toSorted((a, b) => (a.channel < b.channel ? -1 : 1))).toEqual([
          { channel: 'chat:a', cursor: 'e.3' },
          { channel: 'chat:b', cursor: '0' },
        ])
        expect(first?.refused).toEqual([])
        const second = await consumers.claim(request('l2', ['chat:a', 'chat:c']))
        expect(second?.claimed).toEqual([{ channel: 'chat:c', cursor: '0' }])
        expect(second?.refused).toEqual([{ channel: 'chat:a', freeInMs: expect.any(Number) }])
        expect(second?.refused[0]?.freeInMs).toBeGreaterThan(0)
        expect(second?.refused[0]?.freeInMs).toBeLessThanOrEqual(long)
      }))

    test('of claims of the same channels at once, each channel goes to one', () =>
      opened(async (consumers) => {
        const channels = Array.from({ length: 30 }, (_, index) => `chat:${index}`)
        const leases = ['l1', 'l2', 'l3', 'l4']
        const claims = await Promise.all(
          leases.map((lease, turn) =>
            consumers.claim(request(lease, turn % 2 === 0 ? channels : [...channels].reverse())),
          ),
        )
        const claimed = claims.flatMap((each) => each?.claimed.map(({ channel }) => channel) ?? [])
        expect([...claimed].sort()).toEqual([...channels].sort())
      }))

    test('a consumer that is not there has nothing to claim, settle, renew or reset', () =>
      opened(async (consumers) => {
        expect(await consumers.claim(request('l1', ['chat:a'], { consumer: 'nobody' }))).toBeNull()
        expect(await consumers.settle('nobody', 'l1', [done('chat:a', 'e.4')])).toBe(false)
        expect(await consumers.renew('nobody', 'l1', long)).toBe(0)
        expect(await consumers.reset('nobody', 'v2', [])).toBe(false)
        expect(await consumers.drop('nobody')).toBe(false)
        expect(await consumers.positions('nobody')).toEqual([])
      }))

    test('what is settled moves the cursor and frees the channel, unless it is kept', () =>
      opened(async (consumers) => {
        await consumers.claim(request('l1', ['chat:a', 'chat:b']))
        const settled = [done('chat:a', 'e.5'), done('chat:b', 'e.1', { keep: true })]
        expect(await consumers.settle(mail.name, 'l1', settled)).toBe(true)
        expect(await cursorsOf(consumers)).toEqual({ 'chat:a': 'e.5', 'chat:b': 'e.1' })
        const next = await consumers.claim(request('l2', ['chat:a', 'chat:b']))
        expect(next?.claimed).toEqual([{ channel: 'chat:a', cursor: 'e.5' }])
        expect(next?.refused.map(({ channel }) => channel)).toEqual(['chat:b'])
      }))

    test('a lease that lost one of the channels settles none of them', () =>
      opened(async (consumers) => {
        await consumers.claim(request('l1', ['chat:a', 'chat:b']))
        await consumers.settle(mail.name, 'l1', [done('chat:a', 'e.5')])
        await consumers.claim(request('l2', ['chat:a']))
        expect(await consumers.settle(mail.name, 'l1', [done('chat:b', 'e.9'), done('chat:a', 'e.9')])).toBe(false)
        expect(await cursorsOf(consumers)).toEqual({ 'chat:a': 'e.5', 'chat:b': '0' })
        expect(await consumers.settle(mail.name, 'l3', [done('chat:b', 'e.9')])).toBe(false)
      }))

    test('a settlement may be repeated until somebody claims the channel', () =>
      opened(async (consumers) => {
        await consumers.claim(request('l1', ['chat:a']))
        for (const _ of [1, 2]) expect(await consumers.settle(mail.name, 'l1', [done('chat:a', 'e.5')])).toBe(true)
        expect(await consumers.renew(mail.name, 'l1', long)).toBe(0)
        expect((await consumers.claim(request('l2', ['chat:a'])))?.claimed).toEqual([
          { channel: 'chat:a', cursor: 'e.5' },
        ])
        expect(await consumers.settle(mail.name, 'l1', [done('chat:a', 'e.5')])).toBe(false)
      }))

    test.each([
      ['e.3', 'e.5', 'e.5'],
      ['e.5', 'e.3', 'e.5'],
      ['e.10', 'e.9', 'e.10'],
      ['e.5', 'f.3', 'f.3'],
      ['e.5', '0', '0'],
      ['0', 'e.1', 'e.1'],
      // The log was purged up to 9 since 5 was settled: the consumer reads it from its beginning.
      ['e.5', 'e.2~9', 'e.2~9'],
      ['e.5~7', 'e.2~9', 'e.2~9'],
      // What began after that purge does not go back.
      ['e.5~9', 'e.2~9', 'e.5~9'],
      ['e.12', 'e.2~9', 'e.12'],
      ['e.5~9', 'e.12', 'e.12'],
    ])('a position at %s to which %s is settled is %s', (held, given, expected) =>
      opened(async (consumers) => {
        await consumers.claim(request('l1', ['chat:a']))
        for (const cursor of [held, given])
          expect(await consumers.settle(mail.name, 'l1', [done('chat:a', cursor, { keep: true })])).toBe(true)
        expect(await cursorsOf(consumers)).toEqual({ 'chat:a': expected })
      }),
    )

    test('a channel that is freed unread is forgotten', () =>
      opened(async (consumers) => {
        await consumers.claim(request('l1', ['chat:a', 'chat:b']))
        await consumers.settle(mail.name, 'l1', [done('chat:a', '0'), done('chat:b', null)])
        expect(await cursorsOf(consumers)).toEqual({})
      }))

    test('a lease that is not renewed ends, and the next one goes on from the settled cursor', patient, () =>
      opened(async (consumers) => {
        await consumers.claim(request('l1', ['chat:a'], { leaseMs: 1 }))
        await consumers.settle(mail.name, 'l1', [done('chat:a', 'e.4', { keep: true })])
        await expect
          .poll(async () => (await consumers.claim(request('l2', ['chat:a'])))?.claimed, { timeout: 45_000 })
          .toEqual([{ channel: 'chat:a', cursor: 'e.4' }])
        expect(await consumers.settle(mail.name, 'l1', [done('chat:a', 'e.9')])).toBe(false)
        expect(await consumers.renew(mail.name, 'l1', long)).toBe(0)
      }),
    )

    test('a lease that is renewed holds all of its channels', patient, () =>
      opened(async (consumers) => {
        await consumers.claim(request('l1', ['chat:a', 'chat:b'], { leaseMs: 1 }))
        expect(await consumers.renew(mail.name, 'l1', long)).toBe(2)
        expect((await consumers.claim(request('l2', ['chat:a', 'chat:b'])))?.claimed).toEqual([])
        const rows = await consumers.positions(mail.name)
        expect(rows.map(({ worker }) => worker)).toEqual(['worker of l1', 'worker of l1'])
        for (const { freeInMs } of rows) expect(freeInMs).toBeGreaterThan(0)
      }),
    )

    test('a delayed channel is held by nobody, and can not be claimed before its time', patient, () =>
      opened(async (consumers) => {
        await consumers.claim(request('l1', ['chat:a', 'chat:b']))
        const delayed = [done('chat:a', null, { delayMs: long }), done('chat:b', null, { delayMs: 1 })]
        expect(await consumers.settle(mail.name, 'l1', delayed)).toBe(true)
        const row = (await consumers.positions(mail.name)).find(({ channel }) => channel === 'chat:a')
        expect(row).toEqual({ channel: 'chat:a', cursor: 'e.3', worker: null, freeInMs: expect.any(Number) })
        expect(row?.freeInMs).toBeGreaterThan(0)
        await expect
          .poll(async () => (await consumers.claim(request('l2', ['chat:b'])))?.claimed, { timeout: 45_000 })
          .toEqual([{ channel: 'chat:b', cursor: '0' }])
        expect((await consumers.claim(request('l3', ['chat:a'])))?.claimed).toEqual([])
      }),
    )

    test('a reset replaces all positions and ends all leases', () =>
      opened(async (consumers) => {
        await consumers.claim(request('l1', ['chat:a', 'chat:b']))
        expect(await consumers.reset(mail.name, 'v2', [{ channel: 'chat:c', cursor: 'e.7' }])).toBe(true)
        expect(await consumers.find(mail.name)).toEqual({ ...mail, version: 'v2' })
        expect(await cursorsOf(consumers)).toEqual({ 'chat:c': 'e.7' })
        expect(await consumers.settle(mail.name, 'l1', [done('chat:a', 'e.9')])).toBe(false)
        expect((await consumers.claim(request('l2', ['chat:a'])))?.claimed).toEqual([
          { channel: 'chat:a', cursor: '0' },
        ])
      }))

    test('a consumer that was deleted is gone with its positions; others keep theirs', () =>
      opened(async (consumers) => {
        await consumers.make({ ...mail, name: 'bills' }, [{ channel: 'chat:a', cursor: 'e.1' }])
        expect(await consumers.drop(mail.name)).toBe(true)
        expect([await consumers.find(mail.name), await consumers.positions(mail.name)]).toEqual([null, []])
        await consumers.make(mail, [])
        expect(await cursorsOf(consumers)).toEqual({})
        expect(await consumers.positions('bills')).toHaveLength(1)
      }))

    test('where data outlives the process, positions, leases and delays do', async () => {
      const { store, reopen } = await open()
      await store.consumers.make(mail, [])
      await store.consumers.claim(request('l1', ['chat:a', 'chat:b', 'chat:c']))
      const settled = [done('chat:a', 'e.5'), done('chat:b', 'e.2', { delayMs: long })]
      await store.consumers.settle(mail.name, 'l1', settled)
      const again = reopen === null ? store : await reopen()
      try {
        expect(await again.consumers.list()).toEqual([mail])
        const next = await again.consumers.claim(request('l2', ['chat:a', 'chat:b', 'chat:c']))
        expect(next?.claimed).toEqual([{ channel: 'chat:a', cursor: 'e.5' }])
        expect(await again.consumers.settle(mail.name, 'l1', [done('chat:c', 'e.1')])).toBe(true)
      } finally {
        await again.close()
      }
    })
  })
}
