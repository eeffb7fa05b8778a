import { Ban, Clock, Ellipsis, LogOut, Undo2, Volume2 } from 'lucide-react'
import {
  Button,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  type Selection,
  Separator,
} from 'react-aria-components'
import type { Role } from '../../session/data-types.ts'
import iconButton from '../../ui/icon-button.module.css'
import { useOpenOnMount } from '../../ui/use-open-on-mount.ts'
import type { WriteRestriction } from '../membership/write-restriction.ts'
import styles from './member-menu.module.css'
import { muteDurations } from './mute-durations.ts'

export interface MemberMenuProps {
  /** “Manage Ada”. */
  label: string
  role: Role
  restriction: WriteRestriction
  /** Whether the member can be removed: in a private channel. */
  removable: boolean
  onRole: (role: Role) => void
  /** Mutes for this many milliseconds from now; null unmutes. */
  onMute: (ms: number | null) => void
  onRemove: () => void
}

const roles: readonly { role: Role; name: string; about: string }[] = [
  { role: 'owner', name: 'Owner', about: 'may do everything here' },
  { role: 'moderator', name: 'Moderator', about: 'keeps order' },
  { role: 'member', name: 'Member', about: 'reads and writes' },
]

/** What a moderator can do about a member. */
export function MemberMenu(props: MemberMenuProps) {
  const { trigger, isOpen, setOpen } = useOpenOnMount()
  return (
    <MenuTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button ref={trigger} className={iconButton.button ?? ''} aria-label={props.label}>
        <Ellipsis size={16} aria-hidden />
      </Button>
      <Popover className={styles.popover ?? ''} placement="bottom end">
        <Menu className={styles.menu ?? ''} autoFocus="first">
          <RoleSection {...props} />
          <Separator className={styles.line ?? ''} />
          <MuteSection {...props} />
          <Separator className={styles.line ?? ''} />
          <AwaySection {...props} />
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}

function RoleSection({ role, onRole }: MemberMenuProps) {
  const choose = (keys: Selection) => {
    const found = roles.find((each) => keys !== 'all' && keys.has(each.role))
    if (found !== undefined) onRole(found.role)
  }
  return (
    <MenuSection
      selectionMode="single"
      disallowEmptySelection={role !== 'banned'}
      selectedKeys={[role]}
      onSelectionChange={choose}
    >
      <Header className={styles.head ?? ''}>Role</Header>
      {roles.map(({ role: each, name, about }) => (
        <MenuItem key={each} id={each} textValue={name} className={styles.item ?? ''}>
          <span className={styles.dot} aria-hidden />
          {name}
          <span className={styles.about}>{about}</span>
        </MenuItem>
      ))}
    </MenuSection>
  )
}

function MuteSection({ restriction, onMute }: MemberMenuProps) {
  return (
    <MenuSection>
      <Header className={styles.head ?? ''}>Mute</Header>
      {muteDurations.map(({ name, ms }) => (
        <MenuItem key={ms} textValue={`Mute ${name}`} className={styles.item ?? ''} onAction={() => onMute(ms)}>
          <Clock size={16} aria-hidden />
          {name}
        </MenuItem>
      ))}
      {restriction.state === 'muted' && (
        <MenuItem textValue="Unmute" className={styles.item ?? ''} onAction={() => onMute(null)}>
          <Volume2 size={16} aria-hidden />
          Unmute
        </MenuItem>
      )}
    </MenuSection>
  )
}

function AwaySection({ role, removable, onRole, onRemove }: MemberMenuProps) {
  const banned = role === 'banned'
  const ban = banned ? 'Lift the ban' : 'Ban from writing'
  const Icon = banned ? Undo2 : Ban
  return (
    <MenuSection aria-label="Send away">
      <MenuItem textValue={ban} className={styles.item ?? ''} onAction={() => onRole(banned ? 'member' : 'banned')}>
        <Icon size={16} aria-hidden />
        {ban}
      </MenuItem>
      {removable && (
        <MenuItem textValue="Remove from here" className={styles.item ?? ''} onAction={onRemove}>
          <LogOut size={16} aria-hidden />
          Remove from here
        </MenuItem>
      )}
    </MenuSection>
  )
}
