import { SendHorizontal } from 'lucide-react'
import { type Ref, useImperativeHandle, useRef } from 'react'
import { EmojiButton } from '../../ui/emoji/emoji-button.tsx'
import { AutosizeTextarea } from '../../ui/forms/autosize-textarea.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { hasVisibleText } from '../messages/has-visible-text.ts'
import { maxTextLength } from '../messages/max-text-length.ts'
import styles from './composer.module.css'
import { useDraft } from './use-draft.ts'

export interface ComposerProps {
  channel: string
  /** “Message general” */
  label: string
  onSend: (text: string) => void
  /** Signals to the others that the user is typing, or stopped. */
  onTyping: (typing: boolean) => void
  /** On arrow up in the empty field: edit the last own message. */
  onEditLast: () => void
  onEscape: () => void
  ref?: Ref<HTMLTextAreaElement>
}

export function Composer({ channel, label, onSend, onTyping, onEditLast, onEscape, ref }: ComposerProps) {
  const [draft, setDraft] = useDraft(channel)
  const field = useRef<HTMLTextAreaElement>(null)
  useImperativeHandle(ref, () => field.current as HTMLTextAreaElement, [])
  const text = draft.trim()
  const canSend = hasVisibleText(text)

  const change = (next: string) => {
    setDraft(next)
    onTyping(next !== '')
  }
  const send = () => {
    if (!canSend) return
    setDraft('')
    onTyping(false)
    onSend(text)
  }
  const pick = (emoji: string) => {
    change(draft + emoji)
    field.current?.focus()
  }
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <AutosizeTextarea
        ref={field}
        label={label}
        placeholder={label}
        value={draft}
        onChange={change}
        onEnter={send}
        onEscape={onEscape}
        onArrowUp={onEditLast}
        maxLength={maxTextLength}
      />
      <EmojiButton label="Add an emoji" onPick={pick} />
      <IconButton icon={SendHorizontal} label="Send" type="submit" disabled={!canSend} />
    </form>
  )
}
