import type { Me } from '@dovetail/protocol'
import { useEffect, useState } from 'react'
import { useSession } from '../session/session-context.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Late } from '../ui/late.tsx'
import { ProfileForm } from './profile-form.tsx'

/** One's own profile, to look at and to change. */
export function ProfileDialog({ onClose }: { onClose: () => void }) {
  const { client } = useSession()
  const [me, setMe] = useState<Me | 'failed' | null>(null)
  useEffect(() => {
    let shown = true
    client.me().then(
      (found) => shown && setMe(found),
      () => shown && setMe('failed'),
    )
    return () => {
      shown = false
    }
  }, [client])
  return (
    <Dialog title="Your profile" onClose={onClose}>
      {me === null && <Late>Loading…</Late>}
      {me === 'failed' && (
        <p role="alert">Your profile could not be read. Close this and try again when you are connected.</p>
      )}
      {me !== null && me !== 'failed' && <ProfileForm me={me} onDone={onClose} />}
    </Dialog>
  )
}
