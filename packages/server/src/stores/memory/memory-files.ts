/** The table of files in memory: for `memory:`, where a restart loses everything. */
import type { Claim, FileFacts, FileTable, KnownFile, Reference } from '../../ports/files/file-table.ts'

interface Row {
  readonly facts: FileFacts
  state: 'pending' | 'stored' | 'going'
  /** When it is removed; `null`: a record refers to it. */
  until: number | null
}

interface ClaimRow {
  readonly reference: Reference
  claims: number
  checkAt: number | null
  isSettled: boolean
}

export class MemoryFiles implements FileTable {
  readonly #files = new Map<string, Row>()
  readonly #claims = new Map<string, ClaimRow>()

  async add(facts: FileFacts, until: number): Promise<void> {
    this.#files.set(facts.id, { facts, state: 'pending', until })
  }

  async find(id: string): Promise<KnownFile | null> {
    const row = this.#files.get(id)
    if (row === undefined || row.state === 'going') return null
    return { ...row.facts, state: row.state, isReferred: row.until === null }
  }

  async waiting(channel: string, author: string): Promise<number> {
    const isWaiting = ({ facts, until }: Row) => until !== null && facts.channel === channel && facts.author === author
    return [...this.#files.values()].filter(isWaiting).length
  }

  async ofAuthor(author: string, after: string, limit: number): Promise<readonly KnownFile[]> {
    const ids = [...this.#files.values()].flatMap(({ facts, state }) =>
      facts.author === author && facts.id > after && state !== 'going' ? [facts.id] : [],
    )
    const found = await Promise.all(
      ids
        .sort()
        .slice(0, limit)
        .map((id) => this.find(id)),
    )
    return found.filter((file) => file !== null)
  }

  async stored(id: string, until: number): Promise<boolean> {
    const row = this.#files.get(id)
    if (row === undefined || row.state === 'going') return false
    if (row.state === 'pending') Object.assign(row, { state: 'stored', until })
    return true
  }

  async referencesOf(
    channel: string,
    records: readonly { readonly collection: string; readonly record: string }[],
  ): Promise<readonly Reference[]> {
    const isOf = (reference: Reference) =>
      reference.channel === channel &&
      records.some(({ collection, record }) => reference.collection === collection && reference.record === record)
    return [...this.#claims.values()].map(({ reference }) => reference).filter(isOf)
  }

  async claim(references: readonly Reference[], checkAt: number): Promise<readonly Claim[]> {
    return references.flatMap((reference) => {
      const file = this.#files.get(reference.file)
      if (file?.state !== 'stored' || file.facts.channel !== reference.channel) return []
      file.until = null
      const key = keyOf(reference)
      const row = this.#claims.get(key) ?? { reference, claims: 0, checkAt, isSettled: false }
      row.claims++
      row.checkAt = checkAt
      this.#claims.set(key, row)
      return [claimOf(row)]
    })
  }

  async claimChannel(channel: string, checkAt: number): Promise<void> {
    for (const row of this.#claims.values()) {
      if (row.reference.channel !== channel) continue
      row.claims++
      row.checkAt = checkAt
    }
  }

  async dueClaims(now: number, limit: number): Promise<readonly Claim[]> {
    const due = [...this.#claims.values()].filter(({ checkAt }) => checkAt !== null && checkAt <= now)
    const earliest = due.sort((a, b) => (a.checkAt ?? 0) - (b.checkAt ?? 0))
    return earliest.slice(0, limit).map(claimOf)
  }

  async settle(claim: Claim): Promise<void> {
    const row = this.#claims.get(keyOf(claim))
    if (row?.claims !== claim.claims) return
    row.checkAt = null
    row.isSettled = true
  }

  async withdraw(claim: Claim, until: number): Promise<void> {
    if (this.#claims.get(keyOf(claim))?.claims !== claim.claims) return
    this.#claims.delete(keyOf(claim))
    const file = this.#files.get(claim.file)
    if (file !== undefined && !this.#isClaimed(claim.file)) file.until = until
  }

  async takeOver(now: number, again: number, limit: number): Promise<readonly string[]> {
    const isOver = ([id, { until }]: [string, Row]) => until !== null && until <= now && !this.#isClaimed(id)
    const over = [...this.#files].filter(isOver).slice(0, limit)
    for (const [, row] of over) Object.assign(row, { state: 'going', until: again })
    return over.map(([id]) => id)
  }

  async drop(id: string): Promise<void> {
    if (this.#files.get(id)?.state === 'going') this.#files.delete(id)
  }

  async forget(author: string, now: number): Promise<void> {
    for (const [id, row] of this.#files) {
      if (row.facts.author !== author) continue
      for (const [key, { reference }] of this.#claims) if (reference.file === id) this.#claims.delete(key)
      row.until = now
    }
  }

  #isClaimed(id: string): boolean {
    return [...this.#claims.values()].some(({ reference }) => reference.file === id)
  }
}

function keyOf({ file, collection, record }: Reference): string {
  return `${file} ${collection} ${record}`
}

function claimOf({ reference, claims, isSettled }: ClaimRow): Claim {
  return { ...reference, claims, isSettled }
}
