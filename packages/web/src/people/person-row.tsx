import { MessageSquare } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '../ui/icon-button.tsx'
import styles from './person-row.module.css'
import { ProfileAvatar } from './profile-avatar.tsx'
import { useDirectMessage } from './use-direct-message.ts'
import { UserName } from './user-name.tsx'

export interface PersonRowProps {
  user: string
  here: boolean
  me: string | null
  /** What else can be done with this person here. */
  children?: ReactNode
}

export function PersonRow({ user, here, me, children }: PersonRowProps) {
  const write = useDirectMessage(me, user)
  return (
    <li className={styles.row}>
      <span className={styles.face}>
        <ProfileAvatar user={user} size={24} />
        {here && <span className={styles.here} role="img" aria-label="here now" />}
      </span>
      <UserName user={user} className={styles.name} />
      {user === me && <span className={styles.you}>you</span>}
      {children}
      {write !== null && (
        <IconButton icon={MessageSquare} label="Message in private" className={styles.write} onClick={write} />
      )}
    </li>
  )
}
