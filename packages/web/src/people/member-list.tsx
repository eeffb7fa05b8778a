import type { PresentUser } from '@dovetail/protocol'
import { LogOut } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { InviteForm } from './invite-form.tsx'
import { MemberMenu } from './member-menu.tsx'
import styles from './people-panel.module.css'
import { PersonRow } from './person-row.tsx'
import { useAttempt } from './use-attempt.ts'
import type { Members } from './use-members.ts'

export interface MemberListProps {
  members: Members
  present: readonly PresentUser[]
  me: string | null
}

export function MemberList({ members, present, me }: MemberListProps) {
  const { list, invite, setRole, remove } = members
  const { problem, attempt } = useAttempt()
  const own = list.find(({ user }) => user === me)
  const rules = own?.role === 'owner' || own?.role === 'moderator'
  const here = new Set(present.map(({ user }) => user))
  return (
    <>
      <h2 className={styles.title}>Members · {list.length}</h2>
      <ul className={styles.list}>
        {list.map((member) => (
          <PersonRow key={member.user} user={member.user} here={here.has(member.user)} me={me}>
            <MemberMenu
              member={member}
              may={rules && member.user !== me}
              onRole={(role) => attempt(() => setRole(member, role))}
              onRemove={() => attempt(() => remove(member))}
            />
          </PersonRow>
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
