/** Measures the cost of a search in a long history, and the delay of the socket thread meanwhile. */
import { performance } from 'node:perf_hooks'
import { getRequest, PostConnection } from '../../load/post-connection.ts'
import { SeededRandom } from '../../random/seeded-random.ts'
import { type BenchCandidate, startDovetail } from '../candidates/candidate.ts'
import { fillChannel } from '../drivers/fill-channel.ts'
import { messageWords, vocabulary, wordOf, words } from '../drivers/message-words.ts'
import type { Row } from '../report/report.ts'
import { valueAt } from '../report/value-at.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

const channel = 'chat:long'
const records = 1_000_000
const searchesEach = 100

/** Milliseconds, of 99 searches in 100; and by which the socket thread's loop may be late meanwhile. */
const allowed = 30
const allowedDelay = 20

export async function searchCost(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  const candidate = await startDovetail(settings)
  try {
    const random = new SeededRandom(1)
    const began = performance.now()
    await fillChannel(candidate, channel, records, () => messageWords(random))
    report(`wrote ${records} messages in ${((performance.now() - began) / 1000).toFixed(0)} s, by batches`)
    return await measure(candidate, random, report)
  } finally {
    await candidate.stop()
  }
}

const kinds: Readonly<Record<string, (random: SeededRandom) => string>> = {
  'a common word': (random) => wordOf(random.between(1, 20)),
  'a rare word': (random) => wordOf(random.between(20_000, vocabulary)),
  'two words': (random) => words(random, 2).join(' '),
  'two rare words': (random) =>
    `${wordOf(random.between(5000, vocabulary))} ${wordOf(random.between(5000, vocabulary))}`,
  'the beginning of a word': (random) => wordOf(random.between(2000, vocabulary)).slice(0, 3),
  'the beginning of a common word': (random) => 'messag'.slice(0, random.between(3, 7)),
  'a word that is nowhere': (random) => `zz${random.between(0, 1e6)}`,
}

async function measure(
  candidate: BenchCandidate,
  random: SeededRandom,
  report: (line: string) => void,
): Promise<Row[]> {
  const { server, post } = candidate
  const line = new PostConnection(server.port)
  const all: number[] = []
  await server.startDelayWatch()
  for (const [kind, query] of Object.entries(kinds)) {
    const times: number[] = []
    for (let i = 0; i < searchesEach; i++) {
      const path = `/v1/channels/${channel}/messages?limit=50&q=${encodeURIComponent(query(random))}`
      const began = performance.now()
      const { status, body } = await line.send(getRequest({ ...post, path }))
      if (status !== 200) throw new Error(`a search was answered ${status}: ${body}`)
      times.push(performance.now() - began)
    }
    times.sort((a, b) => a - b)
    report(`${kind}: p50 ${at(times, 0.5).toFixed(1)} ms, p99 ${at(times, 0.99).toFixed(1)} ms`)
    all.push(...times)
  }
  line.destroy()
  const delay = await server.stopDelayWatch()
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
  return valueAt(sorted, part) ?? 0
}
