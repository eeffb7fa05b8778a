import { X } from 'lucide-react'
import { UserName } from '../people/user-name.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import type { Message } from './message.ts'
import styles from './reply-bar.module.css'

export interface ReplyBarProps {
  to: Message
  onCancel: () => void
}

/** Over the field: what is being answered. */
export function ReplyBar({ to, onCancel }: ReplyBarProps) {
  return (
    <div className={styles.bar}>
      <span className={styles.to}>
        Answering <UserName user={to.author} className={styles.author} />
      </span>
      <span className={styles.text} dir="auto">
        {to.text}
      </span>
      <IconButton icon={X} label="Answer nobody" onClick={onCancel} />
    </div>
  )
}
