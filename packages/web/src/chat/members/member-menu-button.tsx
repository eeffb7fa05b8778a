import { Ellipsis } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { IconButton } from '../../ui/icon-button.tsx'
import type { MemberMenuProps } from './member-menu.tsx'

const MemberMenu = lazy(() => import('./member-menu.tsx').then((module) => ({ default: module.MemberMenu })))

/** The button of the member menu, which is loaded at the first press. */
export function MemberMenuButton(props: MemberMenuProps) {
  const [wanted, setWanted] = useState(false)
  const button = (
    <IconButton
      icon={Ellipsis}
      label={props.label}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setWanted(true)}
    />
  )
  if (!wanted) return button
  return (
    <Suspense fallback={button}>
      <MemberMenu {...props} />
    </Suspense>
  )
}
