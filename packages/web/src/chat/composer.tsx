import { SendHorizontal } from 'lucide-react'
import { type Ref, useState } from 'react'
import { GrowingField } from '../ui/growing-field.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import styles from './composer.module.css'
import { maxTextLength } from './text-limit.ts'

export interface ComposerProps {
  /** “Message general” */
  label: string
  onSend: (text: string) => void
  /** Arrow up in the empty field: edit what one sent last. */
  onEditLast: () => void
  ref?: Ref<HTMLTextAreaElement>
}

export function Composer({ label, onSend, onEditLast, ref }: ComposerProps) {
  const [draft, setDraft] = useState('')
  const text = draft.trim()
  const send = () => {
    if (text === '') return
    setDraft('')
    onSend(text)
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
        label={label}
        placeholder={label}
        value={draft}
        onChange={setDraft}
        onEnter={send}
        onArrowUp={onEditLast}
        maxLength={maxTextLength}
        {...(ref === undefined ? {} : { ref })}
      />
      <IconButton icon={SendHorizontal} label="Send" type="submit" disabled={text === ''} className={styles.send} />
    </form>
  )
}
