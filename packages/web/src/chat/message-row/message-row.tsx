import { useState } from 'react'
import { ProfileAvatar } from '../../profiles/profile-avatar.tsx'
import { useProfile } from '../../profiles/use-profile.ts'
import { UserName } from '../../profiles/user-name.tsx'
import { classNames } from '../../ui/class-names.ts'
import { MessageFiles } from '../files/message-files.tsx'
import { exactTimeOf, timeOf } from '../messages/day.ts'
import type { Message } from '../messages/message.ts'
import type { MessageCommands } from '../messages/message-commands.ts'
import { ReactionBar } from '../reactions/reaction-bar.tsx'
import type { Tally } from '../reactions/tallies.ts'
import { ReplyQuote } from '../replies/reply-quote.tsx'
import { DeliveryNote } from './delivery-note.tsx'
import { MessageActions } from './message-actions.tsx'
import { MessageEditor } from './message-editor.tsx'
import styles from './message-row.module.css'
import { MessageText } from './message-text.tsx'

/** How a row is marked. */
export interface RowMarks {
  /** The keyboard is on it. */
  active: boolean
  editing: boolean
  /** A search, a date or a reply led to it. */
  target: boolean
}

export interface MessageRowProps {
  message: Message
  /** Whether it is the first of its group, which shows the author and the time. */
  head: boolean
  marks: RowMarks
  tallies: readonly Tally[] | undefined
  commands: MessageCommands
  onActivate: (key: string | null) => void
  onEditing: (key: string | null) => void
}

/**
 * chat/message-row/: how is one message shown, edited and acted on?
 *
 * One message, with its actions while the pointer or the keyboard is on it.
 */
export function MessageRow({ message, head, marks, tallies, commands, onActivate, onEditing }: MessageRowProps) {
  const [hovered, setHovered] = useState(false)
  const { author, at, delivery } = message
  const { name } = useProfile(author)
  const withActions = (hovered || marks.active) && !marks.editing && delivery.state === 'acknowledged'
  return (
    <article
      className={classNames(
        styles.row,
        head && styles.head,
        marks.active && styles.active,
        marks.target && styles.target,
      )}
      data-state={delivery.state}
      aria-label={head ? undefined : `${name}, ${timeOf(at)}`}
      onPointerEnter={(event) => setHovered(event.pointerType === 'mouse')}
      onPointerLeave={() => setHovered(false)}
      onPointerDown={(event) => {
        // A finger can't hover: a tap shows the actions.
        if (event.pointerType !== 'mouse') onActivate(message.key)
      }}
    >
      <div className={styles.side}>{head ? <ProfileAvatar user={author} /> : null}</div>
      <div className={styles.main}>
        {message.replyTo !== null && <ReplyQuote of={message.replyTo} onOpen={commands.open} />}
        {head && <Byline author={author} at={at} />}
        <Content
          message={message}
          editing={marks.editing}
          tallies={tallies}
          commands={commands}
          onEditing={onEditing}
        />
      </div>
      {withActions && (
        <MessageActions
          message={message}
          commands={commands}
          onEdit={() => onEditing(message.key)}
          onDone={() => onActivate(null)}
        />
      )}
    </article>
  )
}

interface ContentProps extends Pick<MessageRowProps, 'message' | 'tallies' | 'commands' | 'onEditing'> {
  editing: boolean
}

/** The text or its editor, the files, the reactions, and the reason if the message was refused. */
function Content({ message, editing, tallies, commands, onEditing }: ContentProps) {
  return (
    <>
      {editing ? (
        <MessageEditor
          text={message.text}
          isNeeded={message.files.length === 0}
          onSave={(text) => commands.edit(message, text)}
          onClose={() => onEditing(null)}
        />
      ) : (
        (message.text !== '' || message.edited) && <MessageText text={message.text} edited={message.edited} />
      )}
      {message.files.length > 0 && (
        <MessageFiles files={message.files} isSent={message.delivery.state === 'acknowledged'} />
      )}
      {tallies !== undefined && <ReactionBar tallies={tallies} onToggle={(emoji) => commands.react(message, emoji)} />}
      <DeliveryNote
        delivery={message.delivery}
        onRetry={() => commands.retry(message)}
        onDiscard={() => commands.discard(message)}
      />
    </>
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
