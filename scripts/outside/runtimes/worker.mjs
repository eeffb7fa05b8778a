/** The SDK in workerd, the runtime of Cloudflare's Workers: each request writes a message and reads it back. */
import { createClient } from 'dovetail-client'

export default {
  async fetch(request) {
    const url = new URL(request.url).searchParams.get('server')
    const guest = await fetch(`${url}/v1/guests`, { method: 'POST' })
    const { token } = await guest.json()
    const client = createClient({ url, token })
    const view = client.channel('chat:worker').collection('messages').live()
    view.create({ text: 'from a worker' })
    const text = await new Promise((resolve) =>
      view.subscribe(() => {
        const row = view.records.find(({ status }) => status === 'acknowledged')
        if (row) resolve(row.data.text)
      }),
    )
    client.close()
    return new Response(text)
  },
}
