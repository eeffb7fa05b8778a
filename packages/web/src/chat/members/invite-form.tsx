import { isUserName } from 'dovetail-protocol'
import { useState } from 'react'
import { Field } from '../../ui/forms/field.tsx'
import { Form } from '../../ui/forms/form.tsx'
import { useSubmission } from '../../ui/forms/use-submission.ts'
import styles from './invite-form.module.css'

export function InviteForm({ onInvite }: { onInvite: (user: string) => Promise<unknown> }) {
  const [user, setUser] = useState('')
  const typed = user.trim()
  const submission = useSubmission(
    () => onInvite(typed),
    () => setUser(''),
  )
  const wrong =
    typed !== '' && !isUserName(typed) ? 'This is no user id: one has no spaces, as guest-1a2b3c.' : undefined
  return (
    <div className={styles.invite}>
      <Form submission={submission} action="Invite" ready={typed !== '' && wrong === undefined}>
        <Field
          label="Invite somebody"
          problem={wrong ?? submission.problems.user}
          hint="By their user id: it stands in their profile."
        >
          {(parts) => <input {...parts} value={user} maxLength={128} onChange={(e) => setUser(e.target.value)} />}
        </Field>
      </Form>
    </div>
  )
}
