import { expect, onTestFinished, test, vi } from 'vitest'
import { Traffic } from '../traffic/traffic.ts'
import { pollAtInterval } from './poll-at-interval.ts'

/** Polls that are answered when the test says so. */
function poller() {
  const traffic = new Traffic()
  const problems: string[] = []
  const replies: ((reply: 'nothing' | 'news' | Error) => void)[] = []
  const stop = pollAtInterval({ traffic, phase: 0, reportProblem: (problem) => problems.push(problem) }, 100, {
    send: () =>
      new Promise((resolve, reject) => {
        replies.push((reply) => (reply instanceof Error ? reject(reply) : resolve(reply)))
      }),
    close: () => {},
  })
  onTestFinished(stop)
  const reply = async (outcome: 'nothing' | 'news' | Error) => {
    replies.shift()?.(outcome)
    await vi.advanceTimersByTimeAsync(0)
  }
  const counts = () => {
    const { requests, emptyRequests } = traffic.figures()
    return [requests, emptyRequests]
  }
  return { reply, counts, problems, sent: () => replies.length }
}

test('a poll answered after a period began counts in that period together with its events', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { reply, counts, sent } = poller()
  await vi.advanceTimersByTimeAsync(1)
  expect(sent()).toBe(1)
  const begin = counts()
  await reply('nothing')
  await vi.advanceTimersByTimeAsync(100)
  await reply('news')
  const end = counts()
  expect(end.map((count, index) => count - (begin[index] ?? 0))).toEqual([2, 1])
})

test('the next poll waits for the reply, and a lost one counts as a request', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { reply, counts, problems, sent } = poller()
  await vi.advanceTimersByTimeAsync(350)
  expect(sent()).toBe(1)
  await reply(new Error('cut'))
  expect(counts()).toEqual([1, 0])
  expect(problems).toEqual(['a request was lost: cut'])
  await vi.advanceTimersByTimeAsync(100)
  expect(sent()).toBe(1)
})
