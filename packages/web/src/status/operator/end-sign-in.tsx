import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { type OperatorRequest, reasonOf } from './operator-request.ts'

export interface EndSignInProps {
  request: OperatorRequest
  user: string | null
  session: string | null
}

type Progress = { at: 'idle' } | { at: 'asked' } | { at: 'under way' } | { at: 'over'; text: string }

/** Ends the sign-in of a reader, or all of a user whose token names none. Asks once more before it does. */
export function EndSignIn({ request, user, session }: EndSignInProps) {
  const [progress, setProgress] = useState<Progress>({ at: 'idle' })
  if (session === null && user === null) return '–'
  const path =
    session === null
      ? `/v1/users/${encodeURIComponent(user ?? '')}/sessions`
      : `/v1/sessions/${encodeURIComponent(session)}`
  const end = async () => {
    setProgress({ at: 'under way' })
    try {
      await request('DELETE', path)
      setProgress({ at: 'over', text: 'Ended' })
    } catch (error) {
      setProgress({ at: 'over', text: reasonOf(error) })
    }
  }
  switch (progress.at) {
    case 'idle':
      return <Button onClick={() => setProgress({ at: 'asked' })}>{session === null ? 'End all' : 'End'}</Button>
    case 'asked':
    case 'under way':
      return (
        <Button variant="danger" autoFocus disabled={progress.at === 'under way'} onClick={() => void end()}>
          Really end
        </Button>
      )
    case 'over':
      return <span role="status">{progress.text}</span>
  }
}
