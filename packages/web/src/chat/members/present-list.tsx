import type { PresentUser } from 'dovetail-protocol'
import type { Member, Members } from '../membership/use-members.ts'
import { MemberRow } from './member-row.tsx'
import styles from './people-panel.module.css'
import { useAttempt } from './use-attempt.ts'

export interface PresentListProps {
  members: Members
  present: readonly PresentUser[]
  me: string | null
}

/** Who is in a public channel now; for its moderators, also the muted and banned who are not. */
export function PresentList({ members, present, me }: PresentListProps) {
  const { problem, attempt } = useAttempt()
  const own = members.list.find(({ user }) => user === me)
  const canModerate = own?.role === 'owner' || own?.role === 'moderator'
  const here = new Set(present.map(({ user }) => user))
  const absent = members.list.filter(({ user, role, mutedUntil }) => {
    return !here.has(user) && (role === 'banned' || (mutedUntil ?? 0) > Date.now())
  })
  const row = (member: Member) => (
    <MemberRow
      key={member.user}
      member={member}
      members={members}
      here={here.has(member.user)}
      me={me}
      canModerate={canModerate}
      removable={false}
      attempt={attempt}
    />
  )
  return (
    <>
      <h2 className={styles.title}>Here now · {present.length}</h2>
      <ul className={styles.list}>{present.map(({ user }) => row(memberOf(members, user)))}</ul>
      {canModerate && absent.length > 0 && (
        <>
          <h2 className={styles.title}>Muted or banned</h2>
          <ul className={styles.list}>{absent.map(row)}</ul>
        </>
      )}
      {problem !== null && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </>
  )
}

/** In a public channel everyone counts as a member; a member record is created when one is needed. */
function memberOf({ list }: Members, user: string): Member {
  return list.find((member) => member.user === user) ?? { id: null, user, role: 'member', mutedUntil: null }
}
