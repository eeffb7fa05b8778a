import type { Server } from './serving.ts'

export interface Feeding {
  readonly changes: number
  /** Over so many records, one after the other. */
  readonly ids: number
  /** Of each record, about. */
  readonly bytes: number
}

/** Batches stay below the limit of a request's body. */
const batchBytes = 700_000
const batchWrites = 500

/** Puts ticks, batch after batch, each record again and again. */
export async function feed(server: Server, channel: string, { changes, ids, bytes }: Feeding): Promise<void> {
  const backend = await server.rest('feeder', { role: 'service' })
  const ballast = 'x'.repeat(bytes)
  const atOnce = Math.max(1, Math.min(batchWrites, Math.floor(batchBytes / (bytes + 200))))
  for (let next = 0; next < changes; next += atOnce) {
    const count = Math.min(atOnce, changes - next)
    const writes = Array.from({ length: count }, (_, i) => {
      const id = `s${(next + i) % ids}`
      const data = { symbol: id, price: next + i, ballast }
      return { op: 'put', channel, collection: 'quotes', recordId: id, data }
    })
    const answer = await backend.post<{ results: { status: number }[] }>('/v1/batch', { writes })
    const refused = answer.body.results.find(({ status }) => status >= 300)
    if (refused !== undefined) throw new Error(`a write was refused: ${JSON.stringify(refused)}`)
  }
}
