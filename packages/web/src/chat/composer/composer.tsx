import type { TakenFiles } from 'dovetail-protocol'
import { SendHorizontal } from 'lucide-react'
import { type FormEvent, type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import { EmojiButton } from '../../ui/emoji/emoji-button.tsx'
import { AutosizeTextarea } from '../../ui/forms/autosize-textarea.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { AttachButton } from '../attachments/attach-button.tsx'
import type { Attachments } from '../attachments/attachments.ts'
import { pasteInto } from '../attachments/paste-into.ts'
import { type AttachmentsState, useAttachmentsState } from '../attachments/use-attachments-state.ts'
import { hasVisibleText } from '../messages/has-visible-text.ts'
import { maxTextLength } from '../messages/max-text-length.ts'
import styles from './composer.module.css'
import { useDraft } from './use-draft.ts'

export interface ComposerProps {
  channel: string
  /** “Message general” */
  label: string
  attachments: Attachments
  /** What files the channel takes; null: none. */
  taken: TakenFiles | null | undefined
  /** The message waits for its files, and is sent then. */
  isHeld: boolean
  onHeld: (isHeld: boolean) => void
  /** Takes the attachments too. */
  onSend: (text: string) => void
  /** Signals to the others that the user is typing, or stopped. */
  onTyping: (typing: boolean) => void
  /** On arrow up in the empty field: edit the last own message. */
  onEditLast: () => void
  onEscape: () => void
  ref?: Ref<HTMLTextAreaElement>
}

export function Composer(props: ComposerProps) {
  const { channel, label, attachments, taken, isHeld, onHeld, onSend, onTyping, onEditLast, onEscape, ref } = props
  const [draft, setDraft] = useDraft(channel)
  const field = useRef<HTMLTextAreaElement>(null)
  useImperativeHandle(ref, () => field.current as HTMLTextAreaElement, [])
  const text = draft.trim()
  const state = useAttachmentsState(attachments)
  const canSend = isSendable(text, state)

  const change = (next: string) => {
    setDraft(next)
    onTyping(next !== '')
  }
  const send = () => {
    if (!canSend) return onHeld(false)
    if (state === 'uploading') return onHeld(true)
    onHeld(false)
    setDraft('')
    onTyping(false)
    onSend(text)
  }
  const pick = (emoji: string) => {
    change(draft + emoji)
    field.current?.focus()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    send()
  }
  useHeld(isHeld && state !== 'uploading', send)
  return (
    <form className={styles.composer} onPaste={taken === null ? undefined : pasteInto(attachments)} onSubmit={submit}>
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
      {taken !== null && <AttachButton types={taken?.types ?? []} onFiles={attachments.add} />}
      <EmojiButton label="Add an emoji" onPick={pick} />
      <IconButton icon={SendHorizontal} label="Send" type="submit" disabled={!canSend} />
    </form>
  )
}

/** Sends once the files are there for which the message waits. */
function useHeld(isDue: boolean, send: () => void): void {
  useEffect(() => {
    if (isDue) send()
  })
}

/** Without a file a message says something in words; a file that was not uploaded is not left out unasked. */
function isSendable(text: string, state: AttachmentsState): boolean {
  return state !== 'failed' && (hasVisibleText(text) || (text === '' && state !== 'none'))
}
