import { pollAtInterval } from '../candidates/poll-at-interval.ts'
import { describeConnectionError } from '../traffic/connection-error.ts'
import { parseEndpoint } from '../traffic/endpoint.ts'
import { HttpConnection } from '../traffic/http-connection.ts'
import { Traffic } from '../traffic/traffic.ts'
import type { ExternalClient, ExternalSource } from './external-source.ts'
import { timestampAtPath, valueAtPath } from './json-path.ts'

export interface ExternalHttpOptions {
  readonly url: string
  /** Where in the answer the list of items stands, such as `data.items`. */
  readonly itemsPath: string
  /** Where in an item its time stands. */
  readonly timestampPath?: string
  readonly intervalMs: number
}

/** Polls any address whose JSON answer holds a list. */
export function externalHttp(options: ExternalHttpOptions): ExternalSource {
  return {
    name: 'outside-http',
    probe: async () => {
      const connection = connectTo(options, new Traffic())
      await itemsOf(options, connection)
        .catch((error: unknown) => {
          throw new Error(`--http: ${options.url}: ${describeConnectionError(error)}`, { cause: error })
        })
        .finally(() => connection.close())
    },
    open: async (client) => follow(options, client),
  }
}

function connectTo({ url }: ExternalHttpOptions, traffic: Traffic): HttpConnection {
  return new HttpConnection(parseEndpoint(new URL(url)), traffic)
}

async function itemsOf(
  { url, itemsPath }: ExternalHttpOptions,
  connection: HttpConnection,
): Promise<readonly unknown[]> {
  const { pathname, search } = new URL(url)
  const { status, body } = await connection.request({ path: `${pathname}${search}` })
  if (status !== 200) throw new Error(`it answered ${status}`)
  const items = valueAtPath(parsed(body.toString()), itemsPath)
  if (!Array.isArray(items)) throw new Error(`it has no list at "${itemsPath}"`)
  return items
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('its answer is no JSON')
  }
}

function follow(options: ExternalHttpOptions, client: ExternalClient) {
  const { timestampPath: path, intervalMs } = options
  const connection = connectTo(options, client.traffic)
  let known: Set<string> | null = null
  const send = async (): Promise<'news' | 'nothing'> => {
    const items = await itemsOf(options, connection)
    const now = new Map(items.map((item: unknown) => [identityOf(item), item]))
    // What is there at the first look is news to nobody.
    const news = known === null ? [] : [...now].filter(([identity]) => known?.has(identity) === false)
    known = new Set([...(known ?? []), ...now.keys()])
    for (const [, item] of news) client.receive(path === undefined ? null : timestampAtPath(item, path))
    return news.length > 0 ? 'news' : 'nothing'
  }
  return { close: pollAtInterval(client, intervalMs, { send, close: () => connection.close() }) }
}

/** Its `id` where it has one; else all of it. */
function identityOf(item: unknown): string {
  return JSON.stringify(valueAtPath(item, 'id') ?? item)
}
