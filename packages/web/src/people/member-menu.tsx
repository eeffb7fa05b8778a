import type { Role } from '../session/data-types.ts'
import styles from './member-menu.module.css'
import type { Member } from './use-members.ts'

export interface MemberMenuProps {
  member: Member
  /** Whether the reader may change it. */
  may: boolean
  onRole: (role: Role) => void
  onRemove: () => void
}

const roles: readonly Role[] = ['owner', 'moderator', 'member', 'banned']

/** A member's role, and for those who may, the way to change it or to send the member away. */
export function MemberMenu({ member, may, onRole, onRemove }: MemberMenuProps) {
  if (!may) return <span className={styles.role}>{member.role === 'member' ? '' : member.role}</span>
  const choose = (choice: string) => {
    const role = roles.find((each) => each === choice)
    if (role === undefined) onRemove()
    else onRole(role)
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
      <option value="remove">remove from here</option>
    </select>
  )
}
