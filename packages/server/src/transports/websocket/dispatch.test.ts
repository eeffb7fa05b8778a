import { expect, test } from 'vitest'
import { coreWorld } from '../../core/simulation/core-world.fixture.ts'
import { GateOutlet } from '../../core/simulation/gate-outlet.fixture.ts'
import { dispatch } from './dispatch.ts'
import { ConnectionSession } from './session/connection-session.ts'

test('a connection keeps the hub and the feed of a subscription, but not the records of its snapshot', async () => {
  const { core, done } = coreWorld()
  const session = new ConnectionSession('c1', '192.0.2.1', new GateOutlet(), null, () => {})
  const channel = 'chat:a'
  const { ok } = await done(dispatch(core, session, { id: 1, op: 'subscribe', channel, last: { messages: 50 } }))
  expect(ok).toContain('"snapshot"')
  expect(Object.keys(session.subscriptions.get(channel) ?? {}).sort()).toEqual(['feed', 'hub'])
})
