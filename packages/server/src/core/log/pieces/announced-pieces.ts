/**
 * Which changes other nodes are notified of as pieces: those of a record whose state before was an append that this node
 * notified of too, with all of its data or as a piece on top of that. A node that misses one reads the store.
 */
import type { StoredRecord } from '../../../ports/stored-record.ts'

const maxRecords = 1000

export class AnnouncedPieces {
  /** The revision of the last append that was notified of, by channel, collection and id. */
  readonly #revs = new Map<string, number>()

  /** The changes as they are sent: without the data where the piece is enough. */
  shortened(channel: string, epoch: string, changes: readonly StoredRecord[]): readonly StoredRecord[] {
    if (!changes.some(({ growth }) => growth !== undefined)) return changes
    return changes.map((change) => {
      const { growth } = change
      if (growth === undefined) return change
      const name = `${channel} ${epoch} ${change.collection} ${change.id}`
      const isNext = this.#revs.get(name) === growth.from
      this.#revs.delete(name)
      this.#revs.set(name, change.rev)
      const [oldest] = this.#revs.keys()
      if (this.#revs.size > maxRecords && oldest !== undefined) this.#revs.delete(oldest)
      return isNext ? { ...change, data: '' } : change
    })
  }
}
