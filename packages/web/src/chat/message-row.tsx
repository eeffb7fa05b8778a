import { useState } from 'react'
import { ProfileAvatar } from '../people/profile-avatar.tsx'
import { UserName } from '../people/user-name.tsx'
import { ReactionBar } from '../reactions/reaction-bar.tsx'
import type { Tally } from '../reactions/tally.ts'
import { classes } from '../ui/classes.ts'
import { exactTimeOf, timeOf } from './day.ts'
import { DeliveryNote } from './delivery-note.tsx'
import type { Message } from './message.ts'
import { MessageActions } from './message-actions.tsx'
import { MessageEditor } from './message-editor.tsx'
import styles from './message-row.module.css'
import { MessageText } from './message-text.tsx'
import type { MessageVerbs } from './message-verbs.ts'
import { ReplyQuote } from './reply-quote.tsx'

/** How a row stands out. */
export interface RowMarks {
  /** The keyboard is on it. */
  active: boolean
  editing: boolean
  /** It is the one that a search, a date or a reply led to. */
  target: boolean
}

export interface MessageRowProps {
  message: Message
  /** The first of its group: carries the author and the time. */
  head: boolean
  marks: RowMarks
  tallies: readonly Tally[] | undefined
  verbs: MessageVerbs
  onActivate: (key: string | null) => void
  onEditing: (key: string | null) => void
}

export function MessageRow({ message, head, marks, tallies, verbs, onActivate, onEditing }: MessageRowProps) {
  const [hovered, setHovered] = useState(false)
  const { author, at, delivery } = message
  const withActions = (hovered || marks.active) && !marks.editing && delivery.state === 'acknowledged'
  return (
    <article
      className={classes(styles.row, head && styles.head, marks.active && styles.active, marks.target && styles.target)}
      data-state={delivery.state}
      aria-label={head ? undefined : `${author}, ${timeOf(at)}`}
      onPointerEnter={(event) => setHovered(event.pointerType === 'mouse')}
      onPointerLeave={() => setHovered(false)}
      onPointerDown={(event) => {
        // A finger does not hover: its tap brings the actions.
        if (event.pointerType !== 'mouse') onActivate(message.key)
      }}
    >
      <div className={styles.side}>{head ? <ProfileAvatar user={author} /> : null}</div>
      <div className={styles.main}>
        {message.replyTo !== null && <ReplyQuote of={message.replyTo} onOpen={verbs.open} />}
        {head && <Byline author={author} at={at} />}
        {marks.editing ? (
          <MessageEditor
            text={message.text}
            onSave={(text) => verbs.edit(message, text)}
            onClose={() => onEditing(null)}
          />
        ) : (
          <MessageText text={message.text} edited={message.edited} />
        )}
        {tallies !== undefined && <ReactionBar tallies={tallies} onToggle={(emoji) => verbs.react(message, emoji)} />}
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

function Byline({ author, at }: Pick<Message, 'author' | 'at'>) {
  return (
    <div className={styles.by}>
      <UserName user={author} className={styles.author} />
      <time className={styles.time} dateTime={new Date(at).toISOString()} title={exactTimeOf(at)}>
        {timeOf(at)}
      </time>
    </div>
  )
}
