import { setTimeout as pause } from 'node:timers/promises'
import { findComplaints, readLog, readPages, SeededRandom } from 'dovetail-lab/check'
import { createRest } from '../support/clients/rest.ts'
import { at } from '../support/paths.ts'
import type { Spawned } from '../support/servers/spawn-server.ts'
import { until } from '../support/until.ts'
import { Progress } from './progress.ts'
import type { Reader, ReaderOptions } from './reader.ts'
import { runWriter } from './writer.ts'

export interface JoinOptions {
  readonly seed: number
  readonly server: Spawned
  readonly writers: number
  readonly writesEach: number
  readonly readers: number
  readonly makeReader: (options: ReaderOptions) => Reader
  /** How often the server is killed by `kill -9` and started again on the same data and port. */
  readonly kills: number
}

const channel = 'chat:join'
/** A reader that has not opened by then does not count as opened. */
const openMs = 20_000

/** One run, in which all chance follows from the seed. Returns the checker's complaints. */
export async function runJoin(options: JoinOptions): Promise<string[]> {
  const { seed, server, writers, writesEach } = options
  const { port } = server.server
  const random = new SeededRandom(seed)
  const progress = new Progress()
  const total = writers * writesEach
  const kills = Array.from({ length: options.kills }, (_, i) => momentOfKill(i, options.kills, total, random))
  const readers = makeReaders(options, kills, random, progress)
  const late = new Set<Reader>(readers.map(({ reader }) => reader))
  const opened = readers.map((each) => live(each, progress).then(() => late.delete(each.reader)))
  const killing = killAndRestart(server, kills, progress)
  const written = Array.from({ length: writers }, (_, i) =>
    runWriter({ port, channel, user: `writer${i}`, writes: writesEach, random: random.fork(), progress }),
  )
  const results = await Promise.all(written)
  await killing
  await Promise.race([Promise.all(opened), pause(openMs, undefined, { ref: false })])
  const rest = createRest({ port })
  const request = async (path: string): Promise<unknown> => (await rest.get(path)).body
  const { epoch, log, head } = await readLog(request, channel)
  const arrived = readers.map(({ reader }) => reader.reached(epoch, head))
  // A reader that does not arrive is a complaint of the checker, which names its revision.
  await Promise.all(arrived.map((each) => until('a reader to reach the head', each).catch(() => undefined)))
  const fresh = await readPages(request, at(channel), 500)
  const never = [...late].map((reader) => `${reader.observation.name}: did not open in ${openMs} ms`)
  const observations = readers.map(({ reader }) => reader.observation)
  for (const { reader } of readers) reader.close()
  rest.close()
  const complaints = findComplaints({
    acknowledged: results.flatMap((result) => result.acknowledged),
    unknown: [],
    refused: results.flatMap((result) => result.refused),
    restored: false,
    epoch,
    log,
    head,
    fresh,
    readers: observations,
    streams: [],
  })
  return [...never, ...complaints.map(({ text }) => text)]
}

/** All moments are numbers of acknowledged writes. */
interface Absence {
  readonly from: number
  readonly to: number
}

interface Planned {
  readonly reader: Reader
  readonly opensAt: number
  readonly absences: readonly Absence[]
}

/** How many readers follow from the first write on and are away whenever the server is killed, so that they catch up from the store. */
const veterans = 2

function makeReaders(
  options: JoinOptions,
  kills: readonly number[],
  random: SeededRandom,
  progress: Progress,
): Planned[] {
  const { port } = options.server.server
  const total = options.writers * options.writesEach
  return Array.from({ length: options.readers }, (_, i) => {
    const start = i % 2 === 0 ? 'page' : 'last'
    const opensAt = i < veterans ? 1 : random.between(0, total * 0.9)
    const absences =
      i < veterans
        ? kills.map((kill) => ({ from: kill - 10, to: kill + 10 }))
        : Array.from({ length: random.between(0, 3) }, () => absence(opensAt, total, random))
    const reader = options.makeReader({
      name: `reader ${i} (${start})`,
      port,
      channel,
      start,
      random: random.fork(),
      progress,
    })
    return { reader, opensAt, absences: absences.sort((a, b) => a.from - b.from) }
  })
}

function absence(opensAt: number, total: number, random: SeededRandom): Absence {
  const from = random.between(opensAt, total)
  return { from, to: random.between(from, Math.min(total, from + 30)) }
}

async function live({ reader, opensAt, absences }: Planned, progress: Progress): Promise<void> {
  await progress.reached(opensAt)
  await reader.open()
  for (const { from, to } of absences) {
    await progress.reached(from)
    reader.drop(progress.reached(to))
  }
}

/** In the middle of its own part of the run, so that no two kills fall together. */
function momentOfKill(index: number, kills: number, total: number, random: SeededRandom): number {
  const part = total / kills
  return Math.floor(part * index) + random.between(part * 0.3, part * 0.7)
}

async function killAndRestart(server: Spawned, moments: readonly number[], progress: Progress): Promise<void> {
  let running = server
  for (const moment of moments) {
    await progress.reached(moment)
    await running.kill('SIGKILL')
    running = await running.restart()
  }
}
