import { describe, expect, test } from 'vitest'
import { HandClock } from '../core/simulation/hand-clock.fixture.ts'
import { Readiness } from './readiness.ts'

/** A readiness check whose probe ends as the test says, and the errors that it reported. */
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
  test('a probe that resolves is ok, with the time that it took', async () => {
    const { clock, calls, reported, readiness } = world()
    const checked = readiness.checkAll()
    await clock.pass(40)
    calls[0]?.resolve()
    expect(await checked).toEqual({ store: { status: 'ok', tookMs: 40 } })
    expect([reported, clock.pending]).toEqual([[], 0])
  })

  test('all checks within 2 s share one probe', async () => {
    const { clock, calls, readiness } = world()
    const checked = [readiness.checkAll(), readiness.checkAll()]
    calls[0]?.resolve()
    await Promise.all(checked)
    await clock.pass(1999)
    await readiness.checkAll()
    expect(calls).toHaveLength(1)
    await clock.pass(1)
    const later = readiness.checkAll()
    expect(calls).toHaveLength(2)
    calls[1]?.reject(new Error('disk full'))
    expect(await later).toMatchObject({ store: { status: 'failed' } })
  })

  test('a probe that throws is failed; its error is logged and not shown', async () => {
    const { calls, reported, readiness } = world()
    const checked = readiness.checkAll()
    calls[0]?.reject(new Error('disk full'))
    expect(await checked).toEqual({ store: { status: 'failed', tookMs: 0 } })
    expect(reported).toEqual(['probing the store: disk full'])
  })

  test('a probe without an answer within 2 s gives "failed", and no second probe starts while it runs', async () => {
    const { clock, calls, reported, readiness } = world()
    const first = readiness.checkAll()
    await clock.pass(2000)
    expect(await first).toEqual({ store: { status: 'failed', tookMs: 2000 } })
    expect(reported).toEqual(['probing the store: no answer within 2000 ms'])
    const second = readiness.checkAll()
    expect(calls).toHaveLength(1)
    // The slow probe succeeds: the store works again.
    calls[0]?.resolve()
    expect(await second).toMatchObject({ store: { status: 'ok' } })
    await clock.pass(2000)
    void readiness.checkAll()
    expect(calls).toHaveLength(2)
  })
})
