/** Parses a message of a peer as far as its reply needs: to a JSON object and the id of the command. */
import { cutDeeper } from '../../core/rules/json.ts'

export type CommandId = string | number

export interface Incoming {
  /** The id for the reply; `null`: the command gets no reply. */
  readonly id: CommandId | null
  /** How deep the whole message nests. */
  readonly depth: number
  readonly message: Readonly<Record<string, unknown>>
}

/**
 * What is nested deeper than `maxDepth` is cut out before the message is parsed.
 * @returns `null` where the text is not a JSON object, or lacks a usable `id` on a command that needs one
 */
export function parseIncoming(text: string, maxDepth: number): Incoming | null {
  const shallow = cutDeeper(withoutMark(text), maxDepth)
  let message: unknown
  try {
    message = JSON.parse(shallow.text)
  } catch {
    return null
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return null
  const { id, op } = message as { id?: unknown; op?: unknown }
  const usable = findUsableId(id)
  const mayLackId = id === undefined && (op === 'signal' || op === 'state')
  if (usable === null && !mayLackId) return null
  return { id: usable, depth: shallow.depth, message: message as Record<string, unknown> }
}

/** A byte order mark at the start is not part of the JSON (RFC 8259, section 8.1). */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** A reply carries the id, so it is bounded. */
const maxIdLength = 128

/** A number beyond the range of doubles is not usable, because it would be encoded as `null`. */
function findUsableId(id: unknown): CommandId | null {
  if (typeof id === 'string') return id.length <= maxIdLength ? id : null
  return typeof id === 'number' && Number.isFinite(id) ? id : null
}
