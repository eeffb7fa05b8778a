import { expect, test } from 'vitest'
import type { Candidate, CandidateObserver, CandidateTask } from '../candidates/candidate.ts'
import { type CandidateName, candidateNames } from '../candidates/candidate-names.ts'
import { type EventWriter, Run } from './run.ts'
import { defaultSettings } from './run-settings.ts'

const gap = 1 - Math.exp(-1) // each gap is the mean one: at 1 event/s, an event each second

/** A run whose clock and candidates the test controls. */
function startRun(begin: EventWriter['begin'] = async () => ({ channel: 'game:compare-1', cursor: 'e.1' })) {
  let at = 0
  const timers = new Map<() => void, number>()
  const log: string[] = []
  const started = new Map<CandidateName, { task: CandidateTask; observer: CandidateObserver }>()
  const fakeCandidate = (name: CandidateName): Candidate => {
    return (task, observer) => {
      started.set(name, { task, observer })
      return { ready: Promise.resolve(), stop: () => void started.delete(name) }
    }
  }
  const run = new Run({
    settings: defaultSettings,
    writer: { begin, send: (event) => log.push(`sent ${event}`), clear: () => log.push('cleared') },
    candidates: Object.fromEntries(candidateNames.map((name) => [name, fakeCandidate(name)])) as Record<
      CandidateName,
      Candidate
    >,
    now: () => at,
    random: () => gap,
    after: (ms, task) => {
      const own = () => task()
      timers.set(own, at + ms)
      return () => void timers.delete(own)
    },
  })
  const go = (to: number) => {
    for (;;) {
      const [next] = [...timers].filter(([, due]) => due <= to).sort(([, a], [, b]) => a - b)
      if (next === undefined) break
      timers.delete(next[0])
      at = Math.max(at, next[1])
      next[0]()
    }
    at = to
  }
  /** Lets settled promises run their callbacks. */
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  return { run, go, settle, log, started, timers }
}

test('all candidates of a run start at one cursor, and each lane counts its own candidate', async () => {
  const { run, go, settle, log, started } = startRun()
  expect(run.getSnapshot().state.name).toBe('starting')
  await settle()
  expect(run.getSnapshot().state.name).toBe('running')
  expect([...started.values()].map(({ task }) => task)).toEqual(
    candidateNames.map(() => ({ channel: 'game:compare-1', cursor: 'e.1', intervalMs: 1000 })),
  )
  go(1100)
  started.get('sse')?.observer.delivered(1)
  started.get('poll')?.observer.answered('nothing')
  go(2100)
  const { measures, sent } = run.getSnapshot()
  expect([log, sent]).toEqual([['sent 1', 'sent 2'], 2])
  expect([measures.sse.delivered, Math.round(measures.sse.meanMs ?? 0), measures.poll.delivered]).toEqual([1, 100, 0])
  expect([measures.poll.emptyShare, measures.sse.emptyShare]).toEqual([1, null])
})

test('a paused run stops its candidates and its clock, and keeps its figures', async () => {
  const { run, go, settle, log, started, timers } = startRun()
  await settle()
  go(2000)
  started.get('poll')?.observer.answered('news')
  run.pause()
  expect([run.getSnapshot().state.name, started.size, timers.size]).toEqual(['paused', 0, 0])
  go(10_000)
  run.resume()
  await settle()
  go(12_000)
  expect(log).toEqual(['sent 1', 'sent 2', 'sent 3', 'sent 4'])
  expect(run.getSnapshot().measures.poll.requestsPerSecond).toBeCloseTo(1 / 4)
})

test('a changed setting starts the run anew, but a paused run stays paused', async () => {
  const { run, go, settle, started } = startRun()
  await settle()
  go(3000)
  run.change({ intervalMs: 200 })
  await settle()
  expect(started.get('poll')?.task.intervalMs).toBe(200)
  expect(run.getSnapshot()).toMatchObject({ sent: 0, settings: { rate: 1, intervalMs: 200 } })
  run.pause()
  run.change({ rate: 5 })
  await settle()
  expect(run.getSnapshot()).toMatchObject({ state: { name: 'paused' }, settings: { rate: 5 } })
})

test('a failed start of a run gives its reason and can be tried again; a pause cancels a start', async () => {
  let attempts = 0
  const { run, settle, started } = startRun(async () => {
    attempts++
    if (attempts === 1) throw new Error('no server')
    return { channel: 'game:compare-1', cursor: 'e.1' }
  })
  await settle()
  expect(run.getSnapshot().state).toEqual({ name: 'failed', reason: 'no server' })
  run.resume()
  run.pause()
  await settle()
  expect([run.getSnapshot().state.name, started.size]).toEqual(['paused', 0])
  run.resume()
  await settle()
  expect(run.getSnapshot().state.name).toBe('running')
})

test('a stopped run leaves no timer, no candidate and no record', async () => {
  const { run, go, settle, log, started, timers } = startRun()
  await settle()
  go(1000)
  run.stop()
  expect([started.size, timers.size, log.at(-1), run.getSnapshot().state.name]).toEqual([0, 0, 'cleared', 'stopped'])
})
