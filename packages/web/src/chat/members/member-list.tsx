import type { PresentUser } from 'dovetail-protocol'
import { LogOut } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { Button } from '../../ui/button.tsx'
import type { Member, Members } from '../membership/use-members.ts'
import { InviteForm } from './invite-form.tsx'
import { MemberRow } from './member-row.tsx'
import styles from './people-panel.module.css'
import { useAttempt } from './use-attempt.ts'

export interface MemberListProps {
  members: Members
  present: readonly PresentUser[]
  me: string | null
}

/** Who belongs to a private channel. */
export function MemberList({ members, present, me }: MemberListProps) {
  const { list, invite, remove } = members
  const { problem, attempt } = useAttempt()
  const [, go] = useLocation()
  const count = list.length
  const { heading, removeOne } = useFocusKept(count, remove)
  const leave = async (member: Member) => {
    await remove(member)
    // The page of the channel that was left could not be read any more.
    go(`/chat${window.location.search}`)
  }
  const own = list.find(({ user }) => user === me)
  const canModerate = own?.role === 'owner' || own?.role === 'moderator'
  const here = new Set(present.map(({ user }) => user))
  return (
    <>
      <h2 ref={heading} tabIndex={-1} className={styles.title}>
        Members · {count}
      </h2>
      <ul className={styles.list}>
        {list.map((member) => (
          <MemberRow
            key={member.user}
            member={member}
            members={{ ...members, remove: removeOne }}
            here={here.has(member.user)}
            me={me}
            canModerate={canModerate}
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
      {canModerate && <InviteForm onInvite={invite} />}
      {own !== undefined && own.role !== 'owner' && (
        <Button className={styles.leave} onClick={() => attempt(() => leave(own))}>
          <LogOut size={16} aria-hidden />
          Leave
        </Button>
      )}
    </>
  )
}

/** Moves the focus to the heading after a member was removed, since the row with the focused menu is gone. */
function useFocusKept(count: number, remove: Members['remove']) {
  const heading = useRef<HTMLHeadingElement>(null)
  const removing = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when a row may have been removed
  useEffect(() => {
    if (removing.current && document.activeElement === document.body) heading.current?.focus()
    removing.current = false
  }, [count])
  const removeOne = (member: Member) => {
    removing.current = true
    return remove(member)
  }
  return { heading, removeOne }
}
