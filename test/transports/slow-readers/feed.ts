import type { Server } from '../../support/servers/serving.ts'

export interface Feeding {
  readonly changes: number
  /** How many records the changes go to, one after the other. */
  readonly ids: number
  /** The size of each record, about. */
  readonly bytes: number
  /** The first price; each further one is higher by 1. Default 0. */
  readonly price?: number
}

export interface Paced extends Feeding {
  /** How many changes a batch has. */
  readonly atOnce: number
  /** From the beginning of a batch to the next one's, in ms; where a batch takes longer, the next one follows at once. */
  readonly everyMs: number
}

/** Batches stay below the limit of a request's body. */
const batchBytes = 700_000
const batchWrites = 500

/** Puts ticks, batch after batch, each record again and again. */
export async function feed(server: Server, channel: string, feeding: Feeding): Promise<void> {
  const atOnce = Math.max(1, Math.min(batchWrites, Math.floor(batchBytes / (feeding.bytes + 200))))
  await feedPaced(server, channel, { ...feeding, atOnce, everyMs: 0 })
}

/** The same at a pace. Gives when each batch was sent, in ms on the clock of `performance.now()`. */
export async function feedPaced(server: Server, channel: string, feeding: Paced): Promise<number[]> {
  const { changes, ids, bytes, price = 0, atOnce, everyMs } = feeding
  const backend = await server.rest('feeder', { role: 'service' })
  const ballast = 'x'.repeat(bytes)
  const sentAt: number[] = []
  for (let next = 0; next < changes; next += atOnce) {
    const at = performance.now()
    sentAt.push(at)
    const count = Math.min(atOnce, changes - next)
    const writes = Array.from({ length: count }, (_, i) => {
      const id = `s${(next + i) % ids}`
      const data = { symbol: id, price: price + next + i, ballast }
      return { op: 'put', channel, collection: 'quotes', recordId: id, data }
    })
    const answer = await backend.post<{ results: { status: number }[] }>('/v1/batch', { writes })
    const refused = answer.body.results.find(({ status }) => status >= 300)
    if (refused !== undefined) throw new Error(`a write was refused: ${JSON.stringify(refused)}`)
    const leftMs = at + everyMs - performance.now()
    if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs))
  }
  return sentAt
}
