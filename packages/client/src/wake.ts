import type { Stop } from './clock.ts'
import type { ConnectionEvent } from './transitions.ts'

type Target = Pick<typeof globalThis, 'addEventListener' | 'removeEventListener'>

/**
 * What a browser knows about network, sleep and visibility, as connection events. No `unload` or
 * `beforeunload`: they keep a page out of the back/forward cache. Does nothing in Node.
 */
export function watchDevice(
  tell: (event: Extract<ConnectionEvent, 'online' | 'offline' | 'wake' | 'suspend'>) => void,
  target: Partial<Target> = globalThis,
  page: Pick<Document, 'visibilityState'> | undefined = globalThis.document,
): Stop {
  const listeners: [string, (event: Event) => void][] = [
    ['online', () => tell('online')],
    ['offline', () => tell('offline')],
    // An open socket would keep the page out of the cache; what returns from it starts anew.
    ['pagehide', () => tell('suspend')],
    ['pageshow', (event) => (event as PageTransitionEvent).persisted && tell('wake')],
    ['freeze', () => tell('suspend')],
    ['resume', () => tell('wake')],
    ['visibilitychange', () => page?.visibilityState === 'visible' && tell('wake')],
  ]
  // `visibilitychange`, `freeze` and `resume` are fired at the document; capturing at the window sees them all.
  for (const [name, listener] of listeners) target.addEventListener?.(name, listener, true)
  return () => {
    for (const [name, listener] of listeners) target.removeEventListener?.(name, listener, true)
  }
}
