import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../random/seeded-random.ts'
import { standardWorkloads } from '../../workloads/standard-workloads.ts'
import { eventData, schedule } from './schedule.ts'

const options = { clients: 8, warmUpMs: 1000, durationMs: 4000 }

describe.each(standardWorkloads)('the workload $name', (workload) => {
  const counted = (warmUpMs: number) => {
    const { events, countedFrom } = schedule(workload, new SeededRandom(7), { ...options, warmUpMs })
    return events.slice(countedFrom).map((event) => ({ ...event, atMs: Math.round(event.atMs - warmUpMs) }))
  }

  test('the workload has the same events for every candidate, with any warm-up', () => {
    expect(counted(5000)).toEqual(counted(1000))
    expect(counted(1000).length).toBeGreaterThan(0)
  })

  test('the events are in order, within the duration, and written by existing clients', () => {
    const { events, fromMs, toMs, countedFrom } = schedule(workload, new SeededRandom(3), options)
    expect([...events].sort((a, b) => a.atMs - b.atMs)).toEqual(events)
    expect(events.every(({ atMs }, index) => atMs < (index < countedFrom ? fromMs : toMs))).toBe(true)
    expect(events.every(({ writer }) => writer === null || writer < options.clients)).toBe(true)
  })

  test('the data of each event is JSON that contains its number', () => {
    const [event] = workload.plan(new SeededRandom(1), options)
    if (event === undefined) throw new Error('no event')
    const data = eventData(workload, 42, event)
    expect(JSON.parse(data)).toBeTypeOf('object')
    expect(data).toContain('{#00000042}')
  })
})
