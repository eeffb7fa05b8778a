import { describe, expect, test } from 'vitest'
import { LineWindow, leastBytes } from './line-window.ts'

describe('the bytes that may be on the way to one peer', () => {
  test('have no limit while they arrive in time', () => {
    const window = new LineWindow()
    window.measured(10_000_000, 250, 100)
    expect([window.isSlow, window.isFull(50_000_000)]).toEqual([false, false])
  })

  test('of a slow line are what it takes in 300 ms and a round trip', () => {
    const window = new LineWindow()
    window.measured(400_000, 4000, 100)
    expect([window.isFull(39_999), window.isFull(40_000)]).toEqual([false, true])
  })

  test('are never fewer than 16 KiB, however slow the line', () => {
    const window = new LineWindow()
    window.measured(1000, 100_000, 0)
    expect([window.isFull(leastBytes - 1), window.isFull(leastBytes)]).toEqual([false, true])
  })

  test('double with each that arrives in time, until there is no limit', () => {
    const window = new LineWindow()
    window.measured(400_000, 4000, 100)
    const limits = Array.from({ length: 5 }, () => {
      window.measured(40_000, 100, 100)
      return window.isSlow
    })
    expect(limits).toEqual([true, true, true, true, false])
  })

  test('follow a line that gets slower', () => {
    const window = new LineWindow()
    window.measured(400_000, 4000, 100)
    window.measured(40_000, 800, 100)
    expect([window.isFull(19_999), window.isFull(20_000)]).toEqual([false, true])
  })
})
