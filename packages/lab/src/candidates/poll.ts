import { HttpConnection } from '../traffic/http-connection.ts'
import type { Candidate, CandidateClient } from './candidate.ts'
import { findCursor } from './find-cursor.ts'
import { type PollRequest, pollingReader } from './poll-at-interval.ts'

/** Polls at an interval. */
export function poll(name: string, intervalMs: number): Candidate {
  return {
    name,
    kind: 'poll',
    staleMs: intervalMs,
    open: async (client) => pollingReader(client, intervalMs, pollRequest(client)),
  }
}

const more = Buffer.from('"more":true')

function pollRequest(client: CandidateClient): PollRequest {
  const { channel, collection, reading, receive, reportProblem } = client
  const connection = new HttpConnection(client.endpoint, client.traffic)
  let cursor = client.cursor
  return {
    send: async () => {
      const path =
        reading === 'page'
          ? `/v1/channels/${channel}/${collection}`
          : `/v1/channels/${channel}/changes?after=${encodeURIComponent(cursor)}`
      const { status, body } = await connection.request({ path })
      if (status !== 200) {
        reportProblem(`a poll was answered ${status}: ${body.toString()}`)
        return 'nothing'
      }
      const received = receive(body, 0, body.length)
      cursor = findCursor(body) ?? cursor
      if (reading === 'changes' && body.includes(more)) return 'more'
      return received > 0 ? 'news' : 'nothing'
    },
    close: () => connection.close(),
  }
}
