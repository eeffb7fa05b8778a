import type { FollowOptions } from 'dovetail-protocol'
import { ownFeedOf } from 'dovetail-protocol/names'
import type { Stop } from './base/clock.ts'
import { runSafely } from './base/listeners.ts'
import type { Client } from './client.ts'

/** What is needed of a client, whatever types its channels have. */
interface FeedClient extends Pick<Client, 'state' | 'subscribe' | 'connect'> {
  channel(name: string): { follow(options: FollowOptions): AsyncGenerator<unknown, void> }
}

/**
 * `listener` is called when the signed-in user has become or is no longer a member of a channel, or has moved a read
 * marker, on any device; and once at the start. Read `client.myChannels()` again then. It follows the user's own feed
 * (docs/protocol.md, "The feed of one's own") and keeps the connection open; a user who signs in later is followed too.
 */
export function onMyChannels(client: FeedClient, listener: () => void): Stop {
  let feed: string | null = null
  let following = new AbortController()
  const settle = (): void => {
    const { user, name } = client.state
    if (name === 'closed' || name === 'auth_failed') return
    // Between two connections the user may be unknown; the feed stays until another one is known.
    const next = user === null ? feed : ownFeedOf(user)
    if (next === feed || next === null) return
    following.abort()
    feed = next
    following = new AbortController()
    void follow(client, next, following.signal, () => runSafely(listener)).finally(() => {
      if (feed === next) feed = null
    })
  }
  const stopWatching = client.subscribe(settle)
  settle()
  client.connect()
  return () => {
    stopWatching()
    following.abort()
  }
}

/** Ends where the feed can't be read: the client is closed, or its token is not accepted any more. */
async function follow(client: FeedClient, feed: string, signal: AbortSignal, changed: () => void): Promise<void> {
  changed()
  try {
    // From the beginning: what came after the listener's reading and before the feed was joined is told then.
    for await (const _ of client.channel(feed).follow({ after: '0', signal })) changed()
  } catch {
    // The state of the connection says why; the next change of it begins anew.
  }
}
