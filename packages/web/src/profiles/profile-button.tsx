import { UserRound } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useMe } from '../session/use-me.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { ProfileAvatar } from './profile-avatar.tsx'
import styles from './profile-button.module.css'

const ProfileDialog = lazy(() =>
  import('./profile-dialog.tsx').then(({ ProfileDialog }) => ({ default: ProfileDialog })),
)

/**
 * profiles/: who is a user, and who am I?
 *
 * The visitor's own avatar; opens their profile.
 */
export function ProfileButton() {
  const me = useMe()
  const [open, setOpen] = useState(false)
  return (
    <>
      {me === null ? (
        <IconButton icon={UserRound} label="Your profile" onClick={() => setOpen(true)} />
      ) : (
        <button
          type="button"
          className={styles.button}
          aria-label="Your profile"
          title="Your profile"
          onClick={() => setOpen(true)}
        >
          <ProfileAvatar user={me} />
        </button>
      )}
      {open && (
        <Suspense fallback={null}>
          <ProfileDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
