/**
 * Indexing anew what was indexed by other rules: after a change of the configuration or of the rules of words. A store
 * keeps how far this has come, so that a node goes on where another, or the one before it, has ended. It makes no words:
 * the core reads a group, makes the words of each record, and gives them back.
 */
export interface IndexedCollection {
  readonly namespace: string
  readonly collection: string
  /** By what the words are made, as one text that is only compared; empty: the collection is not searched. */
  readonly rules: string
}

export interface IndexProgress {
  /** The collections that the index does not follow yet. */
  readonly collections: readonly Pick<IndexedCollection, 'namespace' | 'collection'>[]
  /** How many of `total` records were looked at; both are about right. */
  readonly done: number
  readonly total: number
}

/** Records whose words are to be made, in the order of the walk. */
export interface IndexGroup<Span = unknown> {
  readonly records: readonly { readonly channel: string; readonly collection: string; readonly data: string }[]
  /** The store's own: which records these are, and where the walk goes on after them. */
  readonly span: Span
}

export interface Reindexing<Span = unknown> {
  /**
   * Says by what rules each collection is to be indexed. A collection that is not named is indexed by none where its
   * namespace is named, and stays as it is otherwise. A walk that was under way for the same rules goes on; in a store
   * without records there is nothing to do.
   */
  begin(wanted: readonly IndexedCollection[]): Promise<void>
  /** `null`: the index follows the rules. */
  progress(): Promise<IndexProgress | null>
  /** The next group, of up to `limit` records, for `node`; `null`: another node is at it, or all is done. */
  next(node: string, limit: number): Promise<IndexGroup<Span> | null>
  /**
   * Takes the words of a group (of a record that was changed meanwhile, they count for nothing), and the walk goes on
   * behind it. Without effect where another node has taken the walk over.
   */
  put(node: string, group: IndexGroup<Span>, words: readonly string[]): Promise<void>
}
