import { openEventStream } from '../traffic/event-stream.ts'
import type { Candidate } from './candidate.ts'
import { httpWriter } from './http-writer.ts'

/** Server-sent events: one answer that does not end. */
export const sse: Candidate = {
  name: 'sse',
  kind: 'push',
  staleMs: 0,
  open: async (client) => {
    const { endpoint, channel, cursor, traffic, receive } = client
    const path = `/v1/channels/${channel}/changes?after=${encodeURIComponent(cursor)}`
    const stream = await openEventStream({ endpoint, path, traffic, onText: receive })
    const writes = httpWriter(client)
    return {
      write: writes.write,
      close: () => {
        stream.close()
        writes.close()
      },
    }
  },
}
