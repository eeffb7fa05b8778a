import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { hasMarkdown } from './has-markdown.ts'

type Renderer = (text: string) => string

let renderer: Renderer | null = null
let loading = false
const listeners = new Set<() => void>()

/** Loads the parser when the first text needs it, to keep it out of the first load. */
function load(): void {
  if (loading) return
  loading = true
  import('./render-markdown.ts').then(
    (module) => {
      renderer = module.renderMarkdown
      for (const listener of listeners) listener()
    },
    () => {
      // Without the parser, texts are shown as they were written. The next text that needs it tries again.
      loading = false
    },
  )
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * markdown/: how does a message's text become safe HTML?
 *
 * Returns the text as HTML, or null where it is shown as it is: it is plain, or the parser is still loading.
 */
export function useMarkdown(text: string): string | null {
  const marked = hasMarkdown(text)
  const render = useSyncExternalStore(subscribe, () => renderer)
  useEffect(() => {
    if (marked) load()
  }, [marked])
  return useMemo(() => (marked && render !== null ? render(text) : null), [marked, render, text])
}
