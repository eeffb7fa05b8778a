import type { Connections, Statement } from '../connection/connections.ts'

const rowsAStep = 1000
const keysAStep = 5000

/** Locks a dropped channel that no other node is deleting now. */
const holdGarbage: Statement = {
  name: 'hold garbage',
  text: 'SELECT channel FROM dovetail.garbage LIMIT 1 FOR UPDATE SKIP LOCKED',
}
const sweepRecords: Statement = {
  name: 'sweep records',
  text: `WITH gone AS (DELETE FROM dovetail.records WHERE channel = $1 AND (collection, id) IN (
      SELECT collection, id FROM dovetail.records WHERE channel = $1 LIMIT ${rowsAStep}) RETURNING 1)
    SELECT count(*) FROM gone`,
}
const sweepKeys: Statement = {
  name: 'sweep keys',
  text: `WITH gone AS (DELETE FROM dovetail.keys WHERE channel = $1 AND (author, key) IN (
      SELECT author, key FROM dovetail.keys WHERE channel = $1 LIMIT ${rowsAStep}) RETURNING 1)
    SELECT count(*) FROM gone`,
}
const swept: Statement = { name: 'swept', text: 'DELETE FROM dovetail.garbage WHERE channel = $1' }

const forgetKeys: Statement = {
  name: 'forget keys',
  text: `WITH gone AS (DELETE FROM dovetail.keys WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM dovetail.keys WHERE at < $1 LIMIT ${keysAStep})) AND at < $1 RETURNING 1)
    SELECT count(*) FROM gone`,
}

const nextTombstones: Statement = {
  name: 'next tombstones',
  text: `SELECT r.channel FROM dovetail.records r JOIN dovetail.channels c ON c.number = r.channel
    WHERE r.deleted AND r.channel > $1 AND r.updated_at < $2 ORDER BY r.channel LIMIT 1`,
}
const holdNumber: Statement = {
  name: 'hold a channel by its number',
  text: 'SELECT 1 FROM dovetail.channels WHERE number = $1 AND NOT deleted FOR UPDATE',
}
/** A tombstone that a remembered key names is kept: a replay answers with it. */
const purgeTombstones: Statement = {
  name: 'purge tombstones',
  text: `WITH gone AS (DELETE FROM dovetail.records WHERE channel = $1 AND deleted AND (collection, id) IN (
        SELECT collection, id FROM dovetail.records
        WHERE channel = $1 AND deleted AND updated_at < $2
          AND (collection, id) NOT IN (SELECT collection, id FROM dovetail.keys WHERE channel = $1)
        ORDER BY updated_at LIMIT ${rowsAStep}) RETURNING rev),
      raised AS (UPDATE dovetail.channels SET floor = greatest(floor, (SELECT max(rev) FROM gone))
        WHERE number = $1 AND EXISTS (SELECT 1 FROM gone))
    SELECT count(*) FROM gone`,
}

/** Deletes rows for good, in steps small enough that commits between them are not delayed. */
export class Sweep {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  /** Deletes some of the rows of dropped channels. Returns whether there are more. */
  droppedChannels(): Promise<boolean> {
    return this.#connections.transaction(async (link) => {
      const channel = (await link.query(holdGarbage, []))[0]?.[0]
      if (channel === undefined) return false
      const gone = await Promise.all([link.query(sweepRecords, [channel]), link.query(sweepKeys, [channel])])
      if (gone.every(([row]) => Number(row?.[0]) === 0)) await link.query(swept, [channel])
      return true
    })
  }

  async keys(before: number): Promise<number> {
    let forgotten = 0
    for (;;) {
      const [row] = await this.#connections.write(forgetKeys, [before])
      if (Number(row?.[0]) === 0) return forgotten
      forgotten += Number(row?.[0])
    }
  }

  async tombstones(before: number): Promise<number> {
    let purged = 0
    let next = await this.#channelAbove(0, before)
    while (next !== null) {
      const count = await this.#purgeSome(next, before)
      purged += count
      if (count === 0) next = await this.#channelAbove(next, before)
    }
    return purged
  }

  async #channelAbove(number: number, before: number): Promise<number | null> {
    const [row] = await this.#connections.read(nextTombstones, [number, before])
    return row === undefined ? null : Number(row[0])
  }

  #purgeSome(number: number, before: number): Promise<number> {
    return this.#connections.transaction(async (link) => {
      const [, [gone]] = await Promise.all([
        link.query(holdNumber, [number]),
        link.query(purgeTombstones, [number, before]),
      ])
      return Number(gone?.[0])
    })
  }
}
