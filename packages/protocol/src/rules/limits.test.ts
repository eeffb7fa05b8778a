import { expect, test } from 'vitest'
import { defaultLimits, isLimitName, limitTable } from './limits.ts'

/** docs/protocol.md, "Names and limits", copied here by hand, so that no default changes unnoticed. */
test('[LIM1] the defaults of the limits are those of docs/protocol.md', () => {
  expect(defaultLimits).toMatchObject({
    recordBytes: 60_000,
    depth: 64,
    messageBytes: 128 * 1024,
    bodyBytes: 1024 * 1024,
    replyBytes: 1024 * 1024,
    frameBytes: 63 * 1024,
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
    commentSeconds: 4,
    stallSeconds: 60,
    presenceSeconds: 30,
    helloSeconds: 10,
    leewaySeconds: 30,
    connections: 20_000,
    guests: 30,
    commands: 200,
    commandsBurst: 1000,
    addressCommands: 4000,
    addressCommandsBurst: 20_000,
    channels: 100,
    channelsBurst: 1000,
    readCost: 0.1,
    searchCost: 2,
    recordsCost: 1,
    fileBytes: 10 * 1024 * 1024,
    filesWaiting: 20,
    uploads: 4,
    uploadSeconds: 300,
    uploadCost: 10,
    idempotencyHours: 24,
  })
})

test('each limit has a default within its range and says what it bounds', () => {
  for (const [name, { default: value, min, max, about }] of Object.entries(limitTable)) {
    expect(value, name).toBeGreaterThanOrEqual(min)
    expect(value, name).toBeLessThanOrEqual(max)
    expect(about, name).not.toBe('')
  }
})

test('no limit in seconds may be set longer than a timer can run', () => {
  const seconds = Object.entries(limitTable).filter(([name]) => /Seconds/.test(name))
  expect(seconds.length).toBeGreaterThan(5)
  for (const [name, { max }] of seconds) expect(max * 1000, name).toBeLessThan(2 ** 31)
})

test('the object with the default limits is frozen', () => {
  expect(Object.isFrozen(defaultLimits)).toBe(true)
})

test('isLimitName accepts the exact names of limits and nothing else', () => {
  expect(isLimitName('depth')).toBe(true)
  for (const name of ['Depth', '', 'toString', '__proto__']) expect(isLimitName(name)).toBe(false)
})
