/**
 * The SDK in a runtime: it writes and reads over the socket and over an event stream, then closes. Prints `done` and
 * ends by itself, since a client that is closed leaves no timer behind. Argument: the server's URL.
 */
import { createClient } from 'dovetail-client'

const url = process.argv[2]

for (const transport of ['websocket', 'sse']) {
  const guest = await fetch(`${url}/v1/guests`, { method: 'POST' })
  const { token } = await guest.json()
  const client = createClient({ url, token, transport })
  const text = `over ${transport}`
  const view = client
    .channel(`chat:${transport}-${Math.random().toString(36).slice(2)}`)
    .collection('messages')
    .live()
  view.create({ text })
  await new Promise((resolve) =>
    view.subscribe(
      () => view.records.some(({ status, data }) => status === 'acknowledged' && data.text === text) && resolve(),
    ),
  )
  client.close()
}
console.log('done')
