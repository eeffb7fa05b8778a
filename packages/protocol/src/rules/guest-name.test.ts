import { expect, test } from 'vitest'
import { guestIdentity } from './guest-name.ts'

const ids = Array.from({ length: 10_000 }, (_, i) => `guest-${(i * 2_654_435_761).toString(16).padStart(12, '0')}`)

test('[RST21] a guest’s name is an adjective and an animal, the same each time', () => {
  for (const id of ids.slice(0, 200)) {
    expect(guestIdentity(id)).toEqual(guestIdentity(id))
    expect(guestIdentity(id).name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/)
    expect(guestIdentity(id).picture).toMatch(/\p{Extended_Pictographic}/u)
  }
})

test('[RST21] ten thousand guests share 4,096 names evenly', () => {
  const taken = new Map<string, number>()
  for (const id of ids) taken.set(guestIdentity(id).name, (taken.get(guestIdentity(id).name) ?? 0) + 1)
  // Drawn by chance, 10,000 of 4,096 leave 9 % of the names unused, and no name to more than a dozen.
  expect(taken.size).toBeGreaterThan(3600)
  expect(Math.max(...taken.values())).toBeLessThan(15)
})
