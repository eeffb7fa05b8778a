/** W3C Trace Context: what a header or a member says, where it is valid. What is not is passed over, as if it were absent. */
import type { TraceContext } from './tracing.ts'

const form = /^(?<version>[0-9a-f]{2})-(?<trace>[0-9a-f]{32})-(?<span>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/
const zeros = /^0+$/
/** The most characters that have to be passed on (section 3.3.1.5). */
const maxStateLength = 512

/** `null`: it is absent or invalid. `tracestate` counts with a valid `traceparent` only. */
export function parseTraceContext(traceparent: unknown, tracestate?: unknown): TraceContext | null {
  if (typeof traceparent !== 'string' || traceparent.length > 256) return null
  const { version, trace, span, flags, more } = form.exec(traceparent)?.groups ?? {}
  if (version === undefined || trace === undefined || span === undefined || flags === undefined) return null
  if (version === 'ff' || zeros.test(trace) || zeros.test(span)) return null
  // A later version may append parts; this one has none.
  if (version === '00' && more !== undefined) return null
  return { traceparent: `00-${trace}-${span}-${flags}`, tracestate: stateOf(tracestate) }
}

function stateOf(tracestate: unknown): string {
  const isState =
    typeof tracestate === 'string' && tracestate.length <= maxStateLength && /^[\x20-\x7e]*$/.test(tracestate)
  return isState ? tracestate : ''
}
