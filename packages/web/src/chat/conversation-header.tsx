import { ChevronLeft, Search, Users } from 'lucide-react'
import type { Ref } from 'react'
import { Link } from 'wouter'
import { IconButton } from '../ui/icon-button.tsx'
import { ChannelTitle } from './channel-title.tsx'
import styles from './conversation-header.module.css'
import { DayJump } from './day-jump.tsx'
import type { Side } from './side.ts'

export interface ConversationHeaderProps {
  channel: string
  /** How many are here now. */
  here: number
  side: Side
  onSide: (side: Side) => void
  /** Leads to the first message of a day. */
  onDay: (at: number) => void
  searchButton: Ref<HTMLButtonElement>
}

export function ConversationHeader({ channel, here, side, onSide, onDay, searchButton }: ConversationHeaderProps) {
  const toggle = (wanted: Exclude<Side, 'none'>) => onSide(side === wanted ? 'none' : wanted)
  return (
    <header className={styles.header}>
      <Link className={styles.back ?? ''} href={`/chat${window.location.search}`} aria-label="All channels">
        <ChevronLeft size={16} aria-hidden />
      </Link>
      <h1 className={styles.title} title={channel}>
        <ChannelTitle channel={channel} />
      </h1>
      <DayJump onDay={onDay} />
      <IconButton
        ref={searchButton}
        icon={Search}
        label="Search messages"
        aria-expanded={side === 'search'}
        onClick={() => toggle('search')}
      />
      <IconButton
        icon={Users}
        label={here === 0 ? 'People' : `People, ${here} here now`}
        aria-expanded={side === 'people'}
        onClick={() => toggle('people')}
      />
    </header>
  )
}
