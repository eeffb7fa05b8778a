import { describe, expect, test } from 'vitest'
import { openMemoryStore } from '../../stores/memory/memory-store.ts'
import { callerOf, coreWorld } from '../simulation/core-world.fixture.ts'
import { write } from '../write/write.ts'
import { ConsumerFigures } from './consumer-figures.ts'
import { deleteConsumer, openConsumer } from './consumers.ts'

const staff = callerOf('worker', 'service')

function world() {
  const store = openMemoryStore()
  const { core, clock, done } = coreWorld({ store })
  const figures = new ConsumerFigures(core)
  const put = (channel: string, recordId: string) => {
    const command = { op: 'put', channel, collection: 'messages', recordId, data: { text: recordId } } as const
    return done(write(core, callerOf('ana', 'admin'), command))
  }
  const consume = (name: string, pattern: string) =>
    done(openConsumer(core, staff, { name, pattern, from: 'beginning' }))
  /** After the time for which a look is kept. */
  const looked = async () => {
    await clock.pass(15_000)
    return done(figures.all())
  }
  return { core, clock, done, store, figures, put, consume, looked }
}

describe('the figures of consumers', () => {
  test('are what is not acknowledged, who holds channels, and since when nothing was acknowledged', async () => {
    const { core, clock, done, put, consume, looked } = world()
    await consume('mail', 'chat:*')
    for (const id of ['1', '2', '3']) await put('chat:a', id)
    await put('chat:b', '1')
    const idle = expect.closeTo(15, 1)
    expect(await looked()).toEqual([{ name: 'mail', lag: 4, behind: 2, workers: 0, held: 0, idleSeconds: idle }])
    const consumption = core.consumptions.of('mail')
    const page = await done(consumption.next(staff, { worker: 'w1', changes: 100 }))
    expect(await looked()).toMatchObject([{ lag: 4, workers: 1, held: 2, idleSeconds: expect.closeTo(30, 1) }])
    const [first] = page.channels
    if (first === undefined || !('changes' in first)) throw new Error('nothing was given')
    await done(consumption.acknowledge(page.lease, [{ channel: first.channel, cursor: first.cursor }]))
    await done(consumption.renew(page.lease))
    await clock.pass(5000)
    expect(await looked()).toMatchObject([
      { lag: 4 - first.changes.length, behind: 1, held: 1, idleSeconds: expect.closeTo(20, 1) },
    ])
  })

  test('are looked for once in 15 s, however often they are asked for', async () => {
    const { core, clock, done, figures, put, consume } = world()
    await consume('mail', 'chat:*')
    let looks = 0
    const { list } = core.consumers
    core.consumers.list = () => {
      looks++
      return list.call(core.consumers)
    }
    await clock.pass(20_000)
    const [one, two] = [figures.all(), figures.all()]
    await done(Promise.all([one, two]))
    await put('chat:a', '1')
    expect(await done(figures.all())).toMatchObject([{ lag: 0 }])
    expect(looks).toBe(1)
    await clock.pass(15_000)
    expect(await done(figures.all())).toMatchObject([{ lag: 1 }])
    expect(looks).toBe(2)
  })

  test('leave out a consumer that was deleted, and one with more channels than are looked at', async () => {
    const { core, done, store, put, consume, looked } = world()
    await consume('few', 'chat:few*')
    await consume('many', 'chat:*')
    await consume('gone', 'chat:gone*')
    await put('chat:few', '1')
    await done(deleteConsumer(core, staff, 'gone'))
    const channels = store.channels.bind(store)
    store.channels = async (query) => {
      if (query.prefix !== 'chat:') return channels(query)
      const [one] = await channels({ ...query, after: '' })
      if (one === undefined) throw new Error('there is no channel')
      return Array.from({ length: 1000 }, (_none, i) => ({ ...one, name: `${query.after || 'chat:x'}${i}` }))
    }
    expect((await looked()).map(({ name }) => name)).toEqual(['few'])
  })

  test('are looked for again where the store did not answer', async () => {
    const { core, clock, done, figures, consume } = world()
    await consume('mail', 'chat:*')
    const { list } = core.consumers
    core.consumers.list = () => Promise.reject(new Error('no answer'))
    await clock.pass(20_000)
    await expect(done(figures.all())).rejects.toThrow('no answer')
    core.consumers.list = list
    expect(await done(figures.all())).toMatchObject([{ name: 'mail' }])
  })
})
