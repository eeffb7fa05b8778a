/** The presence verbs: a connection's own, a lease, a state, and the list of who is here. */
import { policyOf } from './address.ts'
import type { Caller } from './caller.ts'
import { checkedPayload } from './check.ts'
import type { Core } from './core.ts'
import { Failure } from './failure.ts'
import type { Feed } from './feed.ts'
import type { PresentReply } from './presence.ts'
import { readable } from './read.ts'
import type { Session } from './session.ts'

/** Makes the session's caller present, in its own snapshot too; the snapshot is JSON text. */
export function becomePresent(core: Core, session: Session, channel: string, feed: Feed): string {
  requirePresence(core, channel)
  const { user } = session.caller
  if (user !== null) {
    core.presences.hold(channel, user, session.connection, null)
    session.bePresentIn(channel)
  }
  return core.presences.snapshot(channel, feed)
}

export async function setOwnState(core: Core, session: Session, channel: string, state: unknown): Promise<void> {
  requirePresence(core, channel)
  const user = requirePresentUser(session.caller)
  const text = checkedPayload(state, core.limits, core.limits.presenceStateBytes)
  if (core.presences.setState(channel, user, text)) return
  // Who may not know of the channel is told that.
  await readable(core, session.caller, channel)
  throw new Failure('forbidden', 'Only who is present has a state: subscribe with "presence": true first.')
}

/** `read` gives who renews, or refuses what was sent; it is asked once the caller may be present here. */
export async function renewPresence(
  core: Core,
  caller: Caller,
  channel: string,
  read: () => { readonly client: string; readonly state?: unknown },
): Promise<void> {
  const user = await userPresentHere(core, caller, channel)
  const { client, state } = read()
  if (!isClientId(client))
    throw new Failure('invalid_data', 'A field of the body is missing or wrong.', {
      errors: [{ pointer: '/client', message: clientRule }],
    })
  core.presences.hold(channel, user, holderOf(client), core.limits.presenceSeconds * 1000)
  if (state === undefined) return
  core.presences.setState(channel, user, checkedPayload(state, core.limits, core.limits.presenceStateBytes))
}

/** A reader without a socket says that it is gone; one that was not there is gone too. */
export async function endPresence(core: Core, caller: Caller, channel: string, client: string): Promise<void> {
  const user = await userPresentHere(core, caller, channel)
  if (!isClientId(client)) throw new Failure('invalid_query', clientRule)
  core.presences.leave(channel, user, holderOf(client))
}

/** The user, once the channel may be read, and keeps presence. */
async function userPresentHere(core: Core, caller: Caller, channel: string): Promise<string> {
  await readable(core, caller, channel)
  requirePresence(core, channel)
  return requirePresentUser(caller)
}

function requirePresentUser({ user }: Caller): string {
  if (user === null) throw new Failure('unauthenticated', 'Only users can be present.')
  return user
}

/** Who holds the presence of a reader without a socket. */
export function holderOf(client: string): string {
  return `client ${client}`
}

export const clientRule = 'A client id is 1 to 64 of A-Z a-z 0-9 _ . : ~ -.'

export function isClientId(client: string): boolean {
  return /^[A-Za-z0-9_.:~-]{1,64}$/.test(client)
}

export async function whoIsPresent(
  core: Core,
  caller: Caller,
  channel: string,
  after: string,
  limit: number,
): Promise<PresentReply> {
  await readable(core, caller, channel)
  requirePresence(core, channel)
  await core.presences.ready(channel)
  return core.presences.list(channel, after, limit)
}

/** A channel of a namespace that keeps no presence is `forbidden`. */
export function requirePresence(core: Core, channel: string): void {
  const policy = policyOf(core, channel)
  if (!policy.presence) throw new Failure('forbidden', `Channels of "${policy.name}" keep no presence.`)
}
