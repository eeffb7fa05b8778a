/** Publishes lines by `POST /v1/batch`: as many in one request as have arrived, in their order. */
import { inGroups } from '../requests/groups.ts'
import { type RequestBounds, readBounds } from '../requests/read-limits.ts'
import { type Problem, Refusal } from '../requests/refusal.ts'
import type { Requests } from '../requests/requests.ts'
import { type Draft, type PublishedLine, parseLine } from './line.ts'
import { type Outcome, refused } from './outcome.ts'
import type { Publishing } from './publishing.ts'

interface Entry {
  readonly line: number
  readonly draft: Draft
}

interface BatchResult {
  readonly record?: unknown
  readonly error?: Partial<Problem>
}

export async function* publishOverRest(
  requests: Requests,
  publishing: Publishing,
  lines: AsyncIterable<PublishedLine>,
): AsyncGenerator<Outcome, void> {
  let bounds: RequestBounds
  try {
    bounds = await readBounds(requests)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    // Said of the line that can't be sent; without a line there is nothing to say.
    for await (const { number } of lines) return yield refused(number, error)
    return
  }
  const bytesOf = ({ text }: PublishedLine): number => text.length * 2 + 300
  const batches = new Batches(requests, publishing)
  for await (const group of inGroups(lines, { items: bounds.records, bytes: bounds.bytes, bytesOf })) {
    let entries: Entry[] = []
    for (const { number, text } of group) {
      const draft = parseLine(text, publishing.whole)
      if ('data' in draft) {
        entries.push({ line: number, draft })
        continue
      }
      // What stands before a bad line is written before the line is refused.
      yield* batches.publish(entries)
      entries = []
      yield { line: number, error: draft }
    }
    yield* batches.publish(entries)
  }
}

class Batches {
  readonly #requests: Requests
  readonly #publishing: Publishing

  constructor(requests: Requests, publishing: Publishing) {
    this.#requests = requests
    this.#publishing = publishing
  }

  /**
   * Nothing of a batch is written where one of its writes is refused. So the halves of a refused batch are sent, and
   * theirs, until the write at fault stands alone.
   */
  async *publish(entries: readonly Entry[]): AsyncGenerator<Outcome, void> {
    if (entries.length === 0) return
    const results = await this.#send(entries)
    if (!(results instanceof Refusal)) {
      for (const [index, { line }] of entries.entries()) yield { line, record: results[index]?.record }
      return
    }
    const [first] = entries
    if (first !== undefined && (entries.length === 1 || results.retryable)) return yield refused(first.line, results)
    const middle = entries.length >> 1
    yield* this.publish(entries.slice(0, middle))
    yield* this.publish(entries.slice(middle))
  }

  async #send(entries: readonly Entry[]): Promise<readonly BatchResult[] | Refusal> {
    try {
      const body = { writes: entries.map((entry) => this.#write(entry)) }
      const { results } = (await this.#requests.ask('POST', '/v1/batch', body)) as { results: readonly BatchResult[] }
      const error = results.find((result) => result.error !== undefined)?.error
      return error === undefined ? results : new Refusal(error)
    } catch (error) {
      if (error instanceof Refusal) return error
      throw error
    }
  }

  #write({ line, draft: { data, id, author = this.#publishing.author } }: Entry): object {
    const { channel, collection, key } = this.#publishing
    const target = id === undefined ? { op: 'create' } : { op: 'put', recordId: id }
    const by = author === undefined ? {} : { author }
    return { ...target, channel, collection, data, key: `${key}-${line}`, ...by }
  }
}
