import type { Fit, FitCount } from './schema-walk.ts'

/** What people should know of what a store keeps, a line for each collection or namespace; nothing where all fits. */
export function schemaLines(counts: readonly FitCount[]): string[] {
  return counts.flatMap(({ name, fit, records, example }) => {
    const what = meanings[fit]
    return what === null ? [] : [`${name}: ${records} ${what} (such as ${example})`]
  })
}

const meanings: Readonly<Record<Fit, string | null>> = {
  fits: null,
  upgraded: 'of an earlier shape, read in the newest',
  unfit: 'of no known shape, served as stored',
  'no collection': 'of a collection that is not in the configuration, kept and served nowhere',
  'no namespace': 'of a namespace that is not in the configuration, kept and served nowhere',
}
