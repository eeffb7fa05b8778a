import type { LiveView } from '@dovetail/client'
import { patienceMs } from '../support/until.ts'

/** Waits for what a store says to become true. */
export function when<Store extends { subscribe(listener: () => void): () => void }>(
  store: Store,
  holds: (store: Store) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`never held: ${holds}, ${describeStore(store)}`)), patienceMs)
    const look = () => {
      if (!holds(store)) return
      clearTimeout(timer)
      stop()
      resolve()
    }
    const stop = store.subscribe(look)
    queueMicrotask(look)
  })
}

function describeStore(store: unknown): string {
  const view = store as Partial<LiveView>
  return JSON.stringify([view.state, view.error?.message, view.records?.map(({ status, data }) => [status, data])])
}
