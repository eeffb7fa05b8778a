/**
 * Long-poll: a feed whose outlet takes one frame. It is parked until there is something, the wait
 * ends, or the peer goes; the pulse looks at the wait, so a parked poll has no timer.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import type { Subscription } from '../core/subscribe.ts'
import { subscribe } from '../core/subscribe.ts'
import type { Frame } from '../ports/frame.ts'
import type { Outlet } from '../ports/outlet.ts'
import { addressOf } from './address-of.ts'
import type { Door } from './door.ts'
import { encodeChangesReply, encodeParts, hasNews, type Part, readParts } from './poll.ts'
import type { Reader } from './readers.ts'
import type { Following, Reading } from './reading.ts'
import { sendJson } from './rest/reply.ts'
import { tooManyConnections } from './too-many-connections.ts'

export async function longPoll(
  door: Door,
  caller: Caller,
  reading: Reading,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store')
  const parts = await readParts(door, caller, reading)
  // Whoever may not read a channel is not present in it either.
  for (const part of parts) if ('read' in part) holdPresence(door, caller, reading, part.sub)
  const [only] = parts
  if (reading.isSingle && only !== undefined && 'failure' in only) throw only.failure
  if (parts.some(hasNews) || request.method === 'HEAD' || door.isDraining()) return answer(reply, reading, parts, [])
  const leave = door.connections.enter(addressOf(request.raw, door.trustProxy))
  if (leave === null) throw tooManyConnections()
  // Nothing is sent to it meanwhile, so nothing else would find that its peer has vanished.
  request.raw.socket.setKeepAlive(true, keepAliveMs(door))
  const parked = new ParkedPoll(door, caller, reading)
  reply.raw.on('close', parked.stop)
  try {
    await parked.begin(parts)
    const woken = await parked.done
    requireGood(door, caller)
    if (woken.shared !== null) return sendJson(reply, 200, woken.shared)
    const fresh = await readParts(door, caller, { ...reading, subs: goOn(parts) })
    const [first] = fresh
    if (reading.isSingle && first !== undefined && 'failure' in first) throw first.failure
    return answer(reply, reading, fresh, woken.signals)
  } finally {
    leave()
    parked.stop()
  }
}

/** Of silence, before TCP asks the peer, ten times in ten seconds: with those it is within `presenceSeconds`. */
function keepAliveMs({ core }: Door): number {
  return Math.max(1000, core.limits.presenceSeconds * 500)
}

/** What was parked does not outlive its token or its session. */
function requireGood(door: Door, caller: Caller): void {
  door.core.revocations.checked(caller)
  if (hasExpired(door, caller)) throw new Failure('token_expired', 'The token has expired.')
}

function hasExpired({ core }: Door, { expiresAt }: Caller): boolean {
  return expiresAt !== null && core.clock.now() >= expiresAt + core.limits.leewaySeconds * 1000
}

function holdPresence(door: Door, caller: Caller, reading: Reading, sub: Following): void {
  if (reading.presentAs === null || caller.user === null) return
  if (door.core.policies.of(sub.channel)?.presence !== true) return
  door.core.presences.hold(sub.channel, caller.user, reading.presentAs, door.core.limits.presenceSeconds * 1000)
}

/** The same channels from where the first look left them: "from now" has become a cursor. */
function goOn(parts: readonly Part[]): Following[] {
  return parts.map((part) =>
    'read' in part && part.read.epoch !== null
      ? { channel: part.sub.channel, after: `${part.read.epoch}.${part.read.to}` }
      : { ...part.sub, after: part.sub.after ?? '0' },
  )
}

function answer(
  reply: FastifyReply,
  reading: Reading,
  parts: readonly Part[],
  signals: readonly string[],
): FastifyReply {
  const [only] = parts
  const text =
    reading.isSingle && only !== undefined && 'read' in only ? encodeChangesReply(only.read) : encodeParts(parts)
  return sendJson(reply, 200, reading.signals ? `${text.slice(0, -1)},"signals":[${signals.join(',')}]}` : text)
}

interface Woken {
  /** The whole reply, shared by all polls that stood at the same cursor; `null`: to be read. */
  readonly shared: string | null
  readonly signals: readonly string[]
}

/** A reply made from a shared frame: the same members as a poll's, and the frame's `epoch` where it told one. */
function pollForm(frame: Frame): Buffer {
  return Buffer.from(`{${frame.json.slice('{"op":"changes",'.length, -1)},"cursor":"${frame.cursor}","more":false}`)
}

class ParkedPoll implements Reader, Outlet {
  readonly transport = 'long_poll'
  readonly caller: Caller
  readonly done: Promise<Woken>
  readonly #door: Door
  readonly #reading: Reading
  readonly #deadline: number
  readonly #subscriptions: Subscription[] = []
  readonly #signals: string[] = []
  #frames: Frame[] = []
  #resolve: (woken: Woken) => void = () => {}
  #isOver = false
  #isWaking = false
  #slotAt = Number.POSITIVE_INFINITY

  constructor(door: Door, caller: Caller, reading: Reading) {
    this.#door = door
    this.caller = caller
    this.#reading = reading
    this.#deadline = door.core.clock.monotonic() + (reading.waitSeconds ?? door.core.limits.waitSeconds) * 1000
    this.done = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  async begin(parts: readonly Part[]): Promise<void> {
    this.#door.readers.add(this)
    const options = {
      signals: this.#reading.signals,
      presence: false,
      demand: false,
      counted: true,
      // What ended or failed is told by the read that follows.
      onEnded: () => this.#wake(),
      onBroken: () => this.#wake(),
    }
    for (const { channel, after } of goOn(parts)) {
      const subscription = await subscribe(this.#door.core, this.caller, { channel, after, last: null }, this, options)
      this.#subscriptions.push(subscription)
      if (subscription.resume === 'reset') this.#wake()
      if (this.#isOver) subscription.feed.close()
      else subscription.feed.begin()
    }
  }

  /** Room for the frames of one flush, and no more: the rest is in the log. */
  hasRoom(): boolean {
    return !this.#isOver && this.#frames.length === 0
  }

  send(frame: Frame): void {
    const delivered = this.#door.metrics.delivered[this.transport]
    delivered.frames++
    delivered.bytes += frame.json.length
    if (frame.event === 'signal') this.#signals.push(frame.json)
    else this.#frames.push(frame)
    this.#wake()
  }

  whenRoom(): void {}

  /** At the end of this turn, so that what comes with the same flush goes with the same reply. */
  #wake(): void {
    if (this.#isWaking || this.#isOver) return
    this.#isWaking = true
    this.#door.core.clock.soon(() => {
      const [frame] = this.#frames
      const [subscription] = this.#subscriptions
      const isWhole =
        frame?.event === 'changes' &&
        this.#reading.isSingle &&
        !this.#reading.signals &&
        subscription !== undefined &&
        subscription.hub.flushed === revOf(frame.cursor) &&
        // What more changes come in is cut where this poll wants it.
        revOf(frame.cursor) - revOf(subscription.cursor) <= this.#reading.limit
      this.#finish({ shared: isWhole ? frame.as(pollForm).toString() : null, signals: this.#signals })
    })
  }

  #finish(woken: Woken): void {
    // Before the stop, which settles what nobody has settled with nothing.
    this.#resolve(woken)
    this.stop()
  }

  readonly stop = (): void => {
    if (this.#isOver) return
    this.#isOver = true
    this.#door.readers.delete(this)
    for (const { feed } of this.#subscriptions) feed.close()
    // A peer that went away waits for nothing; the promise must still settle.
    this.#resolve({ shared: null, signals: [] })
  }

  beat(now: number): void {
    if (now >= this.#deadline || now >= this.#slotAt || hasExpired(this.#door, this.caller))
      this.#finish({ shared: null, signals: this.#signals })
  }

  goAway(reconnectInMs: number): void {
    this.#slotAt = this.#door.core.clock.monotonic() + reconnectInMs
  }

  leave(): void {
    this.#finish({ shared: null, signals: this.#signals })
  }

  revoke(): void {
    this.#finish({ shared: null, signals: [] })
  }
}

function revOf(cursor: string | null): number {
  return Number(cursor?.slice(cursor.lastIndexOf('.') + 1) ?? -1)
}
