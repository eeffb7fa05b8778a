import type { LiveState } from './live-view.ts'
import type { SubscriptionState } from './subscription.ts'
import type { StateName } from './transitions.ts'

/** What a view says of itself. `shown`: something was loaded once; `loaded`: and it is what counts now. */
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
