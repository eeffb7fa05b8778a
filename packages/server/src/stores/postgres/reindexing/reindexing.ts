import { namespaceOf } from 'dovetail-protocol'
import type { IndexedCollection, IndexGroup, IndexProgress, Reindexing } from '../../../ports/indexing/reindexing.ts'
import { type IndexRules, isBehind, nextRules, progressOf } from '../../shared/index-rules.ts'
import type { Connections, Link } from '../connection/connections.ts'
import type { SqlRow } from '../rows/rows.ts'
import { tokensOf } from '../rows/search-tokens.ts'
import * as statements from './statements.ts'

/** Where a record stands in the walk, or behind all records of a channel. */
type Position = readonly [channel: string, collection: string, id: string]

interface Row {
  readonly channel: string
  readonly number: number
  readonly collection: string
  readonly id: string
  readonly rev: number
  readonly data: string
}

export interface IndexSpan {
  readonly from: Position
  readonly rows: readonly Row[]
  /** `null`: behind the last record of the group. */
  readonly to: Position | null
  readonly isLast: boolean
}

/** The channels that one step passes, and the most data of a group, in characters. */
const passedChannels = 200
const groupLength = 65_536
/** Sorts behind every name of a collection. */
const behindCollections = '\u007f'

/** Indexing anew: one node at a time does it, under a lease in the database. */
export class PostgresReindexing implements Reindexing<IndexSpan> {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async begin(wanted: readonly IndexedCollection[]): Promise<void> {
    await this.#connections.transaction(async (link) => {
      await link.query(statements.holdWalk, [])
      const held = rulesOf(await link.query(statements.readRules, []))
      const isUsed = (await link.query(statements.hasRecords, [])).length > 0
      const { rules, restarts } = nextRules(held, wanted, isUsed)
      await link.query(statements.clearRules, [])
      await link.query(statements.putRules, [
        rules.map(({ namespace }) => namespace),
        rules.map(({ collection }) => collection),
        rules.map((each) => each.rules),
        rules.map((each) => each.wanted),
      ])
      const namespaces = rules.filter(isBehind).map(({ namespace }) => namespace)
      if (restarts) await link.query(statements.startWalk, [[...new Set(namespaces)]])
    })
  }

  async progress(): Promise<IndexProgress | null> {
    const rows = await this.#connections.read(statements.readProgress, [])
    const [, , , , done, total] = rows[0] ?? []
    return progressOf(rulesOf(rows), { done: Number(done), total: Math.max(Number(done), Number(total)) })
  }

  async next(node: string, limit: number): Promise<IndexGroup<IndexSpan> | null> {
    const rules = rulesOf(await this.#connections.read(statements.readProgress, []))
    if (rules.length === 0) return null
    const [claimed] = await this.#connections.write(statements.claimWalk, [node])
    if (claimed === undefined) return null
    const [channel = '', collection = '', id = ''] = claimed.map(String)
    const span = await this.#connections.snapshot((link) => spanAt(link, [channel, collection, id], rules, limit))
    return { records: span.rows, span }
  }

  async put(node: string, { span }: IndexGroup<IndexSpan>, words: readonly string[]): Promise<void> {
    await this.#connections.transaction(async (link) => {
      const [held] = await link.query(statements.holdWalk, [])
      if (!span.from.every((part, index) => part === held?.[index])) return
      const done = await putWords(link, span.rows, words)
      const isWhole = done === span.rows.length
      const last = span.rows[done - 1]
      const reached = last === undefined ? span.from : ([last.channel, last.collection, last.id] as const)
      const to = isWhole && span.to !== null ? span.to : reached
      await link.query(statements.moveWalk, [node, ...to, done])
      if (isWhole && span.isLast) await link.query(statements.endWalk, [])
    })
  }
}

/** Returns how many of the rows, from the first one on, are done. */
async function putWords(link: Link, rows: readonly Row[], words: readonly string[]): Promise<number> {
  if (rows.length === 0) return 0
  const done = await link.query(statements.putWords, [
    rows.map(({ number }) => number),
    rows.map(({ collection }) => collection),
    rows.map(({ id }) => id),
    rows.map(({ rev }) => rev),
    rows.map(({ number, collection }, index) =>
      tokensOf({ number, record: { collection }, words: words[index] ?? '' }),
    ),
  ])
  const missing = done.findIndex(([number], index) => Number(number) !== index + 1)
  return missing < 0 ? done.length : missing
}

async function spanAt(link: Link, from: Position, behind: readonly IndexRules[], limit: number): Promise<IndexSpan> {
  const channels = (await link.query(statements.nextChannels, [from[0], passedChannels])).map(([name]) => String(name))
  const pairs = channels.flatMap((channel) =>
    collectionsOf(channel, behind).map((collection) => [channel, collection] as const),
  )
  const toWalk = pairs.filter((pair) => pair[0] > from[0] || pair[1] >= from[1])
  const found = await link.query(statements.nextRecords, [
    toWalk.map(([channel]) => channel),
    toWalk.map(([, collection]) => collection),
    ...from,
    limit,
  ])
  const rows = shortened(found.map(rowOf))
  const isWhole = rows.length === found.length && found.length < limit
  const last = channels.at(-1)
  return {
    from,
    rows,
    to: isWhole && last !== undefined ? [last, behindCollections, ''] : null,
    isLast: isWhole && channels.length < passedChannels,
  }
}

function collectionsOf(channel: string, rules: readonly IndexRules[]): string[] {
  const namespace = namespaceOf(channel)
  return rules
    .filter((each) => each.namespace === namespace)
    .map(({ collection }) => collection)
    .sort()
}

/** At least one, and no more than a few milliseconds of making words. */
function shortened(rows: readonly Row[]): readonly Row[] {
  let length = 0
  const over = rows.findIndex(({ data }, index) => {
    length += data.length
    return index > 0 && length > groupLength
  })
  return over < 0 ? rows : rows.slice(0, over)
}

function rowOf([channel, number, collection, id, rev, data]: SqlRow): Row {
  return {
    channel: String(channel),
    number: Number(number),
    collection: String(collection),
    id: String(id),
    rev: Number(rev),
    data: String(data),
  }
}

function rulesOf(rows: readonly SqlRow[]): IndexRules[] {
  return rows.map((row) => {
    const [namespace = '', collection = '', rules = '', wanted = ''] = row.map(String)
    return { namespace, collection, rules, wanted }
  })
}
