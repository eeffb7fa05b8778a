import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { authorization, type ChangesFrame, type Follow, type FollowOptions, Reset } from './follow.ts'

export const followSse: Follow = async (following) => {
  const { url, channel, token, after, signal } = following
  const response = await fetch(`${url}/v1/channels/${channel}/changes?after=${after}`, {
    headers: { accept: 'text/event-stream', ...authorization(token) },
    signal,
  })
  if (response.status !== 200 || response.body === null) throw new Error(`a stream was answered ${response.status}`)
  following.onOpen()
  const parser = createParser({ onEvent: (event) => handleEvent(following, event) })
  const decoder = new TextDecoder()
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>)
    parser.feed(decoder.decode(bytes, { stream: true }))
}

function handleEvent(following: FollowOptions, { event, data }: EventSourceMessage): void {
  const frame = JSON.parse(data) as ChangesFrame & { readonly reason?: string; readonly cursor?: string }
  switch (event) {
    case 'changes':
      following.onRange(frame, frame.epoch ?? null)
      return
    case 'reset':
      throw new Reset(frame.reason ?? 'unknown', frame.cursor ?? '0')
    case 'ended':
      throw new Error(`ended: ${frame.reason}`)
  }
}
