/**
 * The connection's states, and what each event does in each of them. The table is total: a state or an event
 * without its cells does not compile.
 *
 *             want                    opened
 *    idle ───────────▶ connecting ─────────────▶ open
 *                        │    ▲                    │
 *                   lost │    │ due, online,       │ lost
 *                        ▼    │ resume             │
 *                       waiting ◀──────────────────┘
 *
 *    waiting ──── offline, suspend ────▶ offline ──── due, online, resume ────▶ connecting
 *    connecting, open ──── suspend ────▶ offline
 *    connecting, open ──── denied  ────▶ auth_failed ──── credentials ────▶ connecting ◀──── credentials ──── waiting
 *    connecting, open ──── fatal   ────▶ closed
 *
 * `unwant` leads from every state but auth_failed and closed to idle, and `close` from every state to closed.
 */
import type { DovetailError } from '../base/errors.ts'

/**
 * - `idle`: nothing is followed, so nothing is connected.
 * - `connecting`: an attempt is under way.
 * - `open`: the server accepted the caller.
 * - `waiting`: the connection was lost, and is tried again at `retryAt` (ms since the Unix epoch).
 * - `offline`: the device has no network, or the page is put away.
 * - `auth_failed`: the server refused the caller. Final until `signIn`.
 * - `closed`: by `close`, or by a refusal after which trying again is no use.
 */
export type ConnectionState =
  | { readonly name: 'idle' | 'connecting' | 'open' | 'offline' }
  | { readonly name: 'waiting'; readonly retryAt: number }
  | { readonly name: 'auth_failed'; readonly error: DovetailError }
  | { readonly name: 'closed'; readonly error: DovetailError | null }

export type StateName = ConnectionState['name']

/**
 * - `want`, `unwant`: the first channel is followed; the last one no longer is.
 * - `opened`: the server said who the caller is.
 * - `lost`: the connection ended, and may be tried again.
 * - `denied`: the server refused the caller for good. `fatal`: trying again is no use.
 * - `due`: the back-off is over.
 * - `online`, `offline`: the device found a network, or lost it.
 * - `resume`, `suspend`: the page is shown again, or is put away.
 * - `credentials`: a new token was given.
 * - `close`: the application closes the client.
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
  | 'resume'
  | 'suspend'
  | 'credentials'
  | 'close'

type Row = Record<ConnectionEvent, StateName>

/** The row of a state in which events change nothing. Late events of an old connection are normal. */
const unchanged = (name: StateName): Row => ({
  want: name,
  unwant: name,
  opened: name,
  lost: name,
  denied: name,
  fatal: name,
  due: name,
  online: name,
  offline: name,
  resume: name,
  suspend: name,
  credentials: name,
  close: 'closed',
})

export const transitions: Record<StateName, Row> = {
  idle: { ...unchanged('idle'), want: 'connecting' },
  connecting: {
    ...unchanged('connecting'),
    unwant: 'idle',
    opened: 'open',
    lost: 'waiting',
    denied: 'auth_failed',
    fatal: 'closed',
    suspend: 'offline',
  },
  // A device that reports `offline` may be wrong, so an open connection is probed and not closed.
  open: {
    ...unchanged('open'),
    unwant: 'idle',
    lost: 'waiting',
    denied: 'auth_failed',
    fatal: 'closed',
    suspend: 'offline',
  },
  waiting: {
    ...unchanged('waiting'),
    unwant: 'idle',
    due: 'connecting',
    online: 'connecting',
    offline: 'offline',
    resume: 'connecting',
    suspend: 'offline',
    credentials: 'connecting',
  },
  // `due` is a slow check here, since devices behind some VPNs say "offline" too.
  offline: { ...unchanged('offline'), unwant: 'idle', due: 'connecting', online: 'connecting', resume: 'connecting' },
  auth_failed: { ...unchanged('auth_failed'), unwant: 'auth_failed', credentials: 'connecting' },
  closed: unchanged('closed'),
}
