import { expect, test } from 'vitest'
import { writtenEnough } from './written-enough.ts'

/** The ms that a run of 8 s and 4 writers takes where so many writes a second are acknowledged. */
async function lasts(perSecond: number): Promise<number> {
  let at = 0
  await writtenEnough({
    ...{ seconds: 8, restMs: 8, writers: 4 },
    acknowledged: () => (at / 1000) * perSecond,
    now: () => at,
    sleep: async (ms) => {
      at += ms
    },
  })
  return at
}

test('a run lasts as long as was asked for where there are writes enough to find a rare fault', async () => {
  expect(await lasts(200)).toBe(8000)
})

test('a run on a slow machine goes on until there are enough', async () => {
  expect(await lasts(25)).toBe(20_000)
})

test('a run ends after four times as long, whatever was written', async () => {
  expect(await lasts(0)).toBe(32_000)
})
