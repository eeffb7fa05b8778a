import { type ClientState, DovetailError } from '@dovetail/client'
import { expect, test } from 'vitest'
import { healedWords, reasonWords } from './connection-words.ts'

const common = { transport: 'websocket', rttMs: null, user: null } as const

function waiting(error: DovetailError | null): ClientState {
  return { name: 'waiting', retryAt: 0, lastError: error, ...common }
}

test('a lost connection is told in words for people, a refusal in the server’s', () => {
  expect(reasonWords(waiting(new DovetailError('network', 'closed with 1006')))).toBe('The server does not answer')
  expect(reasonWords(waiting(new DovetailError('rate_limited', 'Too many connections.')))).toBe('Too many connections.')
  expect(reasonWords({ name: 'open', lastError: null, ...common })).toBeNull()
})

test('what was lost and caught up', () => {
  expect(healedWords({ lost: 0, healed: 0 })).toBeNull()
  expect(healedWords({ lost: 1, healed: 0 })).toBe('lost once, nothing missed')
  expect(healedWords({ lost: 2, healed: 14 })).toBe('lost twice, 14 caught up')
  expect(healedWords({ lost: 3, healed: 1 })).toBe('lost 3 times, 1 caught up')
})
