import { describe, expect, test } from 'vitest'
import { callerOf, coreWorld } from '../../core/simulation/core-world.fixture.ts'
import { GateOutlet } from '../../core/simulation/gate-outlet.fixture.ts'
import { write } from '../../core/write/write.ts'
import { dispatch } from './dispatch.ts'
import { ConnectionSession } from './session/connection-session.ts'

type Heard = readonly { channel: string; from: number; to: number }[]

function world() {
  const { core, clock, done } = coreWorld()
  const outlet = new GateOutlet()
  const broken: unknown[] = []
  const session = new ConnectionSession('c1', '192.0.2.1', outlet, null, (error) => broken.push(error))
  session.caller = callerOf('worker', 'service')
  const put = async (channel: string, recordId: string) => {
    const command = { op: 'put', channel, collection: 'messages', recordId, data: { text: recordId } } as const
    await done(write(core, callerOf('ana', 'admin'), command))
    await clock.settle()
  }
  const follow = async (pattern: string) => {
    const answer = await done(dispatch(core, session, { id: 1, op: 'follow', pattern }))
    answer.afterwards?.()
    await clock.settle()
  }
  const heard = () =>
    outlet.messages.flatMap(({ op, channels }) =>
      op === 'followed' ? [(channels as Heard).map(({ channel, from, to }) => `${channel} ${from}-${to}`)] : [],
    )
  return { core, clock, done, outlet, broken, session, put, follow, heard }
}

describe('the events of a pattern on a socket', () => {
  test('[FOL16] while the peer takes nothing, none is made; then what gathered comes in one', async () => {
    const { clock, outlet, put, follow, heard } = world()
    await follow('chat:*')
    outlet.shut()
    for (const id of ['1', '2', '3']) for (const channel of ['chat:a', 'chat:b']) await put(channel, id)
    await clock.pass(1000)
    expect(heard()).toEqual([[]])
    outlet.open()
    await clock.settle()
    await clock.pass(1000)
    const [, ...later] = heard()
    expect(later.flat().sort()).toEqual(['chat:a 0-3', 'chat:b 0-3'])
    expect(later.length).toBe(1)
  })

  test('[FOL16] where the peer takes nothing, many patterns read one page, when it takes again', async () => {
    const { clock, outlet, put, follow, heard } = world()
    for (const pattern of ['chat:a*', 'chat:b*', 'chat:c*']) await follow(pattern)
    outlet.shut()
    for (const channel of ['chat:a', 'chat:b', 'chat:c']) await put(channel, '1')
    await clock.pass(1000)
    expect(heard().flat()).toEqual([])
    outlet.open(1)
    await clock.pass(1000)
    expect(heard().flat().length).toBe(1)
    outlet.open()
    await clock.pass(1000)
    expect(heard().flat().sort()).toEqual(['chat:a 0-1', 'chat:b 0-1', 'chat:c 0-1'])
  })

  test('[FOL14] nothing of the pattern follows an unfollow, also what was read already', async () => {
    const { core, clock, done, outlet, session, put, follow, heard } = world()
    await follow('chat:*')
    outlet.shut()
    await put('chat:a', '1')
    await done(dispatch(core, session, { id: 2, op: 'unfollow', pattern: 'chat:*' }))
    outlet.open()
    await clock.pass(1000)
    expect(heard()).toEqual([[]])
    expect(session.patterns.size).toBe(0)
  })

  test('[FOL14] a connection that ends lets go of its patterns', async () => {
    const { core, clock, session, put, follow, heard } = world()
    await follow('chat:*')
    session.close(core)
    await put('chat:a', '1')
    await clock.pass(1000)
    expect(heard()).toEqual([[]])
  })

  test('[FOL15] where the store can not be read, the connection is closed, and the client goes on elsewhere', async () => {
    const { core, clock, broken, put, follow, heard } = world()
    await follow('chat:*')
    const store = core.storeOf('chat:a') as { changes: unknown }
    store.changes = () => Promise.reject(new Error('the disk is gone'))
    await put('chat:a', '1')
    await clock.pass(1000)
    expect(broken.length).toBe(1)
    expect(heard()).toEqual([[]])
  })
})
