import { usePresence } from 'dovetail-client/react'
import { useMemo, useRef } from 'react'
import { useAppClient } from '../../session/session-context.ts'
import { chatChannel } from '../channels/chat-channel.ts'
import { formatChannelName } from '../channels/format-channel-name.ts'
import { PeoplePanel } from '../members/people-panel.tsx'
import { useReadMarker } from '../reading/use-read-marker.ts'
import { SearchPanel } from '../search/search-panel.tsx'
import type { Search } from '../search/use-search.ts'
import styles from './conversation.module.css'
import { ConversationBody } from './conversation-body.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import { isUnavailable } from './is-unavailable.ts'
import { useConversation } from './use-conversation.ts'
import type { SidePanel } from './use-side-panel.ts'

export interface ConversationProps {
  channel: string
  /** The position to open at, from a link, a search hit or a date; null for the newest. */
  startAt: number | null
  /** The position read up to when the channel was opened; null if all was read. */
  readUpTo: number | null
  onRead: () => void
  search: Search
  sidePanel: SidePanel
  onSidePanel: (sidePanel: SidePanel) => void
}

const narrow = '(width < 760px)'

/**
 * chat/conversation/: how do the parts of one open channel stand together?
 *
 * One channel: its name, its history, the composer, and the side panel.
 */
export function Conversation(props: ConversationProps) {
  const { channel: name, startAt, readUpTo, onRead, search, sidePanel, onSidePanel } = props
  const client = useAppClient()
  const channel = useMemo(() => chatChannel(client, name), [client, name])
  const conversation = useConversation(channel, startAt, useReadMarker(name, onRead))
  const searchButton = useRef<HTMLButtonElement>(null)
  const { users: present } = usePresence(name)
  // No members are shown beside a channel that the user may not read.
  const shownPanel = sidePanel === 'people' && isUnavailable(conversation.live) ? 'none' : sidePanel
  const isPrivate = !name.startsWith('chat:')
  const closeSearch = () => {
    onSidePanel('none')
    searchButton.current?.focus()
  }
  // On a phone the search covers the messages: it closes when a hit is opened.
  const afterHit = () => matchMedia(narrow).matches && onSidePanel('none')
  return (
    <section className={styles.conversation} data-side={shownPanel} aria-label={formatChannelName(name)}>
      <div className={styles.main}>
        <ConversationHeader
          searchButton={searchButton}
          channel={name}
          here={present.length}
          sidePanel={shownPanel}
          onSidePanel={onSidePanel}
          onDay={conversation.onDay}
        />
        <ConversationBody
          channel={channel}
          conversation={conversation}
          startAt={startAt}
          readUpTo={readUpTo}
          onPeople={shownPanel === 'people' ? null : () => onSidePanel('people')}
        />
      </div>
      {shownPanel !== 'none' && (
        <div className={styles.sidePanel}>
          {shownPanel === 'people' ? (
            <PeoplePanel members={conversation.members} isPrivate={isPrivate} present={present} me={conversation.me} />
          ) : (
            <SearchPanel search={search} channel={name} onClose={closeSearch} onOpened={afterHit} />
          )}
        </div>
      )}
    </section>
  )
}
