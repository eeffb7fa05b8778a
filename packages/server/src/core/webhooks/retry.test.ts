import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { WebhookOutcome } from '../../ports/webhooks/webhook-sender.ts'
import { type Attempted, decide, longestDelayMs } from './retry.ts'

const day = 86_400_000

function answered(status: number, retryAfterMs: number | null = null): Attempted['outcome'] {
  return { kind: 'answered', status, retryAfterMs }
}

const outcomes: fc.Arbitrary<Attempted['outcome']> = fc.oneof(
  fc.record({
    kind: fc.constant('answered' as const),
    status: fc.integer({ min: 100, max: 599 }),
    retryAfterMs: fc.option(fc.nat({ max: 10 * day }), { nil: null }),
  }),
  fc.constant({ kind: 'failed' as const, reason: 'no answer within 15 s' }),
)
const attempted = fc.record({
  outcome: outcomes,
  attempts: fc.integer({ min: 1, max: 5000 }),
  failingMs: fc.nat({ max: 31 * day }),
  retryForMs: fc.integer({ min: 1000, max: 30 * day }),
  chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
})

function attempt(outcome: Exclude<WebhookOutcome, { kind: 'stopped' }>, more: Partial<Attempted> = {}) {
  return decide({ outcome, attempts: 1, failingMs: 0, retryForMs: 3 * day, chance: 0, ...more })
}

describe('what follows an attempt', () => {
  test('[WHK7] a status of 200 to 299 accepts, 410 ends the webhook, and all else waits or gives up', () => {
    fc.assert(
      fc.property(attempted, (given) => {
        const { outcome, failingMs, retryForMs } = given
        const status = outcome.kind === 'answered' ? outcome.status : 0
        const retried = failingMs < retryForMs ? 'wait' : 'give up'
        const expected = status >= 200 && status < 300 ? 'accepted' : status === 410 ? 'end' : retried
        expect(decide(given).kind).toBe(expected)
      }),
    )
  })

  test('[WHK8] a wait is above 0, never passes the end of the time, and is at most a day', () => {
    fc.assert(
      fc.property(attempted, (given) => {
        const decision = decide(given)
        if (decision.kind !== 'wait') return
        expect(decision.ms).toBeGreaterThan(0)
        expect(decision.ms).toBeLessThanOrEqual(Math.min(day, given.retryForMs - given.failingMs))
      }),
    )
  })

  test('[WHK8] waits double from a second to 15 minutes, and chance takes off up to a half', () => {
    const waits = [1, 2, 3, 10, 11, 400].map((attempts) => attempt(answered(500), { attempts }))
    expect(waits.map((wait) => (wait.kind === 'wait' ? wait.ms : null))).toEqual([
      1000,
      2000,
      4000,
      512_000,
      longestDelayMs,
      longestDelayMs,
    ])
    expect(attempt(answered(500), { attempts: 3, chance: 0.999 })).toMatchObject({ ms: 2002 })
  })

  test('[WHK8] Retry-After of a 429 or 503 makes a wait longer, never shorter; of another status it counts nothing', () => {
    expect(attempt(answered(429, 60_000))).toMatchObject({ kind: 'wait', ms: 60_000 })
    expect(attempt(answered(503, 60_000))).toMatchObject({ kind: 'wait', ms: 60_000 })
    expect(attempt(answered(503, 1), { attempts: 5 })).toMatchObject({ kind: 'wait', ms: 16_000 })
    expect(attempt(answered(500, 60_000))).toMatchObject({ kind: 'wait', ms: 1000 })
  })

  test('the reason names the status, or why there was no answer', () => {
    expect(attempt(answered(302))).toMatchObject({ reason: 'status 302' })
    expect(attempt({ kind: 'failed', reason: 'no connection' })).toMatchObject({ reason: 'no connection' })
  })
})
