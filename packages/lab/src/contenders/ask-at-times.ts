/** What all contenders that ask at times share: an even beat, and the account of what each request brought. */
import type { Reader, Seat } from './contender.ts'
import { httpWrites } from './http-writes.ts'

export interface AskOnce {
  /** `more`: there is more to fetch at once. */
  ask(): Promise<'news' | 'more' | 'nothing'>
  close(): void
}

export type AskingSeat = Pick<Seat, 'traffic' | 'phase' | 'complain'>

/** Returns its stop. */
export function askAtTimes(seat: AskingSeat, intervalMs: number, { ask, close }: AskOnce): () => void {
  const { traffic, phase, complain } = seat
  let isClosed = false
  let isAsking = false
  const once = async (): Promise<void> => {
    // As a client would: it does not ask again before it is answered.
    if (isAsking) return
    isAsking = true
    try {
      for (let next: 'news' | 'more' | 'nothing' = 'more'; next === 'more' && !isClosed; ) {
        traffic.count('requests')
        next = await ask()
        if (next === 'nothing') traffic.count('emptyRequests')
      }
    } catch (error) {
      if (!isClosed) complain(`a request was lost: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      isAsking = false
    }
  }
  const stop = beat(intervalMs, phase, () => void once())
  return () => {
    isClosed = true
    stop()
    close()
  }
}

/** A reader that asks at times, and writes by requests. */
export function pollingReader(seat: Seat, intervalMs: number, asking: AskOnce): Reader {
  const writes = httpWrites(seat)
  const stop = askAtTimes(seat, intervalMs, asking)
  return {
    write: writes.write,
    close: () => {
      stop()
      writes.close()
    },
  }
}

/** Beats on a grid: what was late does not shift what comes after it. */
function beat(intervalMs: number, phase: number, tell: () => void): () => void {
  const startAt = performance.now() + phase * intervalMs
  let beats = 0
  let timer: NodeJS.Timeout
  const arm = (): void => {
    timer = setTimeout(turn, Math.max(0, startAt + beats * intervalMs - performance.now()))
  }
  const turn = (): void => {
    tell()
    beats = Math.max(beats + 1, Math.ceil((performance.now() - startAt) / intervalMs))
    arm()
  }
  arm()
  return () => clearTimeout(timer)
}
