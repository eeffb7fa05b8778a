import { SendHorizontal } from 'lucide-react'
import { type Ref, useImperativeHandle, useRef } from 'react'
import { EmojiButton } from '../reactions/emoji-button.tsx'
import { GrowingField } from '../ui/growing-field.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import styles from './composer.module.css'
import { maxTextLength } from './text-limit.ts'
import { useDraft } from './use-draft.ts'

export interface ComposerProps {
  channel: string
  /** “Message general” */
  label: string
  onSend: (text: string) => void
  /** Tells the others that one is writing, or no longer. */
  onTyping: (typing: boolean) => void
  /** Arrow up in the empty field: edit what one sent last. */
  onEditLast: () => void
  onEscape: () => void
  ref?: Ref<HTMLTextAreaElement>
}

export function Composer({ channel, label, onSend, onTyping, onEditLast, onEscape, ref }: ComposerProps) {
  const [draft, setDraft] = useDraft(channel)
  const field = useRef<HTMLTextAreaElement>(null)
  useImperativeHandle(ref, () => field.current as HTMLTextAreaElement, [])
  const text = draft.trim()

  const change = (next: string) => {
    setDraft(next)
    onTyping(next !== '')
  }
  const send = () => {
    if (text === '') return
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
      <GrowingField
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
      <IconButton icon={SendHorizontal} label="Send" type="submit" disabled={text === ''} />
    </form>
  )
}
