import type { PresentUser } from '@dovetail/protocol'
import type { ChatChannel } from '../chat/chat-channel.ts'
import { MemberList } from './member-list.tsx'
import styles from './people-panel.module.css'
import { PersonRow } from './person-row.tsx'

export interface PeoplePanelProps {
  channel: ChatChannel
  present: readonly PresentUser[]
  me: string | null
}

/** Who is here, and in a private channel who belongs to it. */
export function PeoplePanel({ channel, present, me }: PeoplePanelProps) {
  const isPrivate = !channel.name.startsWith('chat:')
  return (
    <aside className={styles.panel} aria-label="People">
      {isPrivate ? (
        <MemberList channel={channel} present={present} me={me} />
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
