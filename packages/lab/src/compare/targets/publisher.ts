/** A backend that writes over its own kept-alive connections, so that no candidate pays for the writes. */
import type { Write } from '../../candidates/candidate.ts'
import { writeRequest } from '../../candidates/http-writer.ts'
import { HttpConnection } from '../../traffic/http-connection.ts'
import { Traffic } from '../../traffic/traffic.ts'
import type { Target } from './target.ts'

export interface Publisher {
  /** Resolves with the words of what went wrong; `null`: nothing. */
  write(location: { readonly channel: string; readonly collection: string }, write: Write): Promise<string | null>
  close(): void
}

const connectionCount = 16

export function openPublisher({ endpoint, token }: Target): Publisher {
  const traffic = new Traffic()
  const lines = Array.from({ length: connectionCount }, () => new HttpConnection(endpoint, traffic))
  const byKey = new Map<string, HttpConnection>()
  let turns = 0
  const connectionFor = (key: string | null): HttpConnection => {
    const known = key === null ? undefined : byKey.get(key)
    if (known !== undefined) return known
    const connection = lines[turns++ % lines.length] ?? new HttpConnection(endpoint, traffic)
    // The states of one record go one way, or a newer one could overtake an older one.
    if (key !== null) byKey.set(key, connection)
    return connection
  }
  return {
    write: async (location, write) => {
      try {
        const { status, body } = await connectionFor(write.key).request(writeRequest({ ...location, token }, write))
        return status < 300 ? null : `a write was answered ${status}: ${body.toString()}`
      } catch (error) {
        return `a write was lost: ${error instanceof Error ? error.message : String(error)}`
      }
    },
    close: () => {
      for (const connection of lines) connection.close()
    },
  }
}
