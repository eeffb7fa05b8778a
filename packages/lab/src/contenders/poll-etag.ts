import { type AskOnce, pollingReader } from './ask-at-times.ts'
import type { Contender, Seat } from './contender.ts'
import { cursorOf } from './cursor-of.ts'
import { HttpLine } from './wire/http-line.ts'

/** Asks every so often for what it holds to be confirmed: 304 and no body where nothing is new. */
export function pollEtag(name: string, intervalMs: number): Contender {
  return {
    name,
    kind: 'poll',
    staleMs: intervalMs,
    open: async (seat) => pollingReader(seat, intervalMs, confirming(seat)),
  }
}

/**
 * A reader of changes asks from one cursor until something is there, then from the next one: each address has a
 * tag of its own. A reader of a page asks for the same page all the time.
 */
function confirming(seat: Seat): AskOnce {
  const { channel, collection, reading, hear, complain } = seat
  const line = new HttpLine(seat.endpoint, seat.traffic)
  let cursor = seat.cursor
  let tag: string | null = null
  return {
    ask: async () => {
      const path =
        reading === 'page'
          ? `/v1/channels/${channel}/${collection}`
          : `/v1/channels/${channel}/changes?after=${encodeURIComponent(cursor)}`
      const { status, headers, body } = await line.ask({ path, headers: tag === null ? {} : { 'If-None-Match': tag } })
      if (status === 304) return 'nothing'
      if (status !== 200) {
        complain(`a poll with a tag was answered ${status}: ${body.toString()}`)
        return 'nothing'
      }
      const heard = hear(body, 0, body.length)
      const next = cursorOf(body) ?? cursor
      tag = reading === 'page' || next === cursor ? (headers.get('etag') ?? null) : null
      cursor = next
      return heard > 0 ? 'news' : 'nothing'
    },
    close: () => line.close(),
  }
}
