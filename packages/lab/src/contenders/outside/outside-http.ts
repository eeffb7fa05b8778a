import { askAtTimes } from '../ask-at-times.ts'
import { endpointOf } from '../wire/endpoint.ts'
import { HttpLine } from '../wire/http-line.ts'
import { jsonAt, stampAt } from './json-at.ts'
import type { Outside, OutsideSeat } from './outside.ts'

export interface OutsideHttpOptions {
  readonly url: string
  /** Where in the answer the list of items stands, such as `data.items`. */
  readonly itemsAt: string
  /** Where in an item its time stands. */
  readonly stampAt?: string
  readonly intervalMs: number
}

/** Polls any address whose JSON answer holds a list. */
export function outsideHttp(options: OutsideHttpOptions): Outside {
  return { name: 'outside-http', open: async (seat) => follow(options, seat) }
}

function follow({ url, itemsAt, stampAt: path, intervalMs }: OutsideHttpOptions, seat: OutsideSeat) {
  const address = new URL(url)
  const line = new HttpLine(endpointOf(address), seat.traffic)
  let known: Set<string> | null = null
  const ask = async (): Promise<'news' | 'nothing'> => {
    const { status, body } = await line.ask({ path: `${address.pathname}${address.search}` })
    if (status !== 200) throw new Error(`${url} answered ${status}`)
    const items = jsonAt(JSON.parse(body.toString()), itemsAt)
    if (!Array.isArray(items)) throw new Error(`${url} has no list at "${itemsAt}"`)
    const now = new Map(items.map((item: unknown) => [identityOf(item), item]))
    // What is there at the first look is news to nobody.
    const news = known === null ? [] : [...now].filter(([identity]) => known?.has(identity) === false)
    known = new Set([...(known ?? []), ...now.keys()])
    for (const [, item] of news) seat.hear(path === undefined ? null : stampAt(item, path))
    return news.length > 0 ? 'news' : 'nothing'
  }
  return { close: askAtTimes(seat, intervalMs, { ask, close: () => line.close() }) }
}

/** Its `id` where it has one; else all of it. */
function identityOf(item: unknown): string {
  return JSON.stringify(jsonAt(item, 'id') ?? item)
}
