import { CircleAlert } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import type { Delivery } from '../messages/message.ts'
import styles from './delivery-note.module.css'

export interface DeliveryNoteProps {
  delivery: Delivery
  onRetry: () => void
  onDiscard: () => void
}

/** The reason why the reader's message was refused, with buttons to retry or discard it. */
export function DeliveryNote({ delivery, onRetry, onDiscard }: DeliveryNoteProps) {
  switch (delivery.state) {
    case 'acknowledged':
      return null
    case 'pending':
      return <span className="unseen">Sending</span>
    case 'failed':
      return (
        <div className={styles.note} role="alert">
          <span className={styles.reason}>
            <CircleAlert size={16} aria-hidden />
            {delivery.reason}
          </span>
          <Button onClick={onRetry}>Try again</Button>
          <Button onClick={onDiscard}>Discard</Button>
        </div>
      )
    default:
      return delivery satisfies never
  }
}
