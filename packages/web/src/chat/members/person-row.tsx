import { MessageSquare } from 'lucide-react'
import type { ReactNode } from 'react'
import { ProfileAvatar } from '../../profiles/profile-avatar.tsx'
import { UserName } from '../../profiles/user-name.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { useDirectMessage } from '../channels/use-direct-message.ts'
import styles from './person-row.module.css'

export interface PersonRowProps {
  user: string
  here: boolean
  me: string | null
  /** More about this person, and actions on them. */
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
