import { clientPattern } from 'dovetail-protocol'
import { policyOf } from '../access/address.ts'
import type { Caller } from '../access/caller.ts'
import { checkedPayload } from '../access/check.ts'
import type { AccessContext } from '../access/context.ts'
import { readable } from '../access/readable.ts'
import type { Feed } from '../log/feeds/feed.ts'
import { Failure } from '../rules/failure.ts'
import type { PresenceVerbContext } from './context.ts'
import type { ListPart } from './presence-list.ts'
import { mayBePresent, recheckPresence, requireMayShowState } from './presence-rights.ts'
import type { PresentReply } from './presences.ts'

/** A connection that makes its user present for as long as it lives. */
export interface PresentConnection {
  readonly connection: string
  readonly caller: Caller
  /** Remembers that the connection holds its user's presence in this channel. */
  bePresentIn(channel: string): void
}

/**
 * Makes the connection's caller present, where the caller may be, and gives the first part of the list, the caller
 * included. `presences.sendList` sends the rest.
 */
export function becomePresent(
  core: PresenceVerbContext,
  session: PresentConnection,
  channel: string,
  feed: Feed,
): ListPart {
  requirePresence(core, channel)
  if (holdPresence(core, session.caller, channel, session.connection, null)) session.bePresentIn(channel)
  return core.presences.begin(channel, feed)
}

/**
 * Makes a user present who has just been found to be a reader; `leaseMs` and `by` as with `Presences.hold`. False: an
 * anonymous reader, or one who may not be present.
 */
export function holdPresence(
  core: PresenceVerbContext,
  caller: Caller,
  channel: string,
  holder: string,
  leaseMs: number | null,
  by: object | null = null,
): boolean {
  const { user } = caller
  if (user === null) return false
  const membership = core.memberships.of(channel, user)
  if (!(membership instanceof Promise) && !mayBePresent(caller, channel, membership)) return false
  core.presences.hold(channel, user, holder, leaseMs, by)
  // The membership has just changed or was not remembered: the presence ends again where it does not allow it.
  if (membership instanceof Promise) void recheckPresence(core, channel, user)
  return true
}

export async function setOwnState(
  core: PresenceVerbContext,
  session: PresentConnection,
  channel: string,
  state: unknown,
): Promise<void> {
  const user = await userPresentHere(core, session.caller, channel)
  const text = checkedPayload(state, core.limits, core.limits.presenceStateBytes)
  await requireMayShowState(core, session.caller, channel)
  if (core.presences.setState(channel, user, session.connection, text)) return
  throw new Failure('forbidden', 'Only who is present has a state: subscribe with "presence": true first.')
}

/** `read` gives who renews, or refuses what was sent; it is asked once the caller may be present here. */
export async function renewPresence(
  core: PresenceVerbContext,
  caller: Caller,
  channel: string,
  read: () => { readonly client: string; readonly state?: unknown; readonly seconds?: number },
): Promise<void> {
  const user = await userPresentHere(core, caller, channel)
  const membership = await core.memberships.of(channel, user)
  if (!mayBePresent(caller, channel, membership))
    throw new Failure('forbidden', 'Who is banned here can not be present.')
  const { client, state, seconds = core.limits.presenceSeconds } = read()
  if (!isClientId(client))
    throw new Failure('invalid_data', 'A field of the body is missing or wrong.', {
      errors: [{ pointer: '/client', message: clientRule }],
    })
  core.presences.hold(channel, user, holderOf(client), seconds * 1000)
  if (state === undefined) return
  await requireMayShowState(core, caller, channel)
  const text = checkedPayload(state, core.limits, core.limits.presenceStateBytes)
  core.presences.setState(channel, user, holderOf(client), text)
}

/** A reader without a socket says that it is gone; one that was not there is gone too. */
export async function endPresence(
  core: PresenceVerbContext,
  caller: Caller,
  channel: string,
  client: string,
): Promise<void> {
  const user = await userPresentHere(core, caller, channel)
  if (!isClientId(client)) throw new Failure('invalid_query', clientRule)
  core.presences.leave(channel, user, holderOf(client))
}

/** The user, once the channel may be read, and keeps presence. */
async function userPresentHere(core: PresenceVerbContext, caller: Caller, channel: string): Promise<string> {
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
  return clientPattern.test(client)
}

export async function whoIsPresent(
  core: PresenceVerbContext,
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
export function requirePresence(core: Pick<AccessContext, 'policies'>, channel: string): void {
  const policy = policyOf(core, channel)
  if (!policy.presence) throw new Failure('forbidden', `Channels of "${policy.name}" keep no presence.`)
}
