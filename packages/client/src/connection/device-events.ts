import type { Stop } from '../base/clock.ts'
import type { ConnectionEvent } from './transitions.ts'

type Target = Pick<typeof globalThis, 'addEventListener' | 'removeEventListener'>

/**
 * Listens to a browser's events about network, sleep and visibility, and reports them as connection events.
 * It does not listen to `unload` and `beforeunload`, which would keep the page out of the back/forward cache. Does
 * nothing in Node.
 */
export function watchDevice(
  notify: (event: Extract<ConnectionEvent, 'online' | 'offline' | 'resume' | 'suspend'>) => void,
  target: Partial<Target> = globalThis,
  page: Pick<Document, 'visibilityState'> | undefined = globalThis.document,
): Stop {
  const listeners: [string, (event: Event) => void][] = [
    ['online', () => notify('online')],
    ['offline', () => notify('offline')],
    // An open socket would keep the page out of the back/forward cache. A page that returns from it connects anew.
    ['pagehide', () => notify('suspend')],
    ['pageshow', (event) => (event as PageTransitionEvent).persisted && notify('resume')],
    ['freeze', () => notify('suspend')],
    ['resume', () => notify('resume')],
    ['visibilitychange', () => page?.visibilityState === 'visible' && notify('resume')],
  ]
  // `visibilitychange`, `freeze` and `resume` are fired at the document; capturing at the window sees them all.
  // Without a document there is nothing to capture, and workerd, the runtime of Cloudflare, throws where one asks for it.
  const capture = page !== undefined
  for (const [name, listener] of listeners) target.addEventListener?.(name, listener, capture)
  return () => {
    for (const [name, listener] of listeners) target.removeEventListener?.(name, listener, capture)
  }
}
