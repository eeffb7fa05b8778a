import type { Course, Meters, Running } from './contender.ts'
import { eventsIn } from './events-in.ts'
import { pause } from './pause.ts'

export interface Round {
  cursor: string
  /** Of the last reply; null where it had none. */
  tag: string | null
}

export interface RoundsOptions {
  addressOf: (round: Round) => string
  /** From the start of one request to the start of the next; 0: at once. */
  intervalMs: number
  tagged: boolean
}

const failedMs = 1000 // a server that does not answer is asked again once a second, however short the interval

/** One request after another from the cursor of the last: short and long polls differ only in the address and the interval. */
export function runRounds(course: Course, meters: Meters, options: RoundsOptions): Running {
  const stop = new AbortController()
  void askOnAndOn(course, meters, options, stop.signal)
  return { ready: Promise.resolve(), stop: () => stop.abort() }
}

async function askOnAndOn(course: Course, meters: Meters, options: RoundsOptions, signal: AbortSignal): Promise<void> {
  let round: Round = { cursor: course.cursor, tag: null }
  while (!signal.aborted) {
    const startedAt = performance.now()
    const next = await ask(round, meters, options, signal).catch(() => null)
    if (signal.aborted) return
    round = next ?? round
    const waitMs = next === null ? Math.max(failedMs, options.intervalMs) : options.intervalMs
    await pause(startedAt + waitMs - performance.now(), signal)
  }
}

async function ask(round: Round, meters: Meters, options: RoundsOptions, signal: AbortSignal): Promise<Round | null> {
  const headers: HeadersInit = options.tagged && round.tag !== null ? { 'if-none-match': round.tag } : {}
  // Without the browser's own cache: what the server says is what is counted.
  const reply = await fetch(options.addressOf(round), { headers, cache: 'no-store', signal })
  if (reply.status === 304) {
    meters.asked('nothing')
    return round
  }
  const text = await reply.text()
  meters.received(text.length, 'estimated')
  if (!reply.ok) return null
  const body = JSON.parse(text) as { cursor: string }
  const events = eventsIn(body)
  meters.asked(events.length > 0 ? 'news' : 'nothing')
  for (const event of events) meters.heard(event)
  return { cursor: body.cursor, tag: reply.headers.get('etag') }
}
