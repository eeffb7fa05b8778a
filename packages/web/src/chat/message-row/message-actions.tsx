import { Pencil, Reply, Trash2 } from 'lucide-react'
import { type MouseEvent, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { quickEmoji } from '../../ui/emoji/emoji.ts'
import { EmojiButton } from '../../ui/emoji/emoji-button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import type { Message } from '../messages/message.ts'
import type { MessageCommands } from '../messages/message-commands.ts'
import styles from './message-actions.module.css'

export interface MessageActionsProps {
  message: Message
  commands: MessageCommands
  onEdit: () => void
  onDone: () => void
}

/** The actions on a message, at its corner while the pointer or the keyboard is on it. */
export function MessageActions({ message, commands, onEdit, onDone }: MessageActionsProps) {
  const [confirmation, setConfirmation] = useState<'not asked' | 'asking' | 'kept'>('not asked')
  const own = message.author === commands.me
  if (confirmation === 'asking') {
    const remove = (event: MouseEvent<HTMLElement>) => {
      // The row disappears with the focused button; the focus moves to the log.
      event.currentTarget.closest<HTMLElement>('[role=log]')?.focus({ preventScroll: true })
      onDone()
      commands.remove(message)
    }
    return (
      <fieldset className={styles.actions}>
        <legend className="unseen">Delete this message?</legend>
        <span className={styles.question}>Delete for everyone?</span>
        <Button variant="danger" onClick={remove} autoFocus>
          Delete
        </Button>
        <Button onClick={() => setConfirmation('kept')}>Keep</Button>
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
          onClick={() => commands.react(message, emoji)}
        >
          {emoji}
        </button>
      ))}
      <EmojiButton label="React" onPick={(emoji) => commands.react(message, emoji)} />
      <IconButton icon={Reply} label="Reply" onClick={() => commands.reply(message)} />
      {own && <IconButton icon={Pencil} label="Edit" onClick={onEdit} />}
      {(own || commands.canModerate) && (
        <IconButton
          icon={Trash2}
          label="Delete"
          // The focus returns here after “Keep”.
          autoFocus={confirmation === 'kept'}
          onClick={() => setConfirmation('asking')}
        />
      )}
    </div>
  )
}
