import { ChevronLeft, Search, Users } from 'lucide-react'
import type { Ref } from 'react'
import { Link } from 'wouter'
import { IconButton } from '../../ui/icon-button.tsx'
import { ChannelTitle } from '../channels/channel-title.tsx'
import { DayJump } from '../reading/day-jump.tsx'
import styles from './conversation-header.module.css'
import type { SidePanel } from './use-side-panel.ts'

export interface ConversationHeaderProps {
  channel: string
  /** How many users are present. */
  here: number
  sidePanel: SidePanel
  onSidePanel: (sidePanel: SidePanel) => void
  /** Goes to the first message of a day. */
  onDay: (at: number) => void
  searchButton: Ref<HTMLButtonElement>
}

export function ConversationHeader({
  channel,
  here,
  sidePanel,
  onSidePanel,
  onDay,
  searchButton,
}: ConversationHeaderProps) {
  const toggle = (wanted: Exclude<SidePanel, 'none'>) => onSidePanel(sidePanel === wanted ? 'none' : wanted)
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
        aria-expanded={sidePanel === 'search'}
        onClick={() => toggle('search')}
      />
      <IconButton
        icon={Users}
        label={here === 0 ? 'People' : `People, ${here} here now`}
        aria-expanded={sidePanel === 'people'}
        onClick={() => toggle('people')}
      />
    </header>
  )
}
