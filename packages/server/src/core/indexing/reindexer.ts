/**
 * Keeps the search index as the configuration says: what was indexed by other fields, or by earlier rules of words, is
 * indexed anew in the background, in small groups. Of the nodes of a cluster one does it, and the others wait for it.
 */
import type { Clock } from '../../ports/clock.ts'
import type { IndexedCollection, IndexGroup, IndexProgress, Reindexing } from '../../ports/indexing/reindexing.ts'
import type { NamespacePolicy, Policies } from '../access/policy.ts'
import { searchWords, wordRules } from '../rules/search-tokens.ts'

export interface ReindexerOptions {
  readonly clock: Clock
  /** `null`: the store is made anew with each start. */
  readonly store: Reindexing | null
  readonly policies: Policies
  /** The name of this node among those that share the store. */
  readonly node: string
  readonly report: (error: unknown, doing: string) => void
  /** Gets one line for people at the begin, now and then, and at the end. */
  readonly logLine: (line: string) => void
}

/** Some milliseconds of work, so that nothing else waits long. */
const groupRecords = 100
/** How often progress is logged, and read where another node is at it, in ms. */
const logMs = 10_000
const watchMs = 1000

export class Reindexer {
  readonly #options: ReindexerOptions
  #progress: IndexProgress | null = null
  #isStopped = false
  #running: Promise<void> = Promise.resolve()
  #loggedAt = 0
  #endRest: () => void = () => undefined

  constructor(options: ReindexerOptions) {
    this.#options = options
  }

  /** What is left to do; `null`: nothing. */
  get progress(): IndexProgress | null {
    return this.#progress
  }

  /** Whether a search may miss records, or find them by what they no longer say. `null`: of any. */
  isBehind(namespace: string | null, collection: string | null): boolean {
    if (this.#progress === null) return false
    return this.#progress.collections.some(
      (each) => [null, each.namespace].includes(namespace) && [null, each.collection].includes(collection),
    )
  }

  /** Compares the store with the configuration; what is left to do goes on in the background. */
  async begin(): Promise<void> {
    const { store, policies } = this.#options
    if (store === null) return
    await store.begin(wantedOf(policies))
    this.#progress = await store.progress()
    if (this.#progress !== null) this.#running = this.#run(store)
  }

  /** Ends after the group under way. The next start goes on from there. */
  stop(): Promise<void> {
    this.#isStopped = true
    this.#endRest()
    return this.#running
  }

  async #run(store: Reindexing): Promise<void> {
    const { clock, report } = this.#options
    this.#logProgress('is being indexed anew')
    while (!this.#isStopped && this.#progress !== null) {
      const began = clock.monotonic()
      const went = await this.#step(store).catch((error: unknown) => {
        report(error, 'indexing anew')
        return false
      })
      // As long a rest as the work took leaves at least half of the store to others.
      if (!this.#isStopped && this.#progress !== null) await this.#rest(went ? clock.monotonic() - began : watchMs)
    }
  }

  /** Returns whether there was something to do for this node. */
  async #step(store: Reindexing): Promise<boolean> {
    const { node, clock } = this.#options
    const group = await store.next(node, groupRecords)
    if (group !== null) await store.put(node, group, this.#wordsOf(group))
    this.#progress = await store.progress()
    if (this.#progress === null) this.#options.logLine('search: the index follows the configuration')
    else if (clock.monotonic() - this.#loggedAt >= logMs) this.#logProgress('is still being indexed anew')
    return group !== null
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve)
      this.#endRest = () => {
        cancel()
        resolve()
      }
    })
  }

  #wordsOf({ records }: IndexGroup): string[] {
    const { policies } = this.#options
    return records.map(({ channel, collection, data }) => {
      const policy = policies.of(channel)?.collections.get(collection)
      return searchWords(policy?.search ?? [], JSON.parse(policy?.newest?.(data) ?? data))
    })
  }

  #logProgress(what: string): void {
    if (this.#progress === null) return
    this.#loggedAt = this.#options.clock.monotonic()
    const { collections, done, total } = this.#progress
    const names = collections.map(({ namespace, collection }) => `${namespace}.${collection}`).join(', ')
    this.#options.logLine(
      `search: ${names} ${what} (${done} of about ${total} records); searches are not complete until then`,
    )
  }
}

/** Of namespaces that outlive the process. */
function wantedOf({ namespaces }: Policies): IndexedCollection[] {
  return [...namespaces.values()].filter(({ storage }) => storage === 'durable').flatMap(wantedIn)
}

function wantedIn({ name, collections }: NamespacePolicy): IndexedCollection[] {
  return [...collections.values()].map((collection) => ({
    namespace: name,
    collection: collection.name,
    rules:
      collection.search.length === 0
        ? ''
        : JSON.stringify([wordRules, collection.shape, ...collection.search.toSorted()]),
  }))
}
