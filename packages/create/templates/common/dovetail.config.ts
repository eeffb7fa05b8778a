import { type ChannelTypes, defineConfig } from 'dovetail-server'
import Type from 'typebox'

const Message = Type.Object({ text: Type.String({ minLength: 1, maxLength: 2000 }) })

const config = defineConfig({
  channels: {
    // Channels of this namespace are named chat:…; every visitor may be a guest, and guests may write. Presence: who is here.
    chat: {
      presence: true,
      collections: { messages: { schema: Message, write: 'guest', edit: 'author', delete: 'author' } },
    },
  },
})

export default config

/** What the channels hold: the types of clients and hooks. */
export type Types = ChannelTypes<typeof config>
