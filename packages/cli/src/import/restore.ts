/** Imports what `dovetail export` wrote: each channel gets the same log, with the same positions and revisions. */

import { readBounds } from '../requests/read-limits.ts'
import type { Requests } from '../requests/requests.ts'
import { type ExportLine, readExportLines } from './export-lines.ts'
import type { ImportedRecord } from './incoming.ts'
import { countResults, type ImportCounts, type ImportWatch, type Result } from './results.ts'

interface Waiting {
  readonly line: number
  readonly record: ImportedRecord
}

/** The bytes of a record besides its data. */
const aroundData = 300

export async function restoreExport(requests: Requests, file: string, watch: ImportWatch): Promise<ImportCounts> {
  const bounds = await readBounds(requests)
  const restored = new RestoredChannels(requests, watch)
  let bytes = 0
  for await (const { line, content } of readExportLines(file)) {
    if (!('record' in content)) {
      await restored.note(content)
      bytes = 0
      continue
    }
    const own = JSON.stringify(content.record).length * 2 + aroundData
    if (restored.waiting >= bounds.records || bytes + own > bounds.bytes) {
      await restored.send()
      bytes = 0
    }
    bytes += own
    restored.add(content.channel, { line, record: content.record })
  }
  await restored.send()
  return restored.counts
}

/** The records of one channel after the other. */
class RestoredChannels {
  readonly counts = { created: 0, kept: 0, refused: 0 }
  readonly #requests: Requests
  readonly #watch: ImportWatch
  #channel = ''
  #facts: object = {}
  #waiting: Waiting[] = []

  constructor(requests: Requests, watch: ImportWatch) {
    this.#requests = requests
    this.#watch = watch
  }

  get waiting(): number {
    return this.#waiting.length
  }

  add(channel: string, waiting: Waiting): void {
    this.#channel = channel
    this.#waiting.push(waiting)
  }

  /** A line about the channel: its facts come before its records, a cursor behind them. */
  async note(content: Exclude<ExportLine, { readonly record: ImportedRecord }>): Promise<void> {
    if ('user' in content) {
      await this.send()
      await this.#requests.ask('PUT', `/v1/users/${encodeURIComponent(content.user)}/account`, content.account)
      return
    }
    if ('cursor' in content) {
      this.#channel = content.channel
      await this.send(revisionOf(content.cursor))
      return
    }
    await this.send()
    const { channel, visibility, title, createdAt } = content
    this.#channel = channel
    this.#facts = { visibility, createdAt, ...(title === null ? {} : { title }) }
  }

  /** `head`: the revision that the log reaches with what was sent. */
  async send(head?: number): Promise<void> {
    if (this.#waiting.length === 0 && head === undefined) return
    const sent = this.#waiting
    this.#waiting = []
    const body = { ...this.#facts, records: sent.map(({ record }) => record), ...(head === undefined ? {} : { head }) }
    const reply = await this.#requests.ask('POST', `/v1/import/${encodeURIComponent(this.#channel)}`, body)
    countResults((reply as { results: readonly Result[] }).results, sent, this.counts, this.#watch)
    this.#watch.onProgress(this.counts)
  }
}

function revisionOf(cursor: string): number {
  return Number(cursor.slice(cursor.lastIndexOf('.') + 1))
}
