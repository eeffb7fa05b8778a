import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { looksMarked } from './looks-marked.ts'

type Sanitise = (text: string) => string

let sanitise: Sanitise | null = null
let asked = false
const listeners = new Set<() => void>()

/** The parser is loaded when the first text needs it; it is no part of the first load. */
function load(): void {
  if (asked) return
  asked = true
  import('./sanitised.ts').then(
    (module) => {
      sanitise = module.sanitised
      for (const listener of listeners) listener()
    },
    () => {
      // Texts stay as they were written; the next one that needs it asks again.
      asked = false
    },
  )
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The text as safe HTML; null where it is to be shown as it is. */
export function useSanitised(text: string): string | null {
  const marked = looksMarked(text)
  const parser = useSyncExternalStore(subscribe, () => sanitise)
  useEffect(() => {
    if (marked) load()
  }, [marked])
  return useMemo(() => (marked && parser !== null ? parser(text) : null), [marked, parser, text])
}
