import type { Channel } from 'dovetail-client'
import type { AppClient } from '../../session/app-client.ts'
import type { DataTypes } from '../../session/data-types.ts'

export type ChatChannel = Channel<DataTypes, `chat:${string}`>

/**
 * chat/channels/: what is a channel called, and where is it shown?
 *
 * A channel of one of the three namespaces for conversations: `chat`, `team` and `dm` have the same collections.
 */
export function chatChannel(client: AppClient, name: string): ChatChannel {
  return client.channel(name as `chat:${string}`)
}
