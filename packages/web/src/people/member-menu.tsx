import type { Role } from '../session/data-types.ts'
import styles from './member-menu.module.css'
import { muteSpans } from './mute-spans.ts'
import type { Member } from './use-members.ts'

export interface MemberMenuProps {
  member: Member
  /** Whether they may not write now. */
  muted: boolean
  /** Whether the reader may change it. */
  may: boolean
  /** Whether one can be sent away: in a private channel. */
  removable: boolean
  onRole: (role: Role) => void
  /** For so many milliseconds from now; null: no longer. */
  onMute: (ms: number | null) => void
  onRemove: () => void
}

const roles: readonly Role[] = ['owner', 'moderator', 'member', 'banned']

/** A member's role, and for those who may, the ways to change it, to silence the member or to send them away. */
export function MemberMenu({ member, muted, may, removable, onRole, onMute, onRemove }: MemberMenuProps) {
  if (!may) return <span className={styles.role}>{member.role === 'member' ? '' : member.role}</span>
  const choose = (choice: string) => {
    const role = roles.find((each) => each === choice)
    const span = muteSpans.find(({ name }) => name === choice)
    if (role !== undefined) onRole(role)
    else if (span !== undefined) onMute(span.ms)
    else if (choice === 'unmute') onMute(null)
    else onRemove()
  }
  return (
    <select
      className={styles.select}
      aria-label={`Role of ${member.user}`}
      value={member.role}
      onChange={(event) => choose(event.target.value)}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {role}
        </option>
      ))}
      <optgroup label="Mute">
        {muteSpans.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        {muted && <option value="unmute">unmute</option>}
      </optgroup>
      {removable && <option value="remove">remove from here</option>}
    </select>
  )
}
