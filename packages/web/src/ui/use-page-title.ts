import { useEffect } from 'react'

/** Names the page in the browser's tab. Each page names itself: one that did not would keep the name of the one before. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Dovetail`
  }, [title])
}
