/** Readers of all channels of a pattern, over each transport: the same contract for all of them. */
import type { FollowedChannel, FollowedEnd, PatternReply } from 'dovetail-protocol'
import { openStream } from '../clients/event-stream.ts'
import type { Server } from '../servers/serving.ts'
import { type TokenOptions, tokenFor } from '../servers/token-for.ts'
import { until } from '../until.ts'

export interface PatternReaderOptions {
  readonly pattern: string
  /** Left out: from now on. */
  readonly after?: string
  readonly limit?: number
  readonly user?: string
  readonly token?: TokenOptions
}

export interface PatternReader {
  /** All pages so far, the first one too. */
  pages(): readonly PatternReply[]
  /** Waits until the parts of all pages fit, and gives the pages. */
  until(what: string, fits: (parts: readonly Part[]) => boolean): Promise<readonly PatternReply[]>
  close(): void
}

export type Part = FollowedChannel | FollowedEnd

/** A transport for following a pattern. Where it is refused, `start` throws an `Error` with the code. */
export interface PatternTransport {
  readonly name: string
  start(server: Server, options: PatternReaderOptions): Promise<PatternReader>
}

const staff: TokenOptions = { role: 'service' }

export const patternBySocket: PatternTransport = {
  name: 'WebSocket',
  start: async (server, { user = 'worker', token = staff, ...fields }) => {
    const socket = await server.connect(user, token)
    const reply = await socket.command('follow', fields)
    if ('error' in reply) throw new Error(reply.error.code)
    await socket.next('followed')
    const pages = () => socket.events('followed')
    return {
      pages,
      until: async (what, fits) => {
        while (!fits(partsOf(pages()))) await socket.next('followed').catch((cause) => wontCome(what, pages(), cause))
        return pages()
      },
      close: () => socket.close(1000),
    }
  },
}

export const patternByStream: PatternTransport = {
  name: 'event stream',
  start: async (server, { user = 'worker', token = staff, ...options }) => {
    const stream = await openStream({ port: server.port, path: pathOf(options), token: await tokenFor(user, token) })
    if (stream.status !== 200) {
      await stream.ended()
      throw new Error(String(JSON.parse(stream.text()).code))
    }
    await stream.next('followed')
    const pages = () => stream.events('followed').map(({ data }) => data as unknown as PatternReply)
    return {
      pages,
      until: async (what, fits) => {
        await stream.until(what, () => fits(partsOf(pages())))
        return pages()
      },
      close: () => stream.close(),
    }
  },
}

export const patternByLongPoll: PatternTransport = {
  name: 'long-poll',
  start: async (server, { user = 'worker', token = staff, ...options }) => {
    const rest = await server.rest(user, token)
    const first = await rest.get<PatternReply>(pathOf(options))
    if (first.status !== 200) throw new Error(String(first.code))
    const pages = [first.body]
    const more = async (fits: (parts: readonly Part[]) => boolean) => {
      while (!fits(partsOf(pages))) {
        const after = pages.at(-1)?.cursor ?? '0'
        pages.push((await rest.get<PatternReply>(`${pathOf({ ...options, after })}&wait=5`)).body)
      }
      return pages
    }
    return { pages: () => pages, until: (what, fits) => until(what, more(fits)), close: () => {} }
  },
}

export const patternTransports: readonly PatternTransport[] = [patternBySocket, patternByStream, patternByLongPoll]

function pathOf(options: Pick<PatternReaderOptions, 'pattern' | 'after' | 'limit'>): string {
  const query = Object.entries(options).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
  return `/v1/follow?${query.join('&')}`
}

export function partsOf(pages: readonly PatternReply[]): readonly Part[] {
  return pages.flatMap(({ channels }) => channels)
}

/** The revisions of a channel, in the order in which they came. */
export function revsIn(parts: readonly Part[], channel: string): number[] {
  return parts.flatMap((part) =>
    part.channel === channel && 'changes' in part ? part.changes.map(({ record }) => record.rev) : [],
  )
}

function wontCome(what: string, pages: readonly PatternReply[], cause: unknown): never {
  throw new Error(`no ${what}: ${JSON.stringify(pages).slice(-1000)}`, { cause })
}
