import { useState } from 'react'
import { ProfileAvatar } from '../people/profile-avatar.tsx'
import { UserName } from '../people/user-name.tsx'
import { classes } from '../ui/classes.ts'
import { exactTimeOf, timeOf } from './day.ts'
import { DeliveryNote } from './delivery-note.tsx'
import type { Message } from './message.ts'
import { MessageActions } from './message-actions.tsx'
import { MessageEditor } from './message-editor.tsx'
import styles from './message-row.module.css'
import { MessageText } from './message-text.tsx'
import type { MessageVerbs } from './message-verbs.ts'

export interface MessageRowProps {
  message: Message
  /** The first of its group: carries the author and the time. */
  head: boolean
  verbs: MessageVerbs
  active: boolean
  editing: boolean
  onActivate: (key: string | null) => void
  onEditing: (key: string | null) => void
}

export function MessageRow({ message, head, verbs, active, editing, onActivate, onEditing }: MessageRowProps) {
  const [hovered, setHovered] = useState(false)
  const { author, at, edited, delivery } = message
  const withActions = (hovered || active) && !editing && delivery.state === 'acknowledged'
  const time = (
    <time className={styles.time} dateTime={new Date(at).toISOString()} title={exactTimeOf(at)}>
      {timeOf(at)}
    </time>
  )
  return (
    <article
      className={classes(styles.row, head && styles.head, active && styles.active)}
      data-state={delivery.state}
      aria-label={head ? undefined : `${author}, ${timeOf(at)}`}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      onPointerDown={(event) => {
        // A finger does not hover: its tap brings the actions.
        if (event.pointerType !== 'mouse') onActivate(message.key)
      }}
    >
      <div className={styles.side}>{head ? <ProfileAvatar user={author} /> : null}</div>
      <div className={styles.main}>
        {head && (
          <div className={styles.by}>
            <UserName user={author} className={styles.author} />
            {time}
          </div>
        )}
        {editing ? (
          <MessageEditor
            text={message.text}
            onSave={(text) => verbs.edit(message, text)}
            onClose={() => onEditing(null)}
          />
        ) : (
          <MessageText text={message.text} edited={edited} />
        )}
        <DeliveryNote
          delivery={delivery}
          onRetry={() => verbs.retry(message)}
          onDiscard={() => verbs.discard(message)}
        />
      </div>
      {withActions && (
        <MessageActions
          message={message}
          verbs={verbs}
          onEdit={() => onEditing(message.key)}
          onDone={() => onActivate(null)}
        />
      )}
    </article>
  )
}
