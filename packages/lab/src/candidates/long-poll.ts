import { HttpConnection } from '../traffic/http-connection.ts'
import type { Candidate, CandidateClient, Reader } from './candidate.ts'
import { findCursor } from './find-cursor.ts'
import { httpWriter } from './http-writer.ts'

const waitSeconds = 25
const againMs = 200 // after an answer that should not be, so that a fault does not cause requests without a pause

/** Long-poll: each request is answered when there is a change, and followed by the next. */
export const longPoll: Candidate = {
  name: 'long-poll',
  kind: 'long-poll',
  staleMs: 0,
  open: async (client) => follow(client),
}

function follow(client: CandidateClient): Reader {
  const { channel, traffic, receive, reportProblem } = client
  const connection = new HttpConnection(client.endpoint, traffic)
  const writes = httpWriter(client)
  let isClosed = false
  let cursor = client.cursor
  const send = async (): Promise<void> => {
    const path = `/v1/channels/${channel}/changes?wait=${waitSeconds}&after=${encodeURIComponent(cursor)}`
    traffic.count('requests')
    const { status, body } = await connection.request({ path })
    if (status !== 200) throw new Error(`a long-poll was answered ${status}: ${body.toString()}`)
    if (receive(body, 0, body.length) === 0) traffic.count('emptyRequests')
    cursor = findCursor(body) ?? cursor
  }
  const keepPolling = async (): Promise<void> => {
    while (!isClosed) {
      try {
        await send()
      } catch (error) {
        if (isClosed) return
        reportProblem(error instanceof Error ? error.message : String(error))
        await new Promise((resolve) => setTimeout(resolve, againMs))
      }
    }
  }
  void keepPolling()
  return {
    write: writes.write,
    close: () => {
      isClosed = true
      connection.close()
      writes.close()
    },
  }
}
