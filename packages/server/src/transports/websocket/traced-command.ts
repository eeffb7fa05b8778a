/** The span of a command of the WebSocket, from its check until its reply. */
import { channelTemplate, codes, type Up } from 'dovetail-protocol'
import type { Failure } from '../../core/rules/failure.ts'
import { channelAttributes } from '../../core/tracing/channel-attributes.ts'
import type { TracingContext } from '../../core/tracing/context.ts'
import { parseTraceContext } from '../../ports/tracing/trace-context.ts'
import type { Span } from '../../ports/tracing/tracing.ts'

/** `null`: nothing is traced, or the command is a ping. */
export function beginCommand({ tracing }: Pick<TracingContext, 'tracing'>, command: Up): Span | null {
  if (tracing === null || command.op === 'ping') return null
  const { op, traceparent, tracestate } = command
  const about = 'channel' in command ? command.channel : 'pattern' in command ? command.pattern : null
  return tracing.begin(about === null ? op : `${op} ${channelTemplate(about)}`, {
    kind: 'server',
    parent: parseTraceContext(traceparent, tracestate),
    attributes: {
      ...(about === null ? { 'messaging.system': 'dovetail' } : channelAttributes(about, op)),
      'network.protocol.name': 'websocket',
    },
  })
}

/** Only what is the server's fault is an error of the span; a refusal has its code. */
export function endCommand(span: Span | null, failure?: Failure): void {
  if (span === null) return
  if (failure !== undefined) span.set({ 'dovetail.code': failure.code })
  span.end(failure !== undefined && codes[failure.code].http >= 500 ? failure.code : undefined)
}
