import type { DownEvent } from 'dovetail-protocol'
import { createParser } from 'eventsource-parser'
import { DovetailError } from '../base/errors.ts'
import { changesRequest, framesOf, type Round, refusedReply } from './round.ts'

/** Time limit for the first bytes. The server sends `retry:` at once: a proxy that delays it delays everything. */
const firstBytesMs = 5_000
/** Silence limit of an open stream. A comment arrives every 15 s; two missing comments mean that the stream is dead. */
const silenceMs = 40_000

/** One event stream, until it ends. */
export async function followSse(round: Round): Promise<void> {
  const { network, subs, extras, signal } = round
  const { method, path, ...request } = changesRequest(network.limits, subs, extras)
  const parse = streamParser((frame) => round.frame(frame))
  const options = { ...request, headers: { accept: 'text/event-stream' }, signal, timeoutMs: firstBytesMs }
  const commentsMs = Math.max(silenceMs, network.limits.commentSeconds * 2500)
  const read = async ({ body, headers, status }: Response, extend: (ms: number) => void) => {
    if (status === 204) throw new DovetailError('network', 'the server has no stream for this client', { status })
    network.limits.countReaders(headers)
    const reader = body?.getReader()
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true }
      if (done || signal.aborted) return
      extend(commentsMs)
      round.alive()
      parse(value)
    }
  }
  try {
    await network.rest.open(method, path, options, read)
  } catch (cause) {
    for (const frame of framesOf(refusedReply(cause as DovetailError, subs))) round.frame(frame)
  }
}

/** Returns a function that takes bytes, cut anywhere, and passes their frames to `receive`. */
export function streamParser(receive: (frame: DownEvent) => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder()
  const parser = createParser({ onEvent: ({ data }) => receive(JSON.parse(data) as DownEvent) })
  return (bytes) => parser.feed(decoder.decode(bytes, { stream: true }))
}
