import { useSearchParams } from 'wouter'
import { usePageTitle } from '../ui/use-page-title.ts'
import { ChannelList } from './channel-list/channel-list.tsx'
import { useChannels } from './channel-list/use-channels.ts'
import { useMyChannels } from './channel-list/use-my-channels.ts'
import { formatChannelName } from './channels/format-channel-name.ts'
import styles from './chat-page.module.css'
import { Conversation } from './conversation/conversation.tsx'
import { useSidePanel } from './conversation/use-side-panel.ts'
import { useUnreadAtOpening } from './reading/use-unread-at-opening.ts'
import { useSearch } from './search/use-search.ts'

export interface ChatPageProps {
  /** Null: only the list, which is a page of its own on a phone. */
  channel: string | null
}

const first = 'chat:general'

/** chat/: how do people talk in channels? */
export function ChatPage({ channel }: ChatPageProps) {
  const shown = channel ?? first
  const [query] = useSearchParams()
  const at = Number(query.get('at'))
  const startAt = Number.isSafeInteger(at) && at > 0 ? at : null
  const channels = useChannels(channel)
  const { mine, refresh } = useMyChannels(channel)
  const readUpTo = useUnreadAtOpening(shown, mine)
  const [sidePanel, setSidePanel] = useSidePanel()
  // Here and not in the conversation, which is another one when a hit leads to another channel.
  const search = useSearch(shown)
  const unread = mine?.reduce((sum, each) => sum + (each.channel === shown ? 0 : each.unread), 0) ?? 0
  usePageTitle(`${unread > 0 ? `(${unread}) ` : ''}${formatChannelName(shown)}`)
  return (
    <div className={styles.page} data-open={channel === null ? undefined : ''}>
      <div className={styles.channels}>
        <ChannelList channels={channels} mine={mine ?? []} open={channel} />
      </div>
      <div className={styles.conversation}>
        <Conversation
          key={shown}
          channel={shown}
          startAt={startAt}
          readUpTo={readUpTo}
          onRead={refresh}
          search={search}
          sidePanel={sidePanel}
          onSidePanel={setSidePanel}
        />
      </div>
    </div>
  )
}
