import type { PresentUser } from '@dovetail/protocol'
import { MemberList } from './member-list.tsx'
import styles from './people-panel.module.css'
import { PresentList } from './present-list.tsx'
import type { Members } from './use-members.ts'

export interface PeoplePanelProps {
  members: Members
  /** Whether only members may come. */
  isPrivate: boolean
  present: readonly PresentUser[]
  me: string | null
}

/** Who is here, and in a private channel who belongs to it. */
export function PeoplePanel({ isPrivate, ...list }: PeoplePanelProps) {
  return (
    <aside className={styles.panel} aria-label="People">
      {isPrivate ? <MemberList {...list} /> : <PresentList {...list} />}
    </aside>
  )
}
