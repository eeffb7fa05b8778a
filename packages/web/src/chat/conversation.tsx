import { usePresence } from '@dovetail/client/react'
import { useMemo, useRef } from 'react'
import { PeoplePanel } from '../people/people-panel.tsx'
import { SearchPanel } from '../search/search-panel.tsx'
import { useAppClient } from '../session/session-context.ts'
import { channelWords } from './channel-words.ts'
import { chatChannel } from './chat-channel.ts'
import styles from './conversation.module.css'
import { ConversationHeader } from './conversation-header.tsx'
import { isOver } from './is-over.ts'
import type { Side } from './side.ts'
import { TalkPart } from './talk-part.tsx'
import { useReadMarker } from './use-read-marker.ts'
import { useTalk } from './use-talk.ts'

export interface ConversationProps {
  channel: string
  /** The position that an address, a hit or a date led to; null at the newest. */
  startAt: number | null
  /** What was read when the channel was opened; null where all was. */
  readUpTo: number | null
  onRead: () => void
  side: Side
  onSide: (side: Side) => void
}

const narrow = '(width < 760px)'

/** One channel: its name, its history, the field to write into, and who is here. */
export function Conversation({ channel: name, startAt, readUpTo, onRead, side, onSide }: ConversationProps) {
  const client = useAppClient()
  const channel = useMemo(() => chatChannel(client, name), [client, name])
  const talk = useTalk(channel, startAt, useReadMarker(name, onRead))
  const searchButton = useRef<HTMLButtonElement>(null)
  const { users: present } = usePresence(name)
  // Nobody is shown beside a channel that one may not read.
  const beside = side === 'people' && isOver(talk.live) ? 'none' : side
  const isPrivate = !name.startsWith('chat:')
  const closeSearch = () => {
    onSide('none')
    searchButton.current?.focus()
  }
  // On a phone the search covers the talk: a hit is shown only where it makes way.
  const afterHit = () => matchMedia(narrow).matches && onSide('none')
  return (
    <section className={styles.conversation} data-side={beside} aria-label={channelWords(name)}>
      <div className={styles.talk}>
        <ConversationHeader
          searchButton={searchButton}
          channel={name}
          here={present.length}
          side={beside}
          onSide={onSide}
          onDay={talk.onDay}
        />
        <TalkPart
          channel={channel}
          talk={talk}
          startAt={startAt}
          readUpTo={readUpTo}
          onPeople={beside === 'people' ? null : () => onSide('people')}
        />
      </div>
      {beside !== 'none' && (
        <div className={styles.side}>
          {beside === 'people' ? (
            <PeoplePanel members={talk.members} isPrivate={isPrivate} present={present} me={talk.me} />
          ) : (
            <SearchPanel onClose={closeSearch} onOpened={afterHit} />
          )}
        </div>
      )}
    </section>
  )
}
