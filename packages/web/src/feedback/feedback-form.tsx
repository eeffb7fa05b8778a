import { useState } from 'react'
import { useAppClient } from '../session/session-context.ts'
import { Field } from '../ui/forms/field.tsx'
import { Form } from '../ui/forms/form.tsx'
import { useSubmission } from '../ui/forms/use-submission.ts'
import { RatingField } from './rating-field.tsx'

/** Nothing is validated here: the schema is on the server, and so are the messages beside the fields. */
export function FeedbackForm({ onDone }: { onDone: () => void }) {
  const client = useAppClient()
  const [who, setWho] = useState('')
  const [mail, setMail] = useState('')
  const [message, setMessage] = useState('')
  const [rating, setRating] = useState(0)
  const send = () => client.channel('forms:feedback').collection('feedback').create({ who, mail, message, rating })
  const submission = useSubmission(send, onDone)
  const { problems } = submission
  return (
    <Form submission={submission} action="Send">
      <Field label="Your name" problem={problems.who}>
        {(parts) => <input {...parts} value={who} autoComplete="name" onChange={(e) => setWho(e.target.value)} />}
      </Field>
      <Field label="Mail" problem={problems.mail}>
        {(parts) => (
          <input {...parts} type="email" value={mail} autoComplete="email" onChange={(e) => setMail(e.target.value)} />
        )}
      </Field>
      <Field label="What do you want to say?" problem={problems.message}>
        {(parts) => <textarea {...parts} rows={4} value={message} onChange={(e) => setMessage(e.target.value)} />}
      </Field>
      <RatingField value={rating} problem={problems.rating} onChange={setRating} />
    </Form>
  )
}
