import { channel } from './chat.ts'
import { world } from './world.ts'

/** A world whose client has a live view of the channel. */
export function followed(options: Parameters<typeof world>[0] = {}) {
  const all = world({ transport: 'auto', token: 'ana', ...options })
  const view = all.client.channel(channel).collection('messages').live()
  const say = (text: string) =>
    all.server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text } })
  const texts = () => view.records.map(({ data }) => data.text)
  return { ...all, view, say, texts }
}
