import { describe, expect, onTestFinished, test } from 'vitest'
import { advanced, type BackbonePair, type CuttablePair, dropped, isOf, Subscriber } from './backbone.fixture.ts'
import type { Notification } from './backbone.ts'

/**
 * What every backbone promises while no connection is cut. `open` gives a pair that shares no
 * notifications with other tests. `sent`: whether small changes are sent, or heads alone, of which the
 * last one published in a turn is enough.
 */
export function backboneContract(
  name: string,
  open: () => Promise<BackbonePair>,
  sent: 'changes' | 'heads' = 'changes',
): void {
  const opened = async () => {
    const { near, far } = await open()
    onTestFinished(async () => {
      await near.close()
      await far.close()
    })
    return { near, far, subscriber: new Subscriber(far), nearSubscriber: new Subscriber(near) }
  }
  describe(name, () => {
    deliveryContract(opened, sent)
    interestContract(opened)
    publishingContract(opened, sent)
  })
}

type Opened = () => Promise<BackbonePair & { subscriber: Subscriber; nearSubscriber: Subscriber }>

function deliveryContract(opened: Opened, sent: 'changes' | 'heads'): void {
  test(`a notification of each kind arrives as it was published${sent === 'heads' ? ', without its changes' : ''}`, async () => {
    const { near, subscriber } = await opened()
    await subscriber.listen('chat:a')
    const notifications: readonly Notification[] = [
      advanced('chat:a', 3, ['é 😀 "\\ \u2028', '<b>', 'gone']),
      advanced('chat:a', 9_007_199_254_740_991, []),
      dropped('chat:a'),
      { kind: 'signal', channel: 'chat:a', type: 'typing', data: '{"x":[1,null,"ü"]}', user: 'ana' },
      { kind: 'signal', channel: 'chat:a', type: 'a.b:c', data: '0', user: null },
    ]
    for (const notification of notifications) {
      near.publish(notification)
      const expected = sent === 'heads' ? headOf(notification) : notification
      const text = JSON.stringify(expected)
      expect(await subscriber.received(text, (one) => JSON.stringify(one) === text)).toEqual(expected)
    }
  })

  test('a notification of 100 kB arrives, with its changes or with the new head alone', async () => {
    const { near, subscriber } = await opened()
    await subscriber.listen('chat:a')
    near.publish(advanced('chat:a', 1, ['ü'.repeat(50_000)]))
    expect(await subscriber.received('the notification', isOf('chat:a'))).toMatchObject({
      kind: 'advanced',
      epoch: 'e0',
      head: 1,
    })
  })

  test('a node does not receive its own notifications', async () => {
    const { near, far, subscriber, nearSubscriber } = await opened()
    await Promise.all([subscriber.listen('chat:a'), nearSubscriber.listen('chat:a')])
    near.publish(dropped('chat:a'))
    await subscriber.received('the notification', isOf('chat:a'))
    far.publish(advanced('chat:a', 1, []))
    await nearSubscriber.received('the other notification', isOf('chat:a'))
    await near.probe()
    expect(nearSubscriber.notifications.map(({ kind }) => kind)).toEqual(['advanced'])
  })

  test('[OPS3] the report of a node arrives on a node that listens to no channel', async () => {
    const { near, subscriber } = await opened()
    const figures = { connections: 3, readers: 2, readersBehind: 1, channels: 4, writesPerSecond: 0.5 }
    const report = {
      ...{ name: 'host "a"/7', version: '1.2.3', startedAt: 1_790_000_000_000, isLeaving: false },
      ...{ ...figures, framesPerSecond: 12.25, lagMs: null, memoryBytes: 9_000_000, busyShare: 0.125 },
    }
    near.publish({ kind: 'node', report })
    await subscriber.received('the report', ({ kind }) => kind === 'node')
    expect(subscriber.notifications).toEqual([{ kind: 'node', report }])
  })

  test('`revoked` arrives on a node that listens to no channel', async () => {
    const { near, subscriber } = await opened()
    near.publish({ kind: 'revoked' })
    await subscriber.received('the notification', ({ kind }) => kind === 'revoked')
  })
}

function interestContract(opened: Opened): void {
  test('a notification published after `listen` resolved arrives', async () => {
    const { near, subscriber } = await opened()
    for (let i = 0; i < 20; i++) {
      await subscriber.listen(`chat:${i}`)
      near.publish(dropped(`chat:${i}`))
      await subscriber.received(`the notification of chat:${i}`, isOf(`chat:${i}`))
    }
  })

  test('only notifications of the listened channels arrive, compared by the whole name', async () => {
    const { near, subscriber } = await opened()
    const long = `a${'.:~@-_'.repeat(21)}z`
    for (const channel of ['chat:a', long, 'dev:null']) await subscriber.listen(channel)
    for (const other of ['chat:A', 'chat', 'chat:aa', 'chat:a:', 'probe', 'all']) near.publish(dropped(other))
    for (const channel of [long, 'dev:null', 'chat:a']) near.publish(dropped(channel))
    for (const channel of ['chat:a', long, 'dev:null']) await subscriber.received(channel, isOf(channel))
    expect(subscriber.notifications).toHaveLength(3)
  })

  test('notifications of a channel arrive until the last listener stops', async () => {
    const { near, subscriber } = await opened()
    const [stopOne, stopTwo] = [await subscriber.listen('chat:a'), await subscriber.listen('chat:a')]
    await subscriber.listen('chat:end')
    stopOne()
    stopOne()
    near.publish(advanced('chat:a', 1, []))
    await subscriber.received('the notification', isOf('chat:a'))
    stopTwo()
    // A listener that joins meanwhile is not stopped by an earlier listener's stop.
    const stopThree = await subscriber.listen('chat:a')
    near.publish(advanced('chat:a', 2, []))
    await subscriber.received(
      'the second notification',
      (notification) => notification.kind === 'advanced' && notification.head === 2,
    )
    stopThree()
    await subscriber.listen('chat:later')
    near.publish(advanced('chat:a', 3, []))
    near.publish(dropped('chat:end'))
    await subscriber.received('the end', isOf('chat:end'))
    expect(subscriber.notifications.filter(isOf('chat:a'))).toHaveLength(2)
  })
}

function publishingContract(opened: Opened, sent: 'changes' | 'heads'): void {
  test('each probe resolves when its notification has come back', async () => {
    const { near, far } = await opened()
    await Promise.all([near.probe(), near.probe(), far.probe()])
    await near.probe()
  })

  test('a closed backbone publishes nothing and rejects `probe` and `listen`', async () => {
    const { near, far } = await opened()
    await near.listen('chat:a')
    await near.close()
    near.publish(dropped('chat:a'))
    await expect(near.probe()).rejects.toThrow()
    await expect(near.listen('chat:b')).rejects.toThrow()
    await near.close()
    await far.probe()
  })

  test('a thousand signals published in one turn all arrive, also those that are equal', async () => {
    const { near, subscriber } = await opened()
    await subscriber.listen('chat:a')
    const signal = { kind: 'signal', channel: 'chat:a', type: 'wave', data: '1', user: null } as const
    for (let count = 1; count <= 1000; count++) near.publish(signal)
    await expect.poll(() => subscriber.notifications.length).toBe(1000)
  })

  test(`of a thousand notifications published in one turn, ${sent === 'heads' ? 'the last head arrives' : 'all arrive'}`, async () => {
    const { near, subscriber } = await opened()
    await subscriber.listen('chat:a')
    for (let head = 1; head <= 1000; head++) near.publish(advanced('chat:a', head, ['x']))
    await subscriber.received(
      'the last notification',
      (notification) => notification.kind === 'advanced' && notification.head === 1000,
    )
    if (sent === 'changes') await expect.poll(() => subscriber.notifications.length).toBe(1000)
  })
}

/** What arrives where changes are not sent. */
function headOf(notification: Notification): Notification {
  if (notification.kind !== 'advanced' || notification.changes.length === 0) return notification
  return { ...notification, changes: [], membersUnchanged: true }
}

/** What a backbone promises in addition where a test can disconnect its nodes. */
export function cutContract(name: string, open: () => Promise<CuttablePair>): void {
  test(`${name}: a disconnected node publishes and listens without waiting, then reports a gap and receives all channels again`, async () => {
    const pair = await open()
    onTestFinished(async () => {
      await pair.near.close()
      await pair.far.close()
    })
    const subscriber = new Subscriber(pair.far)
    const nearSubscriber = new Subscriber(pair.near)
    await Promise.all([subscriber.listen('chat:a'), nearSubscriber.listen('chat:b')])
    const heal = await pair.cut()
    for (let head = 1; head <= 20_000; head++) pair.far.publish(advanced('chat:b', head, ['x'.repeat(1000)]))
    await subscriber.listen('chat:new')
    await heal()
    await subscriber.gapsReach(1)
    await subscriber.receivedInTheEnd(pair.near, dropped('chat:a'))
    await subscriber.receivedInTheEnd(pair.near, dropped('chat:new'))
    await nearSubscriber.receivedInTheEnd(pair.far, dropped('chat:b'))
    await pair.far.probe()
  })
}
