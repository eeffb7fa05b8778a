import { CircleAlert } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import styles from './delivery-note.module.css'
import type { Delivery } from './message.ts'

export interface DeliveryNoteProps {
  delivery: Delivery
  onRetry: () => void
  onDiscard: () => void
}

/** Says why one's message was not taken, and what can be done. */
export function DeliveryNote({ delivery, onRetry, onDiscard }: DeliveryNoteProps) {
  switch (delivery.state) {
    case 'acknowledged':
      return null
    case 'pending':
      return <span className="unseen">Sending</span>
    case 'failed':
      return (
        <div className={styles.note} role="alert">
          <span className={styles.why}>
            <CircleAlert size={16} aria-hidden />
            {delivery.why}
          </span>
          <Button onClick={onRetry}>Try again</Button>
          <Button onClick={onDiscard}>Discard</Button>
        </div>
      )
    default:
      return delivery satisfies never
  }
}
