/** The suite that every adapter of `outbox.ts` passes. Its rule ids begin with OUT. */
import { expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import type { Outbox } from './outbox.ts'

/** A connection of an application. */
export interface ApplicationConnection {
  begin(): Promise<void>
  commit(): Promise<void>
  rollBack(): Promise<void>
  /** An INSERT into the outbox of these columns. */
  publish(columns: Published): Promise<void>
  /** The columns `refused` and `reason` of all entries, in the order of their numbers. */
  refusals(): Promise<readonly (readonly [string | null, string | null])[]>
  /** As an operator does, who has all entries tried again. */
  tryAgain(): Promise<void>
}

export interface Published {
  readonly channel: string
  readonly collection: string
  readonly record?: string
  readonly op?: string
  readonly data?: string
  readonly author?: string
  readonly key?: string
}

export type OpenOutbox = () => Promise<{
  readonly outbox: Outbox
  readonly connect: () => Promise<ApplicationConnection>
  /** The system's. */
  readonly clock: Clock
}>

const message = (channel: string, text: string): Published => ({
  channel,
  collection: 'messages',
  data: JSON.stringify({ text }),
})

const textsOf = async (outbox: Outbox): Promise<string[]> =>
  (await outbox.waiting(1000)).map(({ data }) => JSON.parse(data ?? '{}').text)

export function outboxContract(open: OpenOutbox): void {
  async function opened() {
    const { outbox, connect, clock } = await open()
    return { outbox, clock, client: await connect() }
  }

  test('[OUT1] what an open transaction leaves is not seen, what rolls back never, what commits with all its parts', async () => {
    const { outbox, client } = await opened()
    await client.begin()
    await client.publish(message('chat:a', 'rolled back'))
    expect(await outbox.waiting(10)).toEqual([])
    await client.rollBack()
    expect(await outbox.waiting(10)).toEqual([])
    await client.begin()
    const data = '{"n":5}'
    await client.publish({ channel: 'orders:7', collection: 'events', record: 'e1', data, author: 'ana', key: 'k' })
    await client.commit()
    const [entry] = await outbox.waiting(10)
    expect({ ...entry, data: JSON.parse(entry?.data ?? 'null') }).toEqual({
      id: entry?.id,
      channel: 'orders:7',
      collection: 'events',
      op: 'put',
      recordId: 'e1',
      data: { n: 5 },
      author: 'ana',
      key: 'k',
    })
    expect(entry?.id).toMatch(/^\d+$/)
  })

  test('[OUT1] what is left out is left to the server', async () => {
    const { outbox, client } = await opened()
    await client.publish(message('chat:a', 'x'))
    await client.publish({ channel: 'chat:a', collection: 'messages', record: 'r', op: 'delete' })
    const absent = { author: null, key: null }
    expect(await outbox.waiting(10)).toMatchObject([
      { op: 'create', recordId: null, ...absent },
      { op: 'delete', recordId: 'r', data: null, ...absent },
    ])
  })

  test('[OUT2] entries come by their numbers, the tenth after the ninth, and not more than are asked for', async () => {
    const { outbox, client } = await opened()
    const texts = Array.from({ length: 12 }, (_, number) => String(number))
    for (const text of texts) await client.publish(message('chat:a', text))
    expect(await textsOf(outbox)).toEqual(texts)
    expect(await outbox.waiting(3)).toHaveLength(3)
  })

  test('[OUT3] an entry that is settled has a number that no later one gets', async () => {
    const { outbox, client } = await opened()
    await client.publish(message('chat:a', 'x'))
    const [first] = await outbox.waiting(1)
    await outbox.settle([first?.id ?? ''], [])
    await client.publish(message('chat:a', 'y'))
    const [second] = await outbox.waiting(1)
    expect(Number(second?.id)).toBeGreaterThan(Number(first?.id))
  })

  test('[OUT2] a commit wakes the one that relays', async () => {
    const { outbox, client, clock } = await opened()
    const woken = new Promise<void>((resolve) => outbox.onWaiting(resolve, clock))
    await outbox.waiting(1)
    await client.begin()
    await client.publish(message('chat:a', 'x'))
    await client.commit()
    await woken
  })

  test('[OUT4] settled entries are gone, refused ones stay with their reasons and are not given again', async () => {
    const { outbox, client } = await opened()
    for (const text of ['a', 'b', 'c']) await client.publish(message('chat:a', text))
    const [a, b] = await outbox.waiting(2)
    await outbox.settle([a?.id ?? ''], [{ id: b?.id ?? '', code: 'invalid_data', detail: 'No "text".' }])
    expect(await textsOf(outbox)).toEqual(['c'])
    expect(await client.refusals()).toEqual([
      ['invalid_data', 'No "text".'],
      [null, null],
    ])
    await client.tryAgain()
    expect(await textsOf(outbox)).toEqual(['b', 'c'])
  })

  test('[OUT1] an unknown op, and data that is no JSON, fail in the application’s statement', async () => {
    const { outbox, client } = await opened()
    await expect(client.publish({ ...message('chat:a', 'x'), op: 'rename' })).rejects.toThrow(/op/)
    await expect(client.publish({ ...message('chat:a', 'x'), data: '{"text"' })).rejects.toThrow(/json/i)
    expect(await outbox.waiting(10)).toEqual([])
  })
}
