/** The command `subscribe`: follows one channel. */
import { frameBytesFor, type SubscribeOk } from 'dovetail-protocol'
import { namedChannel } from '../../core/access/address.ts'
import { becomePresent } from '../../core/presence/presence-verbs.ts'
import { recordsAhead, type Subscription, subscribe } from '../../core/read/subscribe.ts'
import { Failure } from '../../core/rules/failure.ts'
import { encodeList, type JsonText } from '../../wire/json-text.ts'
import { type SubscribeMembers, subscribeOk } from '../../wire/replies.ts'
import { type Answer, type CommandContext, nothing, type Of, requirePlace } from './command.ts'
import { fitSnapshot } from './fit-snapshot.ts'
import type { ConnectionSession } from './session/connection-session.ts'

export async function subscribeInTurn(
  core: CommandContext,
  session: ConnectionSession,
  command: Of<'subscribe'>,
): Promise<Answer> {
  const turn = new Turn(session)
  try {
    const { afterwards, ...answer } = await runSubscribe(core, session, command, turn)
    return { ...answer, afterwards: endsAfter(turn, afterwards) }
  } catch (error) {
    turn.end()
    throw error
  }
}

/** The turn of a subscribe among the large replies of its connection, where it needs one. */
class Turn {
  readonly #session: ConnectionSession
  #end: (() => void) | null = null

  constructor(session: ConnectionSession) {
    this.#session = session
  }

  async take(): Promise<void> {
    this.#end ??= await this.#session.largeTurn()
  }

  end(): void {
    this.#end?.()
  }
}

function endsAfter(turn: Turn, afterwards: () => void = () => {}): () => void {
  return () => {
    afterwards()
    turn.end()
  }
}

async function runSubscribe(
  core: CommandContext,
  session: ConnectionSession,
  command: Of<'subscribe'>,
  turn: Turn,
): Promise<Answer> {
  const { channel } = command
  const maxBytes = command.maxBytes === undefined ? session.maxBytes : frameBytesFor(command.maxBytes)
  namedChannel(channel)
  requirePlace(core, session, session.subscriptions.has(channel))
  if (command.demand === true && session.caller.role !== 'service')
    throw new Failure('forbidden', 'Only a service may ask for demand.')
  const request = { channel, after: command.after ?? null, last: command.last ?? null, turn }
  const subscription = await subscribe(core, session.caller, request, session.outlet, {
    signals: command.signals === true,
    presence: command.presence === true,
    demand: command.demand === true,
    counted: command.demand !== true,
    ...{ appends: command.appends, traces: command.traces },
    maxBytes,
    onEnded: releases(core, session, channel),
    onBroken: session.onBroken,
  })
  if (session.isClosed) {
    subscription.feed.close()
    return nothing
  }
  // The feed may have ended before the session keeps it: its end frame follows the reply.
  if (subscription.feed.isClosed)
    return {
      ok: encodeSubscribed(core, subscription, null, maxBytes),
      afterwards: begins(core, channel, subscription, false, null),
    }
  try {
    // Subscribes that ran at the same time may have reached the limit.
    requirePlace(core, session, session.subscriptions.has(channel))
  } catch (error) {
    subscription.feed.close()
    throw error
  }
  // Keeps only these two: the subscription holds the records of its snapshot.
  session.hold(core, channel, { hub: subscription.hub, feed: subscription.feed })
  const present = command.presence === true ? becomePresent(core, session, channel, subscription.feed) : null
  const presence = present === null ? null : encodeList(present.users)
  return {
    ok: encodeSubscribed(core, subscription, presence, maxBytes),
    records: recordsAhead(subscription),
    afterwards: begins(core, channel, subscription, command.demand === true, present?.next ?? null),
  }
}

/** The bytes of the reply to a subscribe around its snapshot and its presence list. */
const aroundSnapshot = 1024

function encodeSubscribed(
  { limits }: CommandContext,
  subscription: Subscription,
  presence: SubscribeMembers['presence'],
  maxBytes: number | null,
): JsonText<SubscribeOk> {
  const mostBytes = Math.min(limits.frameBytes, maxBytes ?? Number.POSITIVE_INFINITY) - aroundSnapshot
  const bytes = mostBytes - (presence === null ? 0 : Buffer.byteLength(presence))
  const snapshot = subscription.snapshot === null ? null : fitSnapshot(subscription.snapshot, bytes, maxBytes)
  return subscribeOk({ ...subscription, channel: subscription.hub.channel, presence, snapshot })
}

/** Made apart from where the reply is made: what one closure of a function needs, all of them keep. */
function releases(core: CommandContext, session: ConnectionSession, channel: string): () => void {
  return () => session.release(core, channel)
}

/** `restFrom`: where the presence list continues that the reply begins; `null`: the reply has the whole list. */
function begins(
  core: CommandContext,
  channel: string,
  { hub, feed }: Subscription,
  demand: boolean,
  restFrom: number | null,
): () => void {
  return () => {
    feed.begin()
    if (restFrom !== null) core.presences.sendList(channel, feed, restFrom)
    if (demand) core.readerCounts.tellTo(hub, feed)
  }
}
