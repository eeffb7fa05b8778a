import { ChannelList } from './channel-list.tsx'
import styles from './chat-page.module.css'
import { Conversation } from './conversation.tsx'
import { useChannels } from './use-channels.ts'

export interface ChatPageProps {
  /** Null: only the list, which is a page of its own on a phone. */
  channel: string | null
}

export function ChatPage({ channel }: ChatPageProps) {
  const channels = useChannels(channel)
  return (
    <div className={styles.page} data-open={channel === null ? undefined : ''}>
      <div className={styles.channels}>
        <ChannelList channels={channels} open={channel} />
      </div>
      <div className={styles.conversation}>
        <Conversation key={channel ?? 'chat:general'} channel={channel ?? 'chat:general'} />
      </div>
    </div>
  )
}
