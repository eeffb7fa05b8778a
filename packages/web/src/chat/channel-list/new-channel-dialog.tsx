import { isChannelName } from 'dovetail-protocol'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useAppClient } from '../../session/session-context.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/forms/field.tsx'
import { Form } from '../../ui/forms/form.tsx'
import { useSubmission } from '../../ui/forms/use-submission.ts'
import { channelPath } from '../channels/channel-path.ts'

/** Creates a channel, which its creator owns. If it exists already and is public, it is opened. */
export function NewChannelDialog({ onClose }: { onClose: () => void }) {
  const client = useAppClient()
  const [, go] = useLocation()
  const [name, setName] = useState('')
  const [closed, setClosed] = useState(false)
  const slug = name.trim().toLowerCase().replaceAll(' ', '-')
  const channel = `${closed ? 'team' : 'chat'}:${slug}`
  const valid = slug !== '' && isChannelName(channel)

  const submission = useSubmission(
    async () => {
      await client.channel(channel).create({ visibility: closed ? 'private' : 'public' })
    },
    () => {
      onClose()
      go(channelPath(channel))
    },
  )
  const wrong = slug !== '' && !valid ? 'Only letters of the alphabet, figures and _ . : ~ @ - are taken.' : undefined
  return (
    <Dialog title="New channel" onClose={onClose}>
      <Form submission={submission} action="Create" ready={valid}>
        <Field
          label="Name"
          problem={wrong}
          hint={closed ? 'Only its members can see it.' : 'Anyone can read it. Who makes it can mute and ban.'}
        >
          {(parts) => (
            <input {...parts} value={name} maxLength={100} autoFocus onChange={(e) => setName(e.target.value)} />
          )}
        </Field>
        <label>
          <input type="checkbox" checked={closed} onChange={(e) => setClosed(e.target.checked)} /> Private: only people
          who are invited
        </label>
      </Form>
    </Dialog>
  )
}
