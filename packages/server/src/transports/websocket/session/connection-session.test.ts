import { describe, expect, test } from 'vitest'
import { GateOutlet } from '../../../core/simulation/gate-outlet.fixture.ts'
import { HandClock } from '../../../core/simulation/hand-clock.fixture.ts'
import { ConnectionSession } from './connection-session.ts'

/** Commands that are queued and end when the test says; `begun` is the order in which they began. */
function world() {
  const session = new ConnectionSession('c1', '192.0.2.1', new GateOutlet(), null, () => {})
  const begun: string[] = []
  const ends = new Map<string, { queued: () => void; end: () => void; fail: () => void }>()
  const send = (name: string, parallel: boolean, channel = 'chat:a') =>
    session
      .inOrder(channel, parallel, (queued) => {
        begun.push(name)
        return new Promise<string>((resolve, reject) => {
          ends.set(name, { queued, end: () => resolve(name), fail: () => reject(new Error(name)) })
        })
      })
      .catch((error: Error) => `failed ${error.message}`)
  return { send, begun, of: (name: string) => ends.get(name), clock: new HandClock() }
}

describe('commands of one connection to one channel', () => {
  test('[WSK3] begin one after the other, in the order sent', async () => {
    const { send, begun, of, clock } = world()
    for (const name of ['a', 'b', 'c']) void send(name, false)
    await clock.settle()
    expect(begun).toEqual(['a'])
    of('a')?.end()
    await clock.settle()
    of('b')?.end()
    await clock.settle()
    expect(begun).toEqual(['a', 'b', 'c'])
  })

  test('[WSK3] a create begins once the create before it is queued in the commit group, not before', async () => {
    const { send, begun, of, clock } = world()
    for (const name of ['a', 'b', 'c']) void send(name, true)
    await clock.settle()
    expect(begun).toEqual(['a'])
    of('a')?.queued()
    await clock.settle()
    expect(begun).toEqual(['a', 'b'])
    of('b')?.queued()
    await clock.settle()
    expect(begun).toEqual(['a', 'b', 'c'])
  })

  test('a create that fails before it is queued lets the next one begin', async () => {
    const { send, begun, of, clock } = world()
    void send('a', true)
    void send('b', true)
    of('a')?.fail()
    await clock.settle()
    expect(begun).toEqual(['a', 'b'])
  })

  test('[WSK3] a put waits for the creates before it, and the creates after it wait for the put', async () => {
    const { send, begun, of, clock } = world()
    void send('create 1', true)
    of('create 1')?.queued()
    await clock.settle()
    void send('create 2', true)
    void send('put', false)
    void send('create 3', true)
    await clock.settle()
    of('create 2')?.end()
    await clock.settle()
    expect(begun).toEqual(['create 1', 'create 2'])
    of('create 1')?.end()
    await clock.settle()
    expect(begun).toEqual(['create 1', 'create 2', 'put'])
    of('put')?.end()
    await clock.settle()
    expect(begun).toEqual(['create 1', 'create 2', 'put', 'create 3'])
  })

  test('a command that fails holds no other up, and fails alone', async () => {
    const { send, of, clock } = world()
    const results = [send('a', false), send('b', false)]
    of('a')?.fail()
    await clock.settle()
    of('b')?.end()
    expect(await Promise.all(results)).toEqual(['failed a', 'b'])
  })

  test('commands to another channel do not wait', async () => {
    const { send, begun } = world()
    void send('a', false, 'chat:a')
    void send('b', false, 'chat:b')
    expect(begun).toEqual(['a', 'b'])
  })

  test('a command begins at once where none runs before it', async () => {
    const { send, begun, of, clock } = world()
    void send('a', true)
    of('a')?.end()
    await clock.settle()
    void send('b', true)
    expect(begun).toEqual(['a', 'b'])
  })
})
