/**
 * The connection's states and what each event does in each of them, as a total table: a state or an
 * event without its cells does not compile.
 */
import type { DovetailError } from './errors.ts'

/**
 * idle: nothing is followed, so nothing is connected · waiting: lost, next try at `retryAt` (ms since the
 * Unix epoch) · offline: the device has no network, or the page is put away · auth_failed: the server
 * refused the caller, final until `signIn` · closed: by `close`, or by a refusal after which trying again
 * is no use.
 */
export type ConnectionState =
  | { readonly name: 'idle' | 'connecting' | 'open' | 'offline' }
  | { readonly name: 'waiting'; readonly retryAt: number }
  | { readonly name: 'auth_failed'; readonly error: DovetailError }
  | { readonly name: 'closed'; readonly error: DovetailError | null }

export type StateName = ConnectionState['name']

/**
 * want, unwant: the first channel is followed, the last one no longer · opened: the server said who the
 * caller is · lost: the connection ended and may be tried again · denied: the caller was refused for good ·
 * fatal: trying again is no use · due: the back-off is over · online, offline: what the device says ·
 * wake: the page is back from sleep, or was shown again · suspend: the page is put away ·
 * credentials: a new token was given · close: by the application.
 */
export type ConnectionEvent =
  | 'want'
  | 'unwant'
  | 'opened'
  | 'lost'
  | 'denied'
  | 'fatal'
  | 'due'
  | 'online'
  | 'offline'
  | 'wake'
  | 'suspend'
  | 'credentials'
  | 'close'

type Row = Record<ConnectionEvent, StateName>

/** In a state where an event means nothing, it changes nothing: late news of an old connection is normal. */
const still = (name: StateName): Row => ({
  want: name,
  unwant: name,
  opened: name,
  lost: name,
  denied: name,
  fatal: name,
  due: name,
  online: name,
  offline: name,
  wake: name,
  suspend: name,
  credentials: name,
  close: 'closed',
})

export const transitions: Record<StateName, Row> = {
  idle: { ...still('idle'), want: 'connecting' },
  connecting: {
    ...still('connecting'),
    unwant: 'idle',
    opened: 'open',
    lost: 'waiting',
    denied: 'auth_failed',
    fatal: 'closed',
    suspend: 'offline',
  },
  // The device's word that it is offline is no proof: an open connection is asked (`probe`), not dropped.
  open: {
    ...still('open'),
    unwant: 'idle',
    lost: 'waiting',
    denied: 'auth_failed',
    fatal: 'closed',
    suspend: 'offline',
  },
  waiting: {
    ...still('waiting'),
    unwant: 'idle',
    due: 'connecting',
    online: 'connecting',
    offline: 'offline',
    wake: 'connecting',
    suspend: 'offline',
    credentials: 'connecting',
  },
  // `due` here is a slow check, since devices also say "offline" behind some VPNs.
  offline: { ...still('offline'), unwant: 'idle', due: 'connecting', online: 'connecting', wake: 'connecting' },
  auth_failed: { ...still('auth_failed'), unwant: 'auth_failed', credentials: 'connecting' },
  closed: still('closed'),
}
