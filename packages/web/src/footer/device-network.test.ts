import { expect, test } from 'vitest'
import { isOffline } from './device-network.ts'

test('a device that says that it has no network is offline at once, whatever was on its way', () => {
  expect(isOffline({ offlineSince: null }, 5000)).toBe(false)
  expect(isOffline({ offlineSince: 10_000 }, null)).toBe(true)
  expect(isOffline({ offlineSince: 10_000 }, 10_500)).toBe(true)
})

test('a device that is wrong about its network, since frames go on arriving, is not offline', () => {
  expect(isOffline({ offlineSince: 10_000 }, 13_000)).toBe(false)
})
