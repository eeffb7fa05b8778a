/** Shared by all polling candidates: an even interval, and counting the news of each request. */
import type { CandidateClient, Reader } from './candidate.ts'
import { httpWriter } from './http-writer.ts'

export interface PollRequest {
  /** `more`: there is more to fetch at once. */
  send(): Promise<'news' | 'more' | 'nothing'>
  close(): void
}

export type PollingClient = Pick<CandidateClient, 'traffic' | 'phase' | 'reportProblem'>

/** Returns its stop. */
export function pollAtInterval(client: PollingClient, intervalMs: number, { send, close }: PollRequest): () => void {
  const { traffic, phase, reportProblem } = client
  let isClosed = false
  let isWaiting = false
  const once = async (): Promise<void> => {
    // As an application would: the next request waits for the reply to this one.
    if (isWaiting) return
    isWaiting = true
    try {
      for (let next: 'news' | 'more' | 'nothing' = 'more'; next === 'more' && !isClosed; ) {
        next = await send()
        // A request and what it brought count at one moment: a period that begins between the two would else count one
        // of them, and its share of empty requests would not be that of its requests.
        traffic.count('requests')
        if (next === 'nothing') traffic.count('emptyRequests')
      }
    } catch (error) {
      traffic.count('requests')
      if (!isClosed) reportProblem(`a request was lost: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      isWaiting = false
    }
  }
  const stop = startTicker(intervalMs, phase, () => void once())
  return () => {
    isClosed = true
    stop()
    close()
  }
}

/** A reader that polls, and writes by requests. */
export function pollingReader(client: CandidateClient, intervalMs: number, request: PollRequest): Reader {
  const writes = httpWriter(client)
  const stop = pollAtInterval(client, intervalMs, request)
  return {
    write: writes.write,
    close: () => {
      stop()
      writes.close()
    },
  }
}

/** Ticks on a grid: a late tick does not shift the ticks after it. */
function startTicker(intervalMs: number, phase: number, onTick: () => void): () => void {
  const startAt = performance.now() + phase * intervalMs
  let ticks = 0
  let timer: NodeJS.Timeout
  const arm = (): void => {
    timer = setTimeout(turn, Math.max(0, startAt + ticks * intervalMs - performance.now()))
  }
  const turn = (): void => {
    onTick()
    ticks = Math.max(ticks + 1, Math.ceil((performance.now() - startAt) / intervalMs))
    arm()
  }
  arm()
  return () => clearTimeout(timer)
}
