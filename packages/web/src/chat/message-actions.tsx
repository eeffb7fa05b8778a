import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import type { Message } from './message.ts'
import styles from './message-actions.module.css'
import type { MessageVerbs } from './message-verbs.ts'

export interface MessageActionsProps {
  message: Message
  verbs: MessageVerbs
  onEdit: () => void
  onDone: () => void
}

/** What can be done with a message, at its corner while the pointer or the keyboard is on it. */
export function MessageActions({ message, verbs, onEdit, onDone }: MessageActionsProps) {
  const [asking, setAsking] = useState(false)
  if (message.author !== verbs.me) return null
  if (asking) {
    const remove = () => {
      onDone()
      verbs.remove(message)
    }
    return (
      <fieldset className={styles.actions}>
        <legend className="unseen">Delete this message?</legend>
        <span className={styles.question}>Delete for everyone?</span>
        <Button look="danger" onClick={remove} autoFocus>
          Delete
        </Button>
        <Button onClick={() => setAsking(false)}>Keep</Button>
      </fieldset>
    )
  }
  return (
    <div className={styles.actions} role="toolbar" aria-label="Message actions">
      <IconButton icon={Pencil} label="Edit" onClick={onEdit} />
      <IconButton icon={Trash2} label="Delete" onClick={() => setAsking(true)} />
    </div>
  )
}
