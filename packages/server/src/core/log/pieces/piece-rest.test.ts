import { expect, test } from 'vitest'
import { HandClock } from '../../simulation/hand-clock.fixture.ts'
import { PieceRest } from './piece-rest.ts'

function resting() {
  const clock = new HandClock()
  const sent: number[] = []
  const rest = new PieceRest(clock, () => {
    sent.push(clock.monotonic() - 1000)
    rest.sent()
  })
  return { clock, sent, rest }
}

test('[APP9] the first piece leaves at once, those after it 200 ms apart', async () => {
  const { clock, sent, rest } = resting()
  for (let ms = 0; ms < 500; ms += 20) {
    rest.wait()
    await clock.pass(20)
  }
  expect(sent).toEqual([0, 200, 400])
  await clock.pass(1000)
  expect(sent).toEqual([0, 200, 400, 600])
  rest.wait()
  expect(sent.at(-1)).toBe(clock.monotonic() - 1000)
})

test('[APP9] what is sent meanwhile takes the waiting pieces with it', async () => {
  const { clock, sent, rest } = resting()
  rest.wait()
  await clock.pass(20)
  rest.wait()
  await clock.pass(20)
  rest.sent()
  await clock.pass(1000)
  expect([sent, clock.pending]).toEqual([[0], 0])
})
