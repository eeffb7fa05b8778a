import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FeedbackForm } from './feedback-form.tsx'

/**
 * feedback/: how does a visitor send feedback?
 *
 * A form as a record: the feedback is written to forms:feedback, whose schema checks it.
 */
export function FeedbackDialog({ onClose }: { onClose: () => void }) {
  const [sent, setSent] = useState(false)
  return (
    <Dialog title="Feedback" onClose={onClose}>
      {sent ? (
        <div role="status">
          <p>Thank you. It is in the log.</p>
          <Button variant="solid" onClick={onClose} autoFocus>
            Close
          </Button>
        </div>
      ) : (
        <FeedbackForm onDone={() => setSent(true)} />
      )}
    </Dialog>
  )
}
