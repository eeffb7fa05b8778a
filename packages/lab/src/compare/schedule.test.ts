import { describe, expect, test } from 'vitest'
import { Dice } from '../check/dice.ts'
import { usualWorkloads } from '../workloads/usual-workloads.ts'
import { eventData, schedule } from './schedule.ts'

const options = { clients: 8, warmUpMs: 1000, durationMs: 4000 }

describe.each(usualWorkloads)('the workload $name', (workload) => {
  const counted = (warmUpMs: number) => {
    const { events, countedFrom } = schedule(workload, new Dice(7), { ...options, warmUpMs })
    return events.slice(countedFrom).map((event) => ({ ...event, atMs: Math.round(event.atMs - warmUpMs) }))
  }

  test('has the same events for every contender, however long it warms up', () => {
    expect(counted(5000)).toEqual(counted(1000))
    expect(counted(1000).length).toBeGreaterThan(0)
  })

  test('has them in order, in time, and written by clients that are there', () => {
    const { events, fromMs, toMs, countedFrom } = schedule(workload, new Dice(3), options)
    expect([...events].sort((a, b) => a.atMs - b.atMs)).toEqual(events)
    expect(events.every(({ atMs }, index) => atMs < (index < countedFrom ? fromMs : toMs))).toBe(true)
    expect(events.every(({ writer }) => writer === null || writer < options.clients)).toBe(true)
  })

  test('writes JSON with the number of the event in it', () => {
    const [event] = workload.plan(new Dice(1), options)
    if (event === undefined) throw new Error('no event')
    const data = eventData(workload, 42, event)
    expect(JSON.parse(data)).toBeTypeOf('object')
    expect(data).toContain('{#00000042}')
  })
})
