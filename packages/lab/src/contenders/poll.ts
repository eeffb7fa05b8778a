import { type AskOnce, pollingReader } from './ask-at-times.ts'
import type { Contender, Seat } from './contender.ts'
import { cursorOf } from './cursor-of.ts'
import { HttpLine } from './wire/http-line.ts'

/** Asks every so often, whether or not there is something. */
export function poll(name: string, intervalMs: number): Contender {
  return {
    name,
    kind: 'poll',
    staleMs: intervalMs,
    open: async (seat) => pollingReader(seat, intervalMs, polling(seat)),
  }
}

const more = Buffer.from('"more":true')

function polling(seat: Seat): AskOnce {
  const { channel, collection, reading, hear, complain } = seat
  const line = new HttpLine(seat.endpoint, seat.traffic)
  let cursor = seat.cursor
  return {
    ask: async () => {
      const path =
        reading === 'page'
          ? `/v1/channels/${channel}/${collection}`
          : `/v1/channels/${channel}/changes?after=${encodeURIComponent(cursor)}`
      const { status, body } = await line.ask({ path })
      if (status !== 200) {
        complain(`a poll was answered ${status}: ${body.toString()}`)
        return 'nothing'
      }
      const heard = hear(body, 0, body.length)
      cursor = cursorOf(body) ?? cursor
      if (reading === 'changes' && body.includes(more)) return 'more'
      return heard > 0 ? 'news' : 'nothing'
    },
    close: () => line.close(),
  }
}
