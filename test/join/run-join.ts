import { setTimeout as pause } from 'node:timers/promises'
import { Dice } from '@dovetail/lab/check'
import type { AnyRecord, Change, ChangesReply, Page } from '@dovetail/protocol'
import { at } from '../support/paths.ts'
import { createRest, type Rest } from '../support/rest.ts'
import type { Spawned } from '../support/spawn-server.ts'
import { until } from '../support/until.ts'
import { checkJoin } from './check-join.ts'
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
/** A reader that is not there by then will not come: the checker tells where it stands. */
const openMs = 20_000

/** One run: everything that is left to chance follows from the seed. Returns the checker's complaints. */
export async function runJoin(options: JoinOptions): Promise<string[]> {
  const { seed, server, writers, writesEach } = options
  const { port } = server.server
  const dice = new Dice(seed)
  const progress = new Progress()
  const total = writers * writesEach
  const kills = Array.from({ length: options.kills }, (_, i) => momentOfKill(i, options.kills, total, dice))
  const readers = makeReaders(options, kills, dice, progress)
  const late = new Set<Reader>(readers.map(({ reader }) => reader))
  const opened = readers.map((each) => live(each, progress).then(() => late.delete(each.reader)))
  const killing = killAndRestart(server, kills, progress)
  const written = Array.from({ length: writers }, (_, i) =>
    runWriter({ port, channel, user: `writer${i}`, writes: writesEach, dice: dice.fork(), progress }),
  )
  const results = await Promise.all(written)
  await killing
  await Promise.race([Promise.all(opened), pause(openMs, undefined, { ref: false })])
  const rest = createRest({ port })
  const { log, head } = await readLog(rest)
  const arrived = readers.map(({ reader }) => reader.reached(head))
  // Who does not arrive is the checker's business, which tells where it stands.
  await Promise.all(arrived.map((each) => until('a reader to reach the head', each).catch(() => undefined)))
  const fresh = await readPages(rest)
  const never = [...late].map((reader) => `${reader.seen.name}: did not open in ${openMs} ms`)
  const seen = readers.map(({ reader }) => reader.seen)
  for (const { reader } of readers) reader.close()
  rest.close()
  const acknowledged = results.flatMap((result) => result.acknowledged)
  const refused = results.flatMap((result) => result.refused)
  return [...never, ...refused, ...checkJoin({ acknowledged, log, head, fresh, readers: seen })]
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

/** Readers that are there from the first write on, and away whenever the server is killed: they are caught up from the store. */
const veterans = 2

function makeReaders(options: JoinOptions, kills: readonly number[], dice: Dice, progress: Progress): Planned[] {
  const { port } = options.server.server
  const total = options.writers * options.writesEach
  return Array.from({ length: options.readers }, (_, i) => {
    const way = i % 2 === 0 ? 'page' : 'last'
    const opensAt = i < veterans ? 1 : dice.between(0, total * 0.9)
    const absences =
      i < veterans
        ? kills.map((kill) => ({ from: kill - 10, to: kill + 10 }))
        : Array.from({ length: dice.between(0, 3) }, () => absence(opensAt, total, dice))
    const reader = options.makeReader({ name: `reader ${i} (${way})`, port, channel, way, dice: dice.fork(), progress })
    return { reader, opensAt, absences: absences.sort((a, b) => a.from - b.from) }
  })
}

function absence(opensAt: number, total: number, dice: Dice): Absence {
  const from = dice.between(opensAt, total)
  return { from, to: dice.between(from, Math.min(total, from + 30)) }
}

async function live({ reader, opensAt, absences }: Planned, progress: Progress): Promise<void> {
  await progress.reached(opensAt)
  await reader.open()
  for (const { from, to } of absences) {
    await progress.reached(from)
    reader.drop(progress.reached(to))
  }
}

/** Somewhere in the middle of its own part of the run, so that no two fall together. */
function momentOfKill(index: number, kills: number, total: number, dice: Dice): number {
  const part = total / kills
  return Math.floor(part * index) + dice.between(part * 0.3, part * 0.7)
}

async function killAndRestart(server: Spawned, moments: readonly number[], progress: Progress): Promise<void> {
  let running = server
  for (const moment of moments) {
    await progress.reached(moment)
    await running.kill('SIGKILL')
    running = await running.restart()
  }
}

async function readLog(rest: Rest): Promise<{ log: Change[]; head: number }> {
  const log: Change[] = []
  let cursor = '0'
  for (;;) {
    const { body } = await rest.get<ChangesReply>(`/v1/channels/${channel}/changes?after=${cursor}`)
    log.push(...body.changes)
    cursor = body.cursor
    if (!body.more) return { log, head: body.to }
  }
}

async function readPages(rest: Rest): Promise<AnyRecord[]> {
  const records: AnyRecord[] = []
  let after: number | null = 0
  while (after !== null) {
    const answer: { body: Page } = await rest.get<Page>(`${at(channel)}?limit=500&after=${after}`)
    records.push(...answer.body.records)
    after = answer.body.after
  }
  return records
}
