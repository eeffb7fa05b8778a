import { describe, expect, test } from 'vitest'
import { HandClock } from '../core/hand-clock.fixture.ts'
import { Readiness } from './readiness.ts'

/** A probe whose outcomes the test gives, and what was reported. */
function world() {
  const clock = new HandClock()
  const calls: PromiseWithResolvers[] = []
  const reported: string[] = []
  const run = (): Promise<void> => {
    const call = withResolvers()
    calls.push(call)
    return call.promise
  }
  const report = (error: unknown, doing: string) => reported.push(`${doing}: ${(error as Error).message}`)
  return { clock, calls, reported, readiness: new Readiness({ clock, probes: { store: { run } }, report }) }
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

function withResolvers(): PromiseWithResolvers {
  let settle: Pick<PromiseWithResolvers, 'resolve' | 'reject'> | undefined
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, resolve: () => settle?.resolve(), reject: (error) => settle?.reject(error) }
}

describe('readiness', () => {
  test('a probe that succeeds is ok, and tells how long it took', async () => {
    const { clock, calls, reported, readiness } = world()
    const looked = readiness.look()
    await clock.pass(40)
    calls[0]?.resolve()
    expect(await looked).toEqual({ store: { status: 'ok', tookMs: 40 } })
    expect([reported, clock.pending]).toEqual([[], 0])
  })

  test('any number of askers cost one probe, and its outcome counts for 2 s', async () => {
    const { clock, calls, readiness } = world()
    const looked = [readiness.look(), readiness.look()]
    calls[0]?.resolve()
    await Promise.all(looked)
    await clock.pass(1999)
    await readiness.look()
    expect(calls).toHaveLength(1)
    await clock.pass(1)
    const later = readiness.look()
    expect(calls).toHaveLength(2)
    calls[1]?.reject(new Error('disk full'))
    expect(await later).toMatchObject({ store: { status: 'failed' } })
  })

  test('a probe that fails is failed, and why is reported, not told', async () => {
    const { calls, reported, readiness } = world()
    const looked = readiness.look()
    calls[0]?.reject(new Error('disk full'))
    expect(await looked).toEqual({ store: { status: 'failed', tookMs: 0 } })
    expect(reported).toEqual(['probing the store: disk full'])
  })

  test('one that does not answer within 2 s has failed, and no second one joins it', async () => {
    const { clock, calls, reported, readiness } = world()
    const first = readiness.look()
    await clock.pass(2000)
    expect(await first).toEqual({ store: { status: 'failed', tookMs: 2000 } })
    expect(reported).toEqual(['probing the store: no answer within 2000 ms'])
    const second = readiness.look()
    expect(calls).toHaveLength(1)
    // It answers at last: so the store lives again.
    calls[0]?.resolve()
    expect(await second).toMatchObject({ store: { status: 'ok' } })
    await clock.pass(2000)
    void readiness.look()
    expect(calls).toHaveLength(2)
  })
})
