import type { CandidateObserver, CandidateTask, RunningCandidate } from './candidate.ts'
import { findEventNumbers } from './find-event-numbers.ts'
import { sleep } from './sleep.ts'

export interface Round {
  cursor: string
  /** The ETag of the last reply; null if it had none. */
  tag: string | null
}

export interface PollLoopOptions {
  urlOf: (round: Round) => string
  /** From the start of one request to the start of the next, in ms; 0 for at once. */
  intervalMs: number
  sendEtag: boolean
}

const failedMs = 1000 // after a failure, the next request waits at least a second

/** Sends one request after another, each from the last cursor. Short and long polls differ only in URL and interval. */
export function runPollLoop(
  task: CandidateTask,
  observer: CandidateObserver,
  options: PollLoopOptions,
): RunningCandidate {
  const stop = new AbortController()
  void pollUntilStopped(task, observer, options, stop.signal)
  return { ready: Promise.resolve(), stop: () => stop.abort() }
}

async function pollUntilStopped(
  task: CandidateTask,
  observer: CandidateObserver,
  options: PollLoopOptions,
  signal: AbortSignal,
): Promise<void> {
  let round: Round = { cursor: task.cursor, tag: null }
  while (!signal.aborted) {
    const startedAt = performance.now()
    const next = await sendRequest(round, observer, options, signal).catch(() => null)
    if (signal.aborted) return
    round = next ?? round
    const waitMs = next === null ? Math.max(failedMs, options.intervalMs) : options.intervalMs
    await sleep(startedAt + waitMs - performance.now(), signal)
  }
}

async function sendRequest(
  round: Round,
  observer: CandidateObserver,
  options: PollLoopOptions,
  signal: AbortSignal,
): Promise<Round | null> {
  const headers: HeadersInit = options.sendEtag && round.tag !== null ? { 'if-none-match': round.tag } : {}
  // Without the browser's cache: every request must reach the server to be counted.
  const reply = await fetch(options.urlOf(round), { headers, cache: 'no-store', signal })
  if (reply.status === 304) {
    observer.answered('nothing')
    return round
  }
  const text = await reply.text()
  observer.received(text.length, 'estimated')
  if (!reply.ok) return null
  const body = JSON.parse(text) as { cursor: string }
  const events = findEventNumbers(body)
  observer.answered(events.length > 0 ? 'news' : 'nothing')
  for (const event of events) observer.delivered(event)
  return { cursor: body.cursor, tag: reply.headers.get('etag') }
}
