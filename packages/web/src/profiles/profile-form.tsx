import type { Me } from 'dovetail-protocol'
import { useState } from 'react'
import { useSession } from '../session/session-context.ts'
import { Field } from '../ui/forms/field.tsx'
import { Form } from '../ui/forms/form.tsx'
import { useSubmission } from '../ui/forms/use-submission.ts'

export interface ProfileFormProps {
  me: Me
  onDone: () => void
}

export function ProfileForm({ me, onDone }: ProfileFormProps) {
  const { client, profiles } = useSession()
  const [name, setName] = useState(me.name)
  const [avatar, setAvatar] = useState(me.avatar ?? '')
  const [about, setAbout] = useState(me.about ?? '')

  const save = async () => {
    // An empty field removes the value (RFC 7396: null removes).
    const changed = await client.updateMe({
      name: name.trim(),
      avatar: avatar.trim() || null,
      about: about.trim() || null,
    })
    profiles.put(changed)
  }
  const submission = useSubmission(save, onDone)
  const { problems } = submission

  return (
    <Form submission={submission} action="Save">
      <Field
        label="Name"
        problem={problems.name}
        hint={me.guest ? `You are a guest, ${me.user}.` : `You are ${me.user}.`}
      >
        {(parts) => (
          <input
            {...parts}
            value={name}
            maxLength={64}
            autoComplete="nickname"
            onChange={(e) => setName(e.target.value)}
          />
        )}
      </Field>
      <Field
        label="Picture"
        problem={problems.avatar}
        hint={`The address of an image on this server; leave it empty for ${me.guest ? 'an animal' : 'a letter'}.`}
      >
        {(parts) => <input {...parts} type="url" value={avatar} onChange={(e) => setAvatar(e.target.value)} />}
      </Field>
      <Field label="About you" problem={problems.about}>
        {(parts) => <textarea {...parts} rows={3} value={about} onChange={(e) => setAbout(e.target.value)} />}
      </Field>
    </Form>
  )
}
