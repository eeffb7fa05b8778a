import { expect, test } from 'vitest'
import { coreWorld } from './core-world.fixture.ts'
import { dispatch } from './dispatch.ts'
import { GateOutlet } from './gate-outlet.fixture.ts'
import { Session } from './session.ts'

test('what a connection holds of a subscription is its hub and its feed, not the records that it began with', async () => {
  const { core, done } = coreWorld()
  const session = new Session('c1', new GateOutlet(), null, () => {})
  const channel = 'chat:a'
  const { ok } = await done(dispatch(core, session, { id: 1, op: 'subscribe', channel, last: { messages: 50 } }))
  expect(ok).toContain('"snapshot"')
  expect(Object.keys(session.subscriptions.get(channel) ?? {}).sort()).toEqual(['feed', 'hub'])
})
