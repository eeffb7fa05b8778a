/** A worker of a consumer, by REST. */
import type { ConsumedPage } from 'dovetail-protocol'
import { expect } from 'vitest'
import type { Rest } from './rest.ts'

/** A page in words: `chat:a 0-2`, with its reset before it, or `chat:a deleted`; in the order of the channels. */
export function given({ channels }: ConsumedPage): string[] {
  const words = channels.map((part) => {
    if ('ended' in part) return `${part.channel} ${part.ended}`
    const reset = part.reset === undefined ? '' : `${part.reset} `
    return `${part.channel} ${reset}${part.from}-${part.to}`
  })
  return words.sort()
}

/** One worker, which asks and answers as the test says. */
export function workerOf(rest: Rest, consumer: string, worker = 'w1') {
  const path = `/v1/consumers/${consumer}`
  const ask = async (query = '') => {
    const answer = await rest.post<ConsumedPage>(`${path}/next${query}`, { worker })
    expect([answer.status, answer.code]).toEqual([200, undefined])
    return answer.body
  }
  const acknowledge = async ({ lease, channels }: ConsumedPage) => {
    const done = channels.map(({ channel, cursor }) => ({ channel, cursor }))
    return await rest.post(`${path}/acknowledge`, { lease, channels: done })
  }
  return {
    ask,
    acknowledge,
    /** Asks for a page, and has it done. */
    done: async (query = '') => {
      const page = await ask(query)
      if (page.lease !== null) expect((await acknowledge(page)).status).toBe(204)
      return given(page)
    },
  }
}
