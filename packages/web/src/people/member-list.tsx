import type { PresentUser } from '@dovetail/protocol'
import { LogOut } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { InviteForm } from './invite-form.tsx'
import { MemberRow } from './member-row.tsx'
import styles from './people-panel.module.css'
import { useAttempt } from './use-attempt.ts'
import type { Members } from './use-members.ts'

export interface MemberListProps {
  members: Members
  present: readonly PresentUser[]
  me: string | null
}

/** Who belongs to a private channel. */
export function MemberList({ members, present, me }: MemberListProps) {
  const { list, invite, remove } = members
  const { problem, attempt } = useAttempt()
  const own = list.find(({ user }) => user === me)
  const rules = own?.role === 'owner' || own?.role === 'moderator'
  const here = new Set(present.map(({ user }) => user))
  return (
    <>
      <h2 className={styles.title}>Members · {list.length}</h2>
      <ul className={styles.list}>
        {list.map((member) => (
          <MemberRow
            key={member.user}
            member={member}
            members={members}
            here={here.has(member.user)}
            me={me}
            rules={rules}
            removable
            attempt={attempt}
          />
        ))}
      </ul>
      {problem !== null && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      {rules && <InviteForm onInvite={invite} />}
      {own !== undefined && own.role !== 'owner' && (
        <Button className={styles.leave} onClick={() => attempt(() => remove(own))}>
          <LogOut size={16} aria-hidden />
          Leave
        </Button>
      )}
    </>
  )
}
