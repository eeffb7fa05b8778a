import { askAtTimes } from '../ask-at-times.ts'
import { Traffic } from '../traffic.ts'
import { endpointOf } from '../wire/endpoint.ts'
import { HttpLine } from '../wire/http-line.ts'
import { refusalWords } from '../wire/refusal.ts'
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
  return {
    name: 'outside-http',
    probe: async () => {
      const line = lineTo(options, new Traffic())
      await itemsOf(options, line)
        .catch((error: unknown) => {
          throw new Error(`--http: ${options.url}: ${refusalWords(error)}`, { cause: error })
        })
        .finally(() => line.close())
    },
    open: async (seat) => follow(options, seat),
  }
}

function lineTo({ url }: OutsideHttpOptions, traffic: Traffic): HttpLine {
  return new HttpLine(endpointOf(new URL(url)), traffic)
}

async function itemsOf({ url, itemsAt }: OutsideHttpOptions, line: HttpLine): Promise<readonly unknown[]> {
  const { pathname, search } = new URL(url)
  const { status, body } = await line.ask({ path: `${pathname}${search}` })
  if (status !== 200) throw new Error(`it answered ${status}`)
  const items = jsonAt(parsed(body.toString()), itemsAt)
  if (!Array.isArray(items)) throw new Error(`it has no list at "${itemsAt}"`)
  return items
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('its answer is no JSON')
  }
}

function follow(options: OutsideHttpOptions, seat: OutsideSeat) {
  const { stampAt: path, intervalMs } = options
  const line = lineTo(options, seat.traffic)
  let known: Set<string> | null = null
  const ask = async (): Promise<'news' | 'nothing'> => {
    const items = await itemsOf(options, line)
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
