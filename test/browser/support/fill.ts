import { expect } from 'vitest'
import type { Server } from '../../support/servers/serving.ts'

const batch = 500 // the most that one request may write by default

/** Writes messages into `chat:general`, in this order, for one author. */
export async function fill(server: Server, texts: readonly string[], author = 'ann'): Promise<void> {
  const rest = await server.rest('feeder', { role: 'service' })
  for (let first = 0; first < texts.length; first += batch) {
    const writes = texts.slice(first, first + batch).map((text) => ({
      op: 'create',
      channel: 'chat:general',
      collection: 'messages',
      data: { text },
      author,
    }))
    const { status } = await rest.post('/v1/batch', { writes })
    expect(status).toBe(200)
  }
}
