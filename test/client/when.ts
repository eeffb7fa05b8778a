import type { LiveView } from 'dovetail-client'
import { awaitLater, patienceMs } from '../support/until.ts'

/** Waits for what a store says to become true. A test that has timed out awaits nothing any more: that is no second error. */
export function when<Store extends { subscribe(listener: () => void): () => void }>(
  store: Store,
  holds: (store: Store) => boolean,
): Promise<void> {
  const holding = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`never held: ${holds}, ${describeStore(store)}`)), patienceMs)
    const check = () => {
      if (!holds(store)) return
      clearTimeout(timer)
      stop()
      resolve()
    }
    const stop = store.subscribe(check)
    queueMicrotask(check)
  })
  return awaitLater(holding)
}

function describeStore(store: unknown): string {
  const view = store as Partial<LiveView>
  return JSON.stringify([view.state, view.error?.message, view.records?.map(({ status, data }) => [status, data])])
}
