/** What a search costs in a long history, and what the socket thread notices of it. */
import { performance } from 'node:perf_hooks'
import { Dice } from '../check/dice.ts'
import { getRequest, PostLine } from '../load/post-line.ts'
import type { BenchSettings } from './bench-settings.ts'
import { type Contender, startDovetail } from './contender.ts'
import { fill } from './filled-channel.ts'
import type { Row } from './report.ts'

const channel = 'chat:long'
const records = 1_000_000
const vocabulary = 50_000
const wordsOfAMessage = 10
const searchesEach = 100

/** Milliseconds, of 99 searches in 100; and by which the socket thread's loop may be late meanwhile. */
const allowed = 150
const allowedDelay = 20

export async function searchCost(settings: BenchSettings, tell: (line: string) => void): Promise<Row[]> {
  const contender = await startDovetail(settings)
  try {
    const dice = new Dice(1)
    const began = performance.now()
    await fill(contender, channel, records, () => words(dice, wordsOfAMessage).join(' '))
    tell(`wrote ${records} messages in ${((performance.now() - began) / 1000).toFixed(0)} s, by batches`)
    return await measure(contender, dice, tell)
  } finally {
    await contender.stop()
  }
}

/** Few words are common and many are rare, as in any language (Zipf's law, exponent about 1). */
function words(dice: Dice, count: number): string[] {
  return Array.from({ length: count }, () => wordOf(Math.floor(vocabulary ** dice.next())))
}

function wordOf(rank: number): string {
  return `w${rank.toString(36)}`
}

const kinds: Readonly<Record<string, (dice: Dice) => string>> = {
  'a common word': (dice) => wordOf(dice.between(1, 20)),
  'a rare word': (dice) => wordOf(dice.between(20_000, vocabulary)),
  'two words': (dice) => words(dice, 2).join(' '),
  'two rare words': (dice) => `${wordOf(dice.between(5000, vocabulary))} ${wordOf(dice.between(5000, vocabulary))}`,
  'the beginning of a word': (dice) => wordOf(dice.between(2000, vocabulary)).slice(0, 3),
  'a word that is nowhere': (dice) => `zz${dice.between(0, 1e6)}`,
}

async function measure(contender: Contender, dice: Dice, tell: (line: string) => void): Promise<Row[]> {
  const { server, post } = contender
  const line = new PostLine(server.port)
  const all: number[] = []
  await server.watch()
  for (const [kind, query] of Object.entries(kinds)) {
    const times: number[] = []
    for (let i = 0; i < searchesEach; i++) {
      const path = `/v1/channels/${channel}/messages?limit=50&q=${encodeURIComponent(query(dice))}`
      const began = performance.now()
      const { status, body } = await line.send(getRequest({ ...post, path }))
      if (status !== 200) throw new Error(`a search was answered ${status}: ${body}`)
      times.push(performance.now() - began)
    }
    times.sort((a, b) => a - b)
    tell(`${kind}: p50 ${at(times, 0.5).toFixed(1)} ms, p99 ${at(times, 0.99).toFixed(1)} ms`)
    all.push(...times)
  }
  line.destroy()
  const delay = await server.delay()
  all.sort((a, b) => a - b)
  return [
    {
      title: `search over ${records} messages: p99`,
      value: at(all, 0.99),
      unit: 'ms',
      limit: allowed,
      detail: `p50 ${at(all, 0.5).toFixed(1)} ms, ${all.length} searches of ${Object.keys(kinds).length} kinds`,
    },
    {
      title: 'event loop delay meanwhile: p99',
      value: delay.p99,
      unit: 'ms',
      limit: allowedDelay,
      detail: `p50 ${delay.p50.toFixed(1)} ms, max ${delay.max.toFixed(1)} ms`,
    },
  ]
}

function at(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
}
