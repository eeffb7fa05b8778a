import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { LiveOptions, LiveSnapshot, LiveView } from '../live-view.ts'
import type { AnyData, MergePatch } from '../types.ts'
import { useClient } from './context.ts'

/** What `useLive` gives: the view's snapshot, and what one can do with it. */
export interface Live<Data> extends LiveSnapshot<Data> {
  loadOlder(count?: number): Promise<void>
  loadNewer(count?: number): Promise<void>
  create(data: Data): string
  update(id: string, patch: MergePatch<Data>): string
  delete(id: string): string
  retry(key: string): void
  discard(key: string): void
}

/** Before the view is opened, which an effect does: nothing is known yet. */
const unopened: LiveSnapshot<never> = {
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

/**
 * A live view of a collection while the component is mounted. Opened and closed by an effect, so that
 * StrictMode's double mount opens it twice and closes it once; both share one subscription.
 */
export function useLive<Data = AnyData>(channel: string, collection: string, options: LiveOptions = {}): Live<Data> {
  const client = useClient()
  const { limit, around } = options
  const [view, setView] = useState<LiveView<Data> | null>(null)
  useEffect(() => {
    const chosen = { ...(limit === undefined ? {} : { limit }), ...(around === undefined ? {} : { around }) }
    const opened = client.channel(channel).collection(collection).live(chosen) as unknown as LiveView<Data>
    setView(opened)
    return () => {
      opened.close()
      setView(null)
    }
  }, [client, channel, collection, limit, around])
  const snapshot = useSyncExternalStore<LiveSnapshot<Data>>(
    useMemo(() => (listener: () => void) => view?.subscribe(listener) ?? (() => undefined), [view]),
    () => view?.getSnapshot() ?? unopened,
    () => unopened,
  )
  // The same functions for as long as the view is: what a row is given does not change with each record.
  const actions = useMemo(() => actionsOf(view), [view])
  return useMemo(() => ({ ...snapshot, ...actions }), [snapshot, actions])
}

function actionsOf<Data>(view: LiveView<Data> | null): Omit<Live<Data>, keyof LiveSnapshot> {
  const opened = () => {
    if (view === null) throw new Error('the live view is not open before the component is mounted')
    return view
  }
  return {
    loadOlder: async (count) => view?.loadOlder(count),
    loadNewer: async (count) => view?.loadNewer(count),
    create: (data) => opened().create(data),
    update: (id, patch) => opened().update(id, patch),
    delete: (id) => opened().delete(id),
    retry: (key) => view?.retry(key),
    discard: (key) => view?.discard(key),
  }
}
