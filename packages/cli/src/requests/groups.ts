/**
 * Cuts a stream of items into groups: what has arrived while one group is worked on makes the next one. So a fast source
 * gives full groups, and an item that comes alone does not wait for others.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'

export interface GroupBounds<Item> {
  readonly items: number
  readonly bytes: number
  readonly bytesOf: (item: Item) => number
}

export async function* inGroups<Item>(
  source: AsyncIterable<Item> | Iterable<Item>,
  bounds: GroupBounds<Item>,
): AsyncGenerator<Item[], void> {
  const arrivals = new Arrivals(source, bounds.items * 2)
  try {
    for (;;) {
      const arrived = await arrivals.some()
      if (arrived.length === 0) return
      yield arrivals.take(countWithin(arrived, bounds))
    }
  } finally {
    arrivals.stop()
  }
}

/** How many items of the beginning fit; one always does. */
function countWithin<Item>(items: readonly Item[], { items: most, bytes, bytesOf }: GroupBounds<Item>): number {
  let left = bytes
  let count = 0
  for (const item of items) {
    left -= bytesOf(item)
    if (count === most || (left < 0 && count > 0)) break
    count += 1
  }
  return count
}

/** Reads a source ahead, up to `most` items. */
class Arrivals<Item> {
  readonly #most: number
  #items: Item[] = []
  #ended = false
  #stopped = false
  #failure: { readonly error: unknown } | null = null
  #onArrival: () => void = () => undefined
  #onCapacity: () => void = () => undefined

  constructor(source: AsyncIterable<Item> | Iterable<Item>, most: number) {
    this.#most = most
    void this.#read(source)
  }

  /** What has arrived, at least one item; empty: the source has ended. Rejects where the source failed. */
  async some(): Promise<readonly Item[]> {
    while (this.#items.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#onArrival = resolve
      })
    }
    // What is there at once comes in one group.
    await nextTurn()
    if (this.#items.length === 0 && this.#failure !== null) throw this.#failure.error
    return this.#items
  }

  take(count: number): Item[] {
    const taken = this.#items.slice(0, count)
    this.#items = this.#items.slice(count)
    this.#onCapacity()
    return taken
  }

  stop(): void {
    this.#stopped = true
    this.#onCapacity()
  }

  async #read(source: AsyncIterable<Item> | Iterable<Item>): Promise<void> {
    try {
      for await (const item of source) {
        this.#items.push(item)
        this.#onArrival()
        while (this.#items.length >= this.#most && !this.#stopped) {
          await new Promise<void>((resolve) => {
            this.#onCapacity = resolve
          })
        }
        if (this.#stopped) return
      }
    } catch (error) {
      this.#failure = { error }
    } finally {
      this.#ended = true
      this.#onArrival()
    }
  }
}
