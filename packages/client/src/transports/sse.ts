import type { DownEvent } from '@dovetail/protocol'
import { createParser } from 'eventsource-parser'
import { DovetailError } from '../errors.ts'
import { changesRequest, type Round } from './round.ts'

/** The server sends `retry:` at once and a comment every 15 s: so much silence means that nothing passes any more. */
const firstBytesMs = 5_000
const silenceMs = 40_000

/** One stream, until it ends. */
export async function followSse(round: Round): Promise<void> {
  const { network, subs, extras, signal } = round
  const { method, path, ...request } = changesRequest(subs, extras)
  const headers = { accept: 'text/event-stream' }
  const control = new AbortController()
  const abort = () => control.abort()
  signal.addEventListener('abort', abort)
  const body = await network.rest.stream(method, path, { ...request, headers, signal: control.signal, timeoutMs: firstBytesMs })
  const reader = body.getReader()
  let stopTimer = network.clock.after(firstBytesMs, abort)
  const parse = streamParser((frame) => round.frame(frame))
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done || signal.aborted) return
      stopTimer()
      stopTimer = network.clock.after(silenceMs, abort)
      round.alive()
      parse(value)
    }
  } catch (cause) {
    if (!signal.aborted) throw new DovetailError('network', control.signal.aborted ? 'the stream is silent' : 'the stream broke', { cause })
  } finally {
    stopTimer()
    signal.removeEventListener('abort', abort)
    control.abort()
  }
}

/** Feeds bytes, however they are cut, and gives the frames in them. */
export function streamParser(tell: (frame: DownEvent) => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder()
  const parser = createParser({ onEvent: ({ data }) => tell(JSON.parse(data) as DownEvent) })
  return (bytes) => parser.feed(decoder.decode(bytes, { stream: true }))
}
