import { Pencil, Reply, Trash2 } from 'lucide-react'
import { type MouseEvent, useState } from 'react'
import { quickEmoji } from '../reactions/emoji.ts'
import { EmojiButton } from '../reactions/emoji-button.tsx'
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
  const [asking, setAsking] = useState<'not yet' | 'now' | 'no more'>('not yet')
  const own = message.author === verbs.me
  if (asking === 'now') {
    const remove = (event: MouseEvent<HTMLElement>) => {
      // The row goes with its button; the keyboard stays where the rows are.
      event.currentTarget.closest<HTMLElement>('[role=log]')?.focus({ preventScroll: true })
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
        <Button onClick={() => setAsking('no more')}>Keep</Button>
      </fieldset>
    )
  }
  return (
    <div className={styles.actions} role="toolbar" aria-label="Message actions">
      {quickEmoji.map((emoji) => (
        <button
          key={emoji}
          type="button"
          className={styles.emoji}
          aria-label={`React with ${emoji}`}
          onClick={() => verbs.react(message, emoji)}
        >
          {emoji}
        </button>
      ))}
      <EmojiButton label="React" onPick={(emoji) => verbs.react(message, emoji)} />
      <IconButton icon={Reply} label="Answer" onClick={() => verbs.reply(message)} />
      {own && <IconButton icon={Pencil} label="Edit" onClick={onEdit} />}
      {(own || verbs.moderates) && (
        <IconButton
          icon={Trash2}
          label="Delete"
          // Where one comes back to after “Keep”.
          autoFocus={asking === 'no more'}
          onClick={() => setAsking('now')}
        />
      )}
    </div>
  )
}
