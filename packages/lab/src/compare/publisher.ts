/** A backend that writes on kept connections of its own, at no contender's cost. */
import type { Write } from '../contenders/contender.ts'
import { writeRequest } from '../contenders/http-writes.ts'
import { Traffic } from '../contenders/traffic.ts'
import { HttpLine } from '../contenders/wire/http-line.ts'
import type { Target } from './target.ts'

export interface Publisher {
  /** Resolves with the words of what went wrong; `null`: nothing. */
  write(place: { readonly channel: string; readonly collection: string }, write: Write): Promise<string | null>
  close(): void
}

const lineCount = 16

export function openPublisher({ endpoint, token }: Target): Publisher {
  const traffic = new Traffic()
  const lines = Array.from({ length: lineCount }, () => new HttpLine(endpoint, traffic))
  const byKey = new Map<string, HttpLine>()
  let turns = 0
  const lineFor = (key: string | null): HttpLine => {
    const known = key === null ? undefined : byKey.get(key)
    if (known !== undefined) return known
    const line = lines[turns++ % lines.length] ?? new HttpLine(endpoint, traffic)
    // The states of one record go one way, or a newer one could overtake an older one.
    if (key !== null) byKey.set(key, line)
    return line
  }
  return {
    write: async (place, write) => {
      try {
        const { status, body } = await lineFor(write.key).ask(writeRequest({ ...place, token }, write))
        return status < 300 ? null : `a write was answered ${status}: ${body.toString()}`
      } catch (error) {
        return `a write was lost: ${error instanceof Error ? error.message : String(error)}`
      }
    },
    close: () => {
      for (const line of lines) line.close()
    },
  }
}
