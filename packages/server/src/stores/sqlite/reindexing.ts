import type { IndexedCollection, IndexGroup, IndexProgress, Reindexing } from '../../ports/indexing/reindexing.ts'
import type { IndexSpan } from './search/reindex-reads.ts'
import type { SearchIndexer } from './search/search-indexer.ts'
import type { ReaderThread } from './threads/reader-thread.ts'
import type { WriterThread } from './threads/writer-thread.ts'

export interface ReindexingParts {
  readonly writer: Pick<WriterThread, 'call'>
  readonly reader: Pick<ReaderThread, 'call'>
  readonly indexer: Pick<SearchIndexer, 'settle'>
  /** Is given each write under way. */
  readonly written: <Result>(write: Promise<Result>) => Promise<Result>
}

/** Indexing anew, over the threads of a store. One process has the file, so that nodes need no names. */
export class SqliteReindexing implements Reindexing<IndexSpan> {
  readonly #parts: ReindexingParts

  constructor(parts: ReindexingParts) {
    this.#parts = parts
  }

  async begin(wanted: readonly IndexedCollection[]): Promise<void> {
    const { writer, written } = this.#parts
    await written(writer.call('beginReindex', wanted))
  }

  progress(): Promise<IndexProgress | null> {
    return this.#parts.reader.call('reindexProgress')
  }

  next(_node: string, limit: number): Promise<IndexGroup<IndexSpan> | null> {
    return this.#parts.reader.call('nextReindex', limit)
  }

  /** Ends when the index has the words: a search reads what it has not row by row. */
  async put(_node: string, { span }: IndexGroup<IndexSpan>, words: readonly string[]): Promise<void> {
    const { writer, indexer, written } = this.#parts
    await written(writer.call('reindex', span, words))
    await indexer.settle()
  }
}
