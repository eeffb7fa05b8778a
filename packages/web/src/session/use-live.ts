import type { LiveOptions, LiveSnapshot, LiveView } from '@dovetail/client'
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'

/** What a view shows before it is open. */
const nothingYet: LiveSnapshot<never> = {
  records: [],
  state: 'loading',
  reason: null,
  error: null,
  hasOlder: false,
  loadingOlder: false,
  hasNewer: false,
  loadingNewer: false,
  cursor: null,
}

interface Viewable<Data> {
  live(options?: LiveOptions): LiveView<Data>
}

/** A live view for as long as the component shows it; `view` is null in the first render only. */
export function useLive<Data>(collection: Viewable<Data> | null, { limit, around }: LiveOptions = {}) {
  const [view, setView] = useState<LiveView<Data> | null>(null)
  useEffect(() => {
    if (collection === null) return
    const opened = collection.live({ ...(limit && { limit }), ...(around && { around }) })
    setView(opened)
    return () => {
      opened.close()
      setView(null)
    }
  }, [collection, limit, around])
  const subscribe = useCallback((listener: () => void) => view?.subscribe(listener) ?? (() => undefined), [view])
  const snapshot: LiveSnapshot<Data> = useSyncExternalStore(subscribe, () => view?.getSnapshot() ?? nothingYet)
  return { view, snapshot }
}
