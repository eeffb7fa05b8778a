import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import { stopOnSignal } from './stop-on-signal.ts'

function setUp() {
  const signals = new EventEmitter()
  const exits: number[] = []
  let time = 0
  let finish: () => void = () => {}
  let fail: (error: Error) => void = () => {}
  let stops = 0
  const stopped = stopOnSignal({
    signals,
    stop: () => {
      stops += 1
      return new Promise<void>((resolve, reject) => {
        finish = resolve
        fail = reject
      })
    },
    withinMs: 10_000,
    exit: (code) => exits.push(code),
    now: () => time,
  })
  return {
    signals,
    exits,
    stopped,
    stops: () => stops,
    finish: () => finish(),
    fail: (error: Error) => fail(error),
    wait: (ms: number) => {
      time += ms
    },
  }
}

test('the first signal calls stop, and the wait ends when the stop is done', async () => {
  const { signals, stopped, stops, finish, exits } = setUp()
  expect(stops()).toBe(0)
  signals.emit('SIGTERM')
  expect(stops()).toBe(1)
  finish()
  await stopped
  expect(exits).toEqual([])
  expect(signals.emit('SIGTERM')).toBe(true)
  expect(stops()).toBe(1)
})

test('a Ctrl-C that arrives twice at once, from the terminal and from npm, counts once', async () => {
  const { signals, stopped, stops, finish, wait, exits } = setUp()
  signals.emit('SIGINT')
  wait(30)
  signals.emit('SIGINT')
  expect(exits).toEqual([])
  expect(stops()).toBe(1)
  finish()
  await stopped
})

test('a second signal ends the process at once', async () => {
  const { signals, stopped, finish, wait, exits } = setUp()
  signals.emit('SIGTERM')
  wait(500)
  signals.emit('SIGINT')
  expect(exits).toEqual([1])
  finish()
  await stopped
})

test('a stop that takes too long is cut off', async () => {
  vi.useFakeTimers()
  try {
    const { signals, stopped, finish, exits } = setUp()
    signals.emit('SIGTERM')
    vi.advanceTimersByTime(9_999)
    expect(exits).toEqual([])
    vi.advanceTimersByTime(1)
    expect(exits).toEqual([1])
    finish()
    await stopped
  } finally {
    vi.useRealTimers()
  }
})

test('a failed stop does not count as done', async () => {
  const { signals, stopped, fail } = setUp()
  signals.emit('SIGTERM')
  fail(new Error('the disk is gone'))
  await expect(stopped).rejects.toThrow('the disk is gone')
})
