import { expect, test } from 'vitest'
import { defaultLimits, isLimitName, limitTable } from './limits.ts'

/** docs/protocol.md, "Names and limits", written down a second time. */
test('[LIM1] the defaults are those of the page', () => {
  expect(defaultLimits).toMatchObject({
    recordBytes: 64 * 1024,
    depth: 64,
    messageBytes: 128 * 1024,
    bodyBytes: 1024 * 1024,
    replyBytes: 1024 * 1024,
    batchWrites: 500,
    subscriptions: 1000,
    pageRecords: 500,
    pageRecordsDefault: 50,
    changes: 1000,
    changesDefault: 500,
    pollChannels: 50,
    waitSeconds: 25,
    waitSecondsMax: 55,
    pingSeconds: 25,
    pongSeconds: 5,
    commentSeconds: 15,
    stallSeconds: 60,
    presenceSeconds: 30,
    helloSeconds: 10,
    leewaySeconds: 30,
    connections: 20_000,
    guests: 30,
    commands: 200,
    commandsBurst: 1000,
    idempotencyHours: 24,
  })
})

test('each default lies in its range, and says what it bounds', () => {
  for (const [name, { default: value, min, max, about }] of Object.entries(limitTable)) {
    expect(value, name).toBeGreaterThanOrEqual(min)
    expect(value, name).toBeLessThanOrEqual(max)
    expect(about, name).not.toBe('')
  }
})

test('no time of a limit is longer than a timer can run', () => {
  const seconds = Object.entries(limitTable).filter(([name]) => /Seconds/.test(name))
  expect(seconds.length).toBeGreaterThan(5)
  for (const [name, { max }] of seconds) expect(max * 1000, name).toBeLessThan(2 ** 31)
})

test('the defaults can not be changed by whoever holds them', () => {
  expect(Object.isFrozen(defaultLimits)).toBe(true)
})

test('a limit is known by its own name alone', () => {
  expect(isLimitName('depth')).toBe(true)
  for (const name of ['Depth', '', 'toString', '__proto__']) expect(isLimitName(name)).toBe(false)
})
