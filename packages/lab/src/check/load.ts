/** The first part of a run: writers write, and readers open and lose their connections, while faults may hit the servers. */
import { setTimeout as wait } from 'node:timers/promises'
import { CheckFailure } from '../failures/check-failure.ts'
import type { SeededRandom } from '../random/seeded-random.ts'
import { isSettledWithin } from '../time/is-settled-within.ts'
import type { Nodes } from './client/nodes.ts'
import type { RunHistory } from './judge/history.ts'
import type { Acknowledged, Stream } from './judge/observation.ts'
import type { Reader } from './readers/reader.ts'
import { dropReaders } from './readers/reader-group.ts'
import { runCatchUps, runListeners } from './readers/streams.ts'
import { RecoveryWatch } from './recovery-watch.ts'
import { runWriter, type Written } from './writer.ts'
import { type Enough, writtenEnough } from './written-enough.ts'

export interface LoadOptions {
  readonly nodes: Nodes
  readonly channel: string
  readonly collection: string
  /** The readers' token; `null` where they are anonymous. */
  readonly token: string | null
  /** A token for each writer. */
  readonly tokens: readonly string[]
  readonly readers: readonly Reader[]
  readonly random: SeededRandom
  readonly history: RunHistory
  readonly seconds: number
  /** Mean time between two writes of one writer, in ms. */
  readonly restMs: number
  /** How long readers may take to open, and writers to have their last reply. */
  readonly withinMs: number
  readonly disturb?: ((watch: RecoveryWatch) => Promise<void>) | undefined
}

export interface Loaded {
  /** Each reader's first page and stream. */
  readonly opened: readonly Promise<void>[]
  readonly written: readonly Written[]
  readonly acknowledged: readonly Acknowledged[]
  /** What catch-ups and listeners received. */
  readonly streams: readonly Stream[]
}

const sleep = (ms: number): Promise<unknown> => wait(ms)
const now = (): number => performance.now()

/** Readers open one after another in the first half of the time. */
export async function load(options: LoadOptions): Promise<Loaded> {
  const { readers, random, history, seconds, withinMs, disturb } = options
  const acknowledged: Acknowledged[] = []
  const watch = new RecoveryWatch(readers, now)
  let isOver = false
  const givenUp = new AbortController()
  history.note({ kind: 'phase', name: 'load' })
  const opened = readers.map((reader, index) =>
    sleep((seconds * 500 * index) / readers.length).then(() => reader.open()),
  )
  // A run that fails leaves readers that do not open; nobody awaits them then.
  for (const each of opened) each.catch(() => undefined)
  const dropping = dropReaders(readers, random.fork(), history, () => isOver)
  const over = new AbortController()
  const streams = { ...options, acknowledged, pause: sleep, signal: over.signal }
  const streaming = Promise.all([
    runCatchUps({ ...streams, random: random.fork() }),
    runListeners({ ...streams, random: random.fork() }),
  ])
  const writing = write(options, {
    isOver: () => isOver,
    signal: givenUp.signal,
    acknowledged: (each) => {
      acknowledged.push(each)
      watch.acknowledged(each)
      history.note({ kind: 'write', id: each.id, text: each.text, rev: each.rev })
    },
    failed: (why) => watch.failed(why),
  })
  try {
    const disturbed = disturb && allOpen(readers, opened, withinMs).then(() => disturb(watch))
    await Promise.all([writtenEnough(howMuch(options, acknowledged)), disturbed])
  } catch (error) {
    for (const reader of readers) reader.close()
    givenUp.abort()
    throw error
  } finally {
    isOver = true
    over.abort()
  }
  const giveUp = setTimeout(() => givenUp.abort(), withinMs)
  const written = await Promise.all(writing)
  clearTimeout(giveUp)
  await dropping
  return { opened, written, acknowledged, streams: (await streaming).flat() }
}

function howMuch({ seconds, restMs, tokens }: LoadOptions, acknowledged: readonly Acknowledged[]): Enough {
  return { seconds, restMs, writers: tokens.length, acknowledged: () => acknowledged.length, sleep, now }
}

type WritingOptions = Pick<Parameters<typeof runWriter>[0], 'isOver' | 'signal' | 'acknowledged' | 'failed'>

function write(options: LoadOptions, writing: WritingOptions): Promise<Written>[] {
  const { tokens, nodes, channel, collection, restMs, random } = options
  return tokens.map((token, index) =>
    runWriter({
      ...writing,
      name: `writer-${index}`,
      nodes,
      channel,
      collection,
      token,
      restMs,
      random: random.fork(),
      pause: sleep,
      now,
    }),
  )
}

async function allOpen(readers: readonly Reader[], opened: readonly Promise<void>[], withinMs: number): Promise<void> {
  const missing = new Set(readers)
  const opening = opened.map((each, index) => each.then(() => missing.delete(readers[index] as Reader)))
  if (await isSettledWithin(Promise.all(opening), withinMs)) return
  const names = [...missing].map((reader) => reader.observation.name)
  throw new CheckFailure(`not open within ${withinMs} ms: ${names.join(', ')}`)
}
