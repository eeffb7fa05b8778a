import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FeedbackForm } from './feedback-form.tsx'

/** A form as a record: what is sent here is a record of forms:feedback, checked by its schema. */
export function FeedbackDialog({ onClose }: { onClose: () => void }) {
  const [sent, setSent] = useState(false)
  return (
    <Dialog title="Feedback" onClose={onClose}>
      {sent ? (
        <div role="status">
          <p>Thank you. It is in the log.</p>
          <Button look="solid" onClick={onClose} autoFocus>
            Close
          </Button>
        </div>
      ) : (
        <FeedbackForm onDone={() => setSent(true)} />
      )}
    </Dialog>
  )
}
