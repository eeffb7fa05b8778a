import { describe, expect, test } from 'vitest'
import { aimOf } from './aims.ts'

describe('the aims', () => {
  test("the aims are the sketch's ratios plus a fifth", () => {
    expect(aimOf('plain ws', 100)).toBeCloseTo((7.9 / 13) * 1.2)
    expect(aimOf('centrifugo', 1500)).toBeCloseTo((0.9 / 1.6) * 1.2)
  })

  test.each([
    ['plain ws', 600],
    ['plain ws', 250],
    ['socket.io', 100],
  ])('%s at %i messages a second has none', (other, rate) => {
    expect(aimOf(other, rate)).toBeUndefined()
  })
})
