import type { DownEvent } from '@dovetail/protocol'
import { createParser } from 'eventsource-parser'
import { DovetailError } from '../errors.ts'
import { changesRequest, type Round } from './round.ts'

/** The server sends `retry:` at once and a comment every 15 s: so much silence means that nothing passes any more. */
const firstBytesMs = 5_000
const silenceMs = 40_000
/** A stream has no end of its own: its silence is what is limited. */
const noLimitMs = 2_147_483_647

/** One stream, until it ends. */
export async function followSse(round: Round): Promise<void> {
  const { network, subs, extras, signal } = round
  const { method, path, ...request } = changesRequest(subs, extras)
  const control = new AbortController()
  const abort = () => control.abort()
  signal.addEventListener('abort', abort)
  let stopTimer = network.clock.after(firstBytesMs, abort)
  const parse = streamParser((frame) => round.frame(frame))
  const options = { ...request, headers: { accept: 'text/event-stream' }, signal: control.signal, timeoutMs: noLimitMs }
  const read = async ({ body }: Response) => {
    const reader = body?.getReader()
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true }
      if (done || signal.aborted) return
      stopTimer()
      stopTimer = network.clock.after(silenceMs, abort)
      round.alive()
      parse(value)
    }
  }
  try {
    await network.rest.open(method, path, options, read)
  } catch (cause) {
    const error = cause as DovetailError
    if (!signal.aborted)
      throw error.code === 'aborted' ? new DovetailError('network', 'the stream is silent', { cause }) : error
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
