/**
 * What the server logs: one line for each thing that is worth knowing, under a name that stays. docs/operating.md has
 * this table; a test compares the two.
 */
import type { Span } from '../ports/tracing/tracing.ts'
import type { Logger, LogLevel } from './log.ts'

interface Described {
  readonly level: Exclude<LogLevel, 'silent'>
  /** The members of the line beside `time`, `level`, `event` and `msg`. */
  readonly fields: readonly string[]
}

export const logEvents = {
  /** Something of the server itself did not work; it goes on. */
  failure: { level: 'error', fields: ['cause'] },
  /** A request was answered with 500 or more. */
  request_failed: { level: 'error', fields: ['code', 'requestId', 'cause'] },
  /** Something that an operator should look at. */
  warning: { level: 'warn', fields: [] },
  /** A connection was ended because its peer stopped reading or answering. */
  connection_dead: { level: 'warn', fields: ['transport', 'code', 'user', 'queued'] },
  /** The node serves. */
  node_serving: { level: 'debug', fields: ['node', 'version'] },
  /** The node was told to shut down. */
  node_leaving: { level: 'debug', fields: [] },
  /** What the server does by itself, such as indexing anew. */
  progress: { level: 'info', fields: [] },
  /** A reader was told to start over. */
  reader_reset: { level: 'debug', fields: ['channel', 'reason', 'user'] },
  /** A request or a command was refused. */
  refused: { level: 'debug', fields: ['transport', 'request', 'code', 'user', 'address'] },
  /** A connection was ended by the server for another reason. */
  connection_ended: { level: 'debug', fields: ['transport', 'code', 'user'] },
  /** A request over HTTP was answered. */
  request: { level: 'trace', fields: ['requestId', 'method', 'route', 'status', 'tookMs'] },
  /** A command by WebSocket was answered. */
  command: { level: 'trace', fields: ['connection', 'op', 'user', 'outcome'] },
} as const satisfies Readonly<Record<string, Described>>

export type LogEvent = keyof typeof logEvents
type FieldsOf<Event extends LogEvent> = { readonly [Field in (typeof logEvents)[Event]['fields'][number]]: unknown }

/**
 * Writes one line. Callers of events that are frequent ask `isLogged` before they gather the fields. `span`: of the
 * request or command that the line is about; its ids go into the line.
 */
export function logEvent<Event extends LogEvent>(
  log: Logger,
  event: Event,
  fields: FieldsOf<Event>,
  message: string,
  span?: Span | null,
): void {
  const line: Record<string, unknown> = { event, ...fields }
  if (span) Object.assign(line, { trace_id: span.traceId, span_id: span.spanId })
  log[logEvents[event].level](line, message)
}

export function isLogged(log: Logger, event: LogEvent): boolean {
  return log.isLevelEnabled(logEvents[event].level)
}
