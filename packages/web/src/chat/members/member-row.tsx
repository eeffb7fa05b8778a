import { useProfile } from '../../profiles/use-profile.ts'
import type { Member, Members } from '../membership/use-members.ts'
import { useWriteRestriction } from '../membership/use-write-restriction.ts'
import { MemberMenuButton } from './member-menu-button.tsx'
import styles from './member-row.module.css'
import { MutedMark } from './muted-mark.tsx'
import { PersonRow } from './person-row.tsx'

export interface MemberRowProps {
  member: Member
  members: Members
  here: boolean
  me: string | null
  /** Whether the reader may change memberships. */
  canModerate: boolean
  /** Whether the member can be removed: in a private channel. */
  removable: boolean
  /** Runs an action that the server may refuse. */
  attempt: (act: () => Promise<unknown>) => void
}

export function MemberRow({ member, members, here, me, canModerate, removable, attempt }: MemberRowProps) {
  const restriction = useWriteRestriction(member)
  const { name } = useProfile(member.user)
  return (
    <PersonRow user={member.user} here={here} me={me}>
      {restriction.state === 'muted' && <MutedMark until={restriction.until} />}
      {member.role !== 'member' && <span className={styles.role}>{member.role}</span>}
      {canModerate && member.user !== me && (
        <MemberMenuButton
          label={`Manage ${name}`}
          role={member.role}
          restriction={restriction}
          removable={removable}
          onRole={(role) => attempt(() => members.setRole(member, role))}
          onMute={(ms) => attempt(() => members.mute(member, ms === null ? null : Date.now() + ms))}
          onRemove={() => attempt(() => members.remove(member))}
        />
      )}
    </PersonRow>
  )
}
