import type { Me } from 'dovetail-protocol'
import { useEffect, useState } from 'react'
import { useSession } from '../session/session-context.ts'
import { Delayed } from '../ui/delayed.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProfileForm } from './profile-form.tsx'

/** The visitor's own profile, to view and to edit. */
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
      {me === null && <Delayed>Loading…</Delayed>}
      {me === 'failed' && (
        <p role="alert">Your profile could not be read. Close this and try again when you are connected.</p>
      )}
      {me !== null && me !== 'failed' && <ProfileForm me={me} onDone={onClose} />}
    </Dialog>
  )
}
