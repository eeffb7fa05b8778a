import type { Contender, Reader, Seat } from './contender.ts'
import { cursorOf } from './cursor-of.ts'
import { httpWrites } from './http-writes.ts'
import { HttpLine } from './wire/http-line.ts'

const waitSeconds = 25
const againMs = 200 // after an answer that should not be, so that a fault is no storm of requests

/** Asks, is answered when there is something, and asks again. */
export const longPoll: Contender = {
  name: 'long-poll',
  kind: 'long-poll',
  staleMs: 0,
  open: async (seat) => follow(seat),
}

function follow(seat: Seat): Reader {
  const { channel, traffic, hear, complain } = seat
  const line = new HttpLine(seat.endpoint, traffic)
  const writes = httpWrites(seat)
  let isClosed = false
  let cursor = seat.cursor
  const ask = async (): Promise<void> => {
    const path = `/v1/channels/${channel}/changes?wait=${waitSeconds}&after=${encodeURIComponent(cursor)}`
    traffic.count('requests')
    const { status, body } = await line.ask({ path })
    if (status !== 200) throw new Error(`a long-poll was answered ${status}: ${body.toString()}`)
    if (hear(body, 0, body.length) === 0) traffic.count('emptyRequests')
    cursor = cursorOf(body) ?? cursor
  }
  const goOn = async (): Promise<void> => {
    while (!isClosed) {
      try {
        await ask()
      } catch (error) {
        if (isClosed) return
        complain(error instanceof Error ? error.message : String(error))
        await new Promise((resolve) => setTimeout(resolve, againMs))
      }
    }
  }
  void goOn()
  return {
    write: writes.write,
    close: () => {
      isClosed = true
      line.close()
      writes.close()
    },
  }
}
