/** Publishes lines one after the other over one WebSocket. */
import { type Client, createClient, DovetailError } from 'dovetail-client'
import { CommandFailure } from '../failures/command-failure.ts'
import { type PublishedLine, parseLine } from './line.ts'
import type { Outcome } from './outcome.ts'
import type { Publishing } from './publishing.ts'

/** How long a lost socket may stay closed before a line counts as unanswered. */
const socketMs = 30_000

export async function* publishOverSocket(
  { url, token }: { readonly url: string; readonly token: string },
  { channel, collection, key }: Publishing,
  lines: AsyncIterable<PublishedLine>,
): AsyncGenerator<Outcome, void> {
  const client = createClient({ url, token, transport: 'websocket', storage: null })
  try {
    const target = client.channel(channel).collection(collection)
    client.connect()
    const ready = waiterFor(client, url)
    for await (const { number: line, text } of lines) {
      const draft = parseLine(text, false)
      if (!('data' in draft)) {
        yield { line, error: draft }
        continue
      }
      await ready()
      try {
        // A value that is not an object is refused by the server.
        const record = await target.create(draft.data as Record<string, unknown>, { key: `${key}-${line}` })
        yield { line, record }
      } catch (cause) {
        if (!(cause instanceof DovetailError)) throw cause
        yield socketRefusal(line, cause)
      }
    }
  } finally {
    client.close()
  }
}

function socketRefusal(line: number, { code, detail, errors }: DovetailError): Outcome {
  const error = { code, detail, ...(errors.length === 0 ? {} : { errors }) }
  return { line, error, ...(code === 'network' ? { passing: true as const } : {}) }
}

/** Waits until the socket is open, before each write. */
function waiterFor(client: Client, url: string): () => Promise<void> {
  let wasOpen = false
  return () =>
    new Promise((resolve, reject) => {
      const settle = (): void => {
        const { name, lastError } = client.state
        wasOpen ||= name === 'open'
        if (name === 'open') done(resolve)
        // A lost connection is opened again; a first connection that fails ends the command at once.
        else if (name === 'closed' || name === 'auth_failed' || (name === 'waiting' && !wasOpen))
          done(() => reject(new CommandFailure(failureOf(lastError, url))))
      }
      const stop = client.subscribe(settle)
      const late = setTimeout(() => done(() => reject(new CommandFailure(failureOf(null, url)))), socketMs)
      const done = (end: () => void): void => {
        clearTimeout(late)
        stop()
        end()
      }
      settle()
    })
}

function failureOf(error: DovetailError | null, url: string): string {
  return error === null || error.code === 'network' ? `no WebSocket to ${url}` : error.message
}
