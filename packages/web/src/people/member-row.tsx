import { MemberMenuButton } from './member-menu-button.tsx'
import styles from './member-row.module.css'
import { MutedMark } from './muted-mark.tsx'
import { PersonRow } from './person-row.tsx'
import type { Member, Members } from './use-members.ts'
import { useProfile } from './use-profile.ts'
import { useSilence } from './use-silence.ts'

export interface MemberRowProps {
  member: Member
  members: Members
  here: boolean
  me: string | null
  /** Whether the reader may change memberships. */
  rules: boolean
  /** In a private channel: one can be sent away. */
  removable: boolean
  /** Tries what the server may refuse. */
  attempt: (act: () => Promise<unknown>) => void
}

export function MemberRow({ member, members, here, me, rules, removable, attempt }: MemberRowProps) {
  const silence = useSilence(member)
  const { name } = useProfile(member.user)
  return (
    <PersonRow user={member.user} here={here} me={me}>
      {silence.state === 'muted' && <MutedMark until={silence.until} />}
      {member.role !== 'member' && <span className={styles.role}>{member.role}</span>}
      {rules && member.user !== me && (
        <MemberMenuButton
          label={`Manage ${name}`}
          role={member.role}
          silence={silence}
          removable={removable}
          onRole={(role) => attempt(() => members.setRole(member, role))}
          onMute={(ms) => attempt(() => members.mute(member, ms === null ? null : Date.now() + ms))}
          onRemove={() => attempt(() => members.remove(member))}
        />
      )}
    </PersonRow>
  )
}
