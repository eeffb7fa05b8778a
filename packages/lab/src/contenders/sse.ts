import type { Contender } from './contender.ts'
import { httpWrites } from './http-writes.ts'
import { openEventStream } from './wire/event-stream.ts'

/** One answer that goes on for ever. */
export const sse: Contender = {
  name: 'sse',
  kind: 'push',
  staleMs: 0,
  open: async (seat) => {
    const { endpoint, channel, cursor, traffic, hear } = seat
    const path = `/v1/channels/${channel}/changes?after=${encodeURIComponent(cursor)}`
    const stream = await openEventStream({ endpoint, path, traffic, onText: hear })
    const writes = httpWrites(seat)
    return {
      write: writes.write,
      close: () => {
        stream.close()
        writes.close()
      },
    }
  },
}
