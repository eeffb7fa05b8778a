import type { PresentUser } from '@dovetail/protocol'
import { MemberList } from './member-list.tsx'
import styles from './people-panel.module.css'
import { PersonRow } from './person-row.tsx'
import type { Members } from './use-members.ts'

export interface PeoplePanelProps {
  /** Null where anyone may come. */
  members: Members | null
  present: readonly PresentUser[]
  me: string | null
}

/** Who is here, and in a private channel who belongs to it. */
export function PeoplePanel({ members, present, me }: PeoplePanelProps) {
  return (
    <aside className={styles.panel} aria-label="People">
      {members !== null ? (
        <MemberList members={members} present={present} me={me} />
      ) : (
        <>
          <h2 className={styles.title}>Here now · {present.length}</h2>
          <ul className={styles.list}>
            {present.map(({ user }) => (
              <PersonRow key={user} user={user} here me={me} />
            ))}
          </ul>
        </>
      )}
    </aside>
  )
}
