import { type ClientState, DovetailError } from 'dovetail-client'
import { expect, test } from 'vitest'
import { caughtUpLabel, reasonLabel } from './connection-labels.ts'

const common = { transport: 'websocket', rttMs: null, user: null } as const

function waiting(error: DovetailError | null): ClientState {
  return { name: 'waiting', retryAt: 0, lastError: error, ...common }
}

test('the label for a lost connection is plain words, for a refusal the server’s own detail', () => {
  expect(reasonLabel(waiting(new DovetailError('network', 'closed with 1006')))).toBe('The server does not answer')
  expect(reasonLabel(waiting(new DovetailError('rate_limited', 'Too many connections.')))).toBe('Too many connections.')
  expect(reasonLabel({ name: 'open', lastError: null, ...common })).toBeNull()
})

test('the label for losses says how often, and how many changes were caught up', () => {
  expect(caughtUpLabel({ lost: 0, caughtUp: 0 })).toBeNull()
  expect(caughtUpLabel({ lost: 1, caughtUp: 0 })).toBe('lost once, nothing missed')
  expect(caughtUpLabel({ lost: 2, caughtUp: 14 })).toBe('lost twice, 14 caught up')
  expect(caughtUpLabel({ lost: 3, caughtUp: 1 })).toBe('lost 3 times, 1 caught up')
})
