import type { AnyData, MergePatch } from 'dovetail-protocol'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { newKey } from '../base/key.ts'
import type { LiveOptions, LiveSnapshot, LiveView } from '../live/live-view.ts'
import { useClient } from './context.tsx'
import { ViewHandle } from './view-handle.ts'

/** The result of `useLive`: the view's snapshot and its methods. */
export interface Live<Data> extends LiveSnapshot<Data> {
  loadOlder(count?: number): Promise<void>
  loadNewer(count?: number): Promise<void>
  /** May be called from the first effect on. Throws `closed` once the component is unmounted or shows another channel. */
  create(data: Data): string
  update(id: string, patch: MergePatch<Data>): string
  delete(id: string): string
  retry(key: string): void
  discard(key: string): void
}

/** The snapshot before an effect opens the view. */
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
 * A live view of a collection while the component is mounted. With another channel, collection or option, the
 * very same render gives `loading` and no rows. An effect opens and closes the view, so StrictMode's double mount
 * opens it twice and closes it once; both share one subscription.
 */
export function useLive<Data = AnyData>(channel: string, collection: string, options: LiveOptions = {}): Live<Data> {
  const client = useClient()
  const { limit, around, maxRows } = options
  const handle = useMemo(() => {
    const chosen: LiveOptions = {
      ...(limit === undefined ? {} : { limit }),
      ...(around === undefined ? {} : { around }),
      ...(maxRows === undefined ? {} : { maxRows }),
    }
    const open = () => client.channel(channel).collection(collection).live(chosen) as unknown as LiveView<Data>
    return new ViewHandle<LiveSnapshot<Data>, LiveView<Data>>(open, unopened)
  }, [client, channel, collection, limit, around, maxRows])
  useEffect(() => handle.open(), [handle])
  const snapshot = useSyncExternalStore(handle.subscribe, handle.getSnapshot, () => unopened as LiveSnapshot<Data>)
  // The functions stay the same while the handle does, so that the props of a row do not change with each record.
  const actions = useMemo(() => actionsOf(handle), [handle])
  return useMemo(() => ({ ...snapshot, ...actions }), [snapshot, actions])
}

function actionsOf<Data>(handle: ViewHandle<LiveSnapshot<Data>, LiveView<Data>>): Omit<Live<Data>, keyof LiveSnapshot> {
  return {
    loadOlder: async (count) => handle.view?.loadOlder(count),
    loadNewer: async (count) => handle.view?.loadNewer(count),
    create(data) {
      const key = newKey()
      handle.run((view) => view.create(data, { key }))
      return key
    },
    update(id, patch) {
      let rowKey = id
      handle.run((view) => {
        rowKey = view.update(id, patch)
      })
      return rowKey
    },
    delete(id) {
      let rowKey = id
      handle.run((view) => {
        rowKey = view.delete(id)
      })
      return rowKey
    },
    retry: (key) => handle.view?.retry(key),
    discard: (key) => handle.view?.discard(key),
  }
}
