import type { AnyRecord, Change, ChangesReply, Page } from '@dovetail/protocol'
import { at } from '../support/paths.ts'
import { createRest, type Rest } from '../support/rest.ts'
import type { Spawned } from '../support/spawn-server.ts'
import { until } from '../support/until.ts'
import { checkJoin } from './check-join.ts'
import { Dice } from './dice.ts'
import { Progress } from './progress.ts'
import { RawReader } from './raw-reader.ts'
import { runWriter } from './writer.ts'

export interface JoinOptions {
  readonly seed: number
  readonly server: Spawned
  readonly writers: number
  readonly writesEach: number
  readonly readers: number
  /** How often the server is killed by `kill -9` and started again on the same data and port. */
  readonly kills: number
}

const channel = 'chat:join'

/** One run: everything that is left to chance follows from the seed. Returns the checker's complaints. */
export async function runJoin(options: JoinOptions): Promise<string[]> {
  const { seed, server, writers, writesEach } = options
  const { port } = server.server
  const dice = new Dice(seed)
  const progress = new Progress()
  const total = writers * writesEach
  const readers = makeReaders(options, dice, progress)
  const opened = readers.map(({ reader, opensAt, dropsAt }) => live(reader, opensAt, dropsAt, progress))
  const killing = killAndRestart(
    server,
    Array.from({ length: options.kills }, () => dice.between(total / 5, (total * 4) / 5)),
    progress,
  )
  const written = Array.from({ length: writers }, (_, i) =>
    runWriter({ port, channel, user: `writer${i}`, writes: writesEach, dice: dice.fork(), progress }),
  )
  const acknowledged = (await Promise.all(written)).flat()
  await killing
  await Promise.all(opened)
  const rest = createRest({ port })
  const { log, head } = await readLog(rest)
  const arrived = readers.map(({ reader }) => reader.reached(head))
  // Who does not arrive is the checker's business, which tells where it stands.
  await Promise.all(arrived.map((each) => until('a reader to reach the head', each).catch(() => undefined)))
  const fresh = await readPages(rest)
  const seen = readers.map(({ reader }) => reader.seen)
  for (const { reader } of readers) reader.close()
  rest.close()
  return checkJoin({ acknowledged, log, head, fresh, readers: seen })
}

interface Planned {
  readonly reader: RawReader
  /** How many writes were acknowledged when it opens, and when it loses its connection. */
  readonly opensAt: number
  readonly dropsAt: readonly number[]
}

function makeReaders({ server, writers, writesEach, readers }: JoinOptions, dice: Dice, progress: Progress): Planned[] {
  const { port } = server.server
  const total = writers * writesEach
  return Array.from({ length: readers }, (_, i) => {
    const way = i % 2 === 0 ? 'page' : 'last'
    const opensAt = dice.between(0, total * 0.9)
    const dropsAt = Array.from({ length: dice.between(0, 3) }, () => dice.between(opensAt, total))
    const reader = new RawReader({ name: `reader ${i} (${way})`, port, channel, way, dice: dice.fork(), progress })
    return { reader, opensAt, dropsAt: dropsAt.sort((a, b) => a - b) }
  })
}

async function live(reader: RawReader, opensAt: number, dropsAt: readonly number[], progress: Progress): Promise<void> {
  await progress.reached(opensAt)
  await reader.open()
  for (const dropAt of dropsAt) {
    await progress.reached(dropAt)
    reader.drop()
  }
}

async function killAndRestart(server: Spawned, moments: readonly number[], progress: Progress): Promise<void> {
  let running = server
  for (const moment of [...moments].sort((a, b) => a - b)) {
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
