import { authorization, type ChangesFrame, type Follow, type Following, Reset } from './follow.ts'

export const followSse: Follow = async (following) => {
  const { url, channel, token, after, signal } = following
  const response = await fetch(`${url}/v1/channels/${channel}/changes?after=${after}`, {
    headers: { accept: 'text/event-stream', ...authorization(token) },
    signal,
  })
  if (response.status !== 200 || response.body === null) throw new Error(`a stream was answered ${response.status}`)
  following.begun()
  let text = ''
  const decoder = new TextDecoder()
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(bytes, { stream: true })
    // Lines end in LF here, as the protocol has it, so an event ends at the first empty line.
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) heard(following, event)
  }
}

function heard(following: Following, event: string): void {
  const fields = new Map(event.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line]))
  const data = fields.get('data')?.slice('data: '.length)
  if (data === undefined) return
  const frame = JSON.parse(data) as ChangesFrame & { readonly reason?: string; readonly cursor?: string }
  switch (fields.get('event')?.slice('event: '.length)) {
    case 'changes':
      following.take(frame, frame.epoch ?? null)
      return
    case 'reset':
      throw new Reset(frame.reason ?? 'unknown', frame.cursor ?? '0')
    case 'ended':
      throw new Error(`ended: ${frame.reason}`)
  }
}
