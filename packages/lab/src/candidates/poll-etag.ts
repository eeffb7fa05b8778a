import { HttpConnection } from '../traffic/http-connection.ts'
import type { Candidate, CandidateClient } from './candidate.ts'
import { findCursor } from './find-cursor.ts'
import { type PollRequest, pollingReader } from './poll-at-interval.ts'

/** Polls at an interval with `If-None-Match`: 304 without a body if nothing is new. */
export function pollEtag(name: string, intervalMs: number): Candidate {
  return {
    name,
    kind: 'poll',
    staleMs: intervalMs,
    open: async (client) => pollingReader(client, intervalMs, conditionalRequest(client)),
  }
}

/**
 * A reader of changes asks from one cursor until something is there, then from the next one: each address has a
 * tag of its own. A reader of a page asks for the same page all the time.
 */
function conditionalRequest(client: CandidateClient): PollRequest {
  const { channel, collection, reading, receive, reportProblem } = client
  const connection = new HttpConnection(client.endpoint, client.traffic)
  let cursor = client.cursor
  let tag: string | null = null
  return {
    send: async () => {
      const path =
        reading === 'page'
          ? `/v1/channels/${channel}/${collection}`
          : `/v1/channels/${channel}/changes?after=${encodeURIComponent(cursor)}`
      const { status, headers, body } = await connection.request({
        path,
        headers: tag === null ? {} : { 'If-None-Match': tag },
      })
      if (status === 304) return 'nothing'
      if (status !== 200) {
        reportProblem(`a poll with a tag was answered ${status}: ${body.toString()}`)
        return 'nothing'
      }
      const received = receive(body, 0, body.length)
      const next = findCursor(body) ?? cursor
      tag = reading === 'page' || next === cursor ? (headers.get('etag') ?? null) : null
      cursor = next
      return received > 0 ? 'news' : 'nothing'
    },
    close: () => connection.close(),
  }
}
