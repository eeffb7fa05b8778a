import type { SubscriptionState } from '../connection/subscription.ts'
import type { StateName } from '../connection/transitions.ts'
import type { LiveState } from './live-view.ts'

/** Derives a view's state. `shown`: records were loaded once; `loaded`: the loaded records are valid now. */
export function liveState(
  subscription: SubscriptionState,
  connection: StateName,
  view: { readonly failed: boolean; readonly shown: boolean; readonly loaded: boolean },
): LiveState {
  if (subscription.name === 'ended') return 'ended'
  if (view.failed) return 'failed'
  if (connection !== 'open') {
    return view.shown || (connection !== 'connecting' && connection !== 'idle') ? 'offline' : 'loading'
  }
  if (!view.shown) return 'loading'
  return view.loaded && subscription.name === 'joined' && !subscription.catchingUp ? 'live' : 'catching_up'
}
