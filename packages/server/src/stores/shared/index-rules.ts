import type { IndexedCollection, IndexProgress } from '../../ports/indexing/reindexing.ts'

/** By what rules a collection is indexed, and by which it is to be; the two differ until the walk has ended. */
export interface IndexRules extends IndexedCollection {
  readonly wanted: string
}

/** Some records are indexed by other rules than others: from the begin of a walk until its end. */
const mixed = '?'

/** The rules to store, and whether a walk over all records has to begin. */
export function nextRules(
  held: readonly IndexRules[],
  wanted: readonly IndexedCollection[],
  hasRecords: boolean,
): { readonly rules: readonly IndexRules[]; readonly restarts: boolean } {
  const namespaces = new Set(wanted.map(({ namespace }) => namespace))
  const before = new Map(held.map((each) => [nameOf(each), each]))
  const asked = new Map(wanted.map((each) => [nameOf(each), each]))
  const rules: IndexRules[] = []
  let restarts = false
  for (const [name, { namespace, collection }] of [...before, ...asked].filter(isFirst())) {
    const known = before.get(name)
    const left = namespaces.has(namespace) ? '' : (known?.rules ?? '')
    const wants = asked.get(name)?.rules ?? left
    const has = hasRecords ? (known?.rules ?? '') : wants
    if (has === '' && wants === '') continue
    restarts ||= has !== wants && known?.wanted !== wants
    rules.push({ namespace, collection, rules: has === wants ? has : mixed, wanted: wants })
  }
  return { rules, restarts }
}

export function isBehind({ rules, wanted }: IndexRules): boolean {
  return rules !== wanted
}

export function progressOf(
  held: readonly IndexRules[],
  walk: Pick<IndexProgress, 'done' | 'total'>,
): IndexProgress | null {
  const collections = held.filter(isBehind).map(({ namespace, collection }) => ({ namespace, collection }))
  return collections.length === 0 ? null : { collections, ...walk }
}

function nameOf({ namespace, collection }: Pick<IndexedCollection, 'namespace' | 'collection'>): string {
  return `${namespace}.${collection}`
}

function isFirst(): (entry: readonly [string, unknown]) => boolean {
  const seen = new Set<string>()
  return ([name]) => !seen.has(name) && seen.add(name) !== undefined
}
