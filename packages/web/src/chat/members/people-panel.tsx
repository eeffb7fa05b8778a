import type { PresentUser } from 'dovetail-protocol'
import type { Members } from '../membership/use-members.ts'
import { MemberList } from './member-list.tsx'
import styles from './people-panel.module.css'
import { PresentList } from './present-list.tsx'

export interface PeoplePanelProps {
  members: Members
  /** Whether only members may read the channel. */
  isPrivate: boolean
  present: readonly PresentUser[]
  me: string | null
}

/**
 * chat/members/: who is shown beside the conversation, and what can be done about them?
 *
 * The members of a private channel, or the users present in a public one.
 */
export function PeoplePanel({ isPrivate, ...list }: PeoplePanelProps) {
  return (
    <aside className={styles.panel} aria-label="People">
      {isPrivate ? <MemberList {...list} /> : <PresentList {...list} />}
    </aside>
  )
}
