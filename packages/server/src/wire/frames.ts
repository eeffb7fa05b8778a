/**
 * The frames that the server sends without a command: one builder for each event of the protocol's `Down`. A builder
 * takes the members of the event's schema, and takes records and presence states as JSON text. It returns a frame that
 * all readers share.
 */
import {
  type Changes,
  type Demand,
  type DownEvent,
  type Ended,
  type Expiring,
  formatCursor,
  formatReadingCursor,
  type Goaway,
  type PatternFollowed,
  type PatternReply,
  type PatternUnfollowed,
  type Presence,
  type PresentUser,
  type Reset,
  type Signal,
} from 'dovetail-protocol'
import { Frame } from '../ports/frame.ts'
import { encodeJson, encodeList, type JsonText, type WithTexts } from './json-text.ts'

type Members<Event extends DownEvent, Texts extends keyof Event = never> = Omit<WithTexts<Event, Texts>, 'op'>

/** The frame of one event, with the event's JSON. */
export class EventFrame<Event extends DownEvent = DownEvent> extends Frame {
  declare readonly json: JsonText<Event>

  constructor(op: Event['op'], json: JsonText<Event>, cursor: string | null = null) {
    super(op, json, cursor)
  }
}

export type ChangesMembers = Omit<Members<Changes, 'changes'>, 'epoch' | 'cursor'> & {
  /** The epoch of the log that the revisions belong to; `null`: the channel has none yet. */
  readonly epoch: string | null
}

/** Keeps its members, because the reply of a long-poll is built from them. */
export class ChangesFrame extends EventFrame<Changes> {
  readonly members: ChangesMembers

  declare readonly cursor: string

  constructor(members: ChangesMembers, cursor: string, json: JsonText<Changes>) {
    super('changes', json, cursor)
    this.members = members
  }
}

/**
 * A frame from 0, for a reader that has nothing, carries the epoch too. `floor`: that of the log, where the range may
 * end below it.
 */
export function changesFrame(members: ChangesMembers, floor = 0): ChangesFrame {
  const { channel, from, to, epoch, changes } = members
  const epochMember = from === 0 && epoch !== null ? `"epoch":"${epoch}",` : ''
  const cursor = formatReadingCursor(epoch, to, floor)
  const json = `{"op":"changes","channel":"${channel}","from":${from},"to":${to},"cursor":"${cursor}",${epochMember}"changes":${encodeList(changes)}}`
  return new ChangesFrame(members, cursor, json as JsonText<Changes>)
}

/**
 * The first frame of a subscription from now on (RDG14): it has no changes, and always the epoch, so that a reader whose
 * connection breaks before the first change can continue.
 */
export function startFrame(channel: string, epoch: string | null, head: number): ChangesFrame {
  const cursor = formatCursor(epoch, head)
  const json = encodeJson<Changes>({ op: 'changes', channel, from: head, to: head, cursor, epoch, changes: [] })
  return new ChangesFrame({ channel, from: head, to: head, epoch, changes: [] }, cursor, json)
}

/** All that the reader holds of the channel is void: it continues from revision `head` of the log `epoch`. */
export function resetFrame({ head, ...members }: Omit<Members<Reset>, 'cursor'> & { head: number }): EventFrame<Reset> {
  const cursor = formatCursor(members.epoch, head)
  return new EventFrame('reset', encodeJson<Reset>({ op: 'reset', ...members, cursor }), cursor)
}

/** The reader is no longer subscribed. */
export function endedFrame(members: Members<Ended>): EventFrame<Ended> {
  return new EventFrame('ended', encodeJson<Ended>({ op: 'ended', ...members }))
}

/** What is new in the channels of a pattern: the page of a poll, and which pattern it is of. Names need no escaping. */
export function followedFrame(pattern: string, page: JsonText<PatternReply>): EventFrame<PatternFollowed> {
  const json = `{"op":"followed","pattern":"${pattern}",${page.slice(1)}` as JsonText<PatternFollowed>
  return new EventFrame('followed', json)
}

/** Nothing more of the pattern comes. */
export function unfollowedFrame(members: Members<PatternUnfollowed>): EventFrame<PatternUnfollowed> {
  return new EventFrame('unfollowed', encodeJson<PatternUnfollowed>({ op: 'unfollowed', ...members }))
}

type SignalMembers = Omit<Members<Signal, 'data'>, 'truncated'>

class SignalFrame extends EventFrame<Signal> {
  readonly #members: SignalMembers
  #truncated: EventFrame<Signal> | null = null

  constructor(members: SignalMembers, json: JsonText<Signal>) {
    super('signal', json)
    this.#members = members
  }

  override within(maxBytes: number): Frame {
    if (this.json.length * 3 <= maxBytes || Buffer.byteLength(this.json) <= maxBytes) return this
    this.#truncated ??= truncatedSignal(this.#members)
    return this.#truncated
  }
}

function truncatedSignal({ channel, type, user }: SignalMembers): EventFrame<Signal> {
  const json = encodeJson<Signal>({ op: 'signal', channel, type, data: null, user, truncated: true })
  return new EventFrame('signal', json)
}

export function signalFrame(members: SignalMembers): EventFrame<Signal> {
  const { channel, type, data, user } = members
  const from = user === null ? 'null' : `"${user}"`
  const json = `{"op":"signal","channel":"${channel}","type":"${type}","data":${data},"user":${from}}`
  return new SignalFrame(members, json as JsonText<Signal>)
}

export function isSignalFrame(frame: Frame): frame is EventFrame<Signal> {
  return frame instanceof EventFrame && frame.event === 'signal'
}

type PresenceState = NonNullable<Presence['state']>[number]

/** A user of a presence list. `since` is in ms since the Unix epoch; `state` is `null` where none was set. */
export interface PresentMembers {
  readonly user: string
  readonly since: number
  readonly state: JsonText | null
}

/** `connections`: how many the user has, where the frame shows it. */
export function encodePresent({ user, since, state }: PresentMembers, connections?: number): JsonText<PresentUser> {
  const counted = connections === undefined ? '' : `,"connections":${connections}`
  const stated = state === null ? '' : `,"state":${state}`
  return `{"user":"${user}","since":"${new Date(since).toISOString()}"${counted}${stated}}` as JsonText<PresentUser>
}

export function encodePresenceState({ user, state }: Omit<PresentMembers, 'since'>): JsonText<PresenceState> {
  return `{"user":"${user}","state":${state ?? 'null'}}` as JsonText<PresenceState>
}

/** The whole presence list: it replaces what the reader knew. */
export function presenceListFrame(channel: string, all: JsonText<PresentUser[]>): EventFrame<Presence> {
  return new EventFrame('presence', `{"op":"presence","channel":"${channel}","all":${all}}` as JsonText<Presence>)
}

/** What moved since the last frame; an empty list is left out. */
export function presenceMovesFrame(
  moves: Required<Omit<Members<Presence, 'join' | 'state'>, 'all'>>,
): EventFrame<Presence> {
  const { channel, join, leave, state } = moves
  const lists = [
    ...(join.length === 0 ? [] : [`"join":${encodeList(join)}`]),
    ...(leave.length === 0 ? [] : [`"leave":${encodeJson(leave)}`]),
    ...(state.length === 0 ? [] : [`"state":${encodeList(state)}`]),
  ]
  const json = `{"op":"presence","channel":"${channel}",${lists.join(',')}}`
  return new EventFrame('presence', json as JsonText<Presence>)
}

export function demandFrame(members: Members<Demand>): EventFrame<Demand> {
  return new EventFrame('demand', encodeJson<Demand>({ op: 'demand', ...members }))
}

export function expiringFrame(members: Members<Expiring>): EventFrame<Expiring> {
  return new EventFrame('expiring', encodeJson<Expiring>({ op: 'expiring', ...members }))
}

export function goawayFrame(members: Members<Goaway>): EventFrame<Goaway> {
  return new EventFrame('goaway', encodeJson<Goaway>({ op: 'goaway', ...members }))
}
