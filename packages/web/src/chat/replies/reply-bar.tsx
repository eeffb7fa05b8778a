import { X } from 'lucide-react'
import { UserName } from '../../profiles/user-name.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { summaryOf } from '../files/message-file.ts'
import type { Message } from '../messages/message.ts'
import styles from './reply-bar.module.css'

export interface ReplyBarProps {
  to: Message
  onCancel: () => void
}

/** Above the field: the message that is being answered. */
export function ReplyBar({ to, onCancel }: ReplyBarProps) {
  return (
    <div className={styles.bar}>
      <span className={styles.to}>
        Answering <UserName user={to.author} className={styles.author} />
      </span>
      <span className={styles.text} dir="auto">
        {summaryOf(to)}
      </span>
      <IconButton icon={X} label="Cancel the reply" onClick={onCancel} />
    </div>
  )
}
