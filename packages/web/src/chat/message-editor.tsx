import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { GrowingField } from '../ui/growing-field.tsx'
import styles from './message-editor.module.css'
import { maxTextLength } from './text-limit.ts'

export interface MessageEditorProps {
  text: string
  onSave: (text: string) => void
  onClose: () => void
}

/** A message's text, in its place, being changed: Enter saves, Escape leaves it as it was. */
export function MessageEditor({ text, onSave, onClose }: MessageEditorProps) {
  const [draft, setDraft] = useState(text)
  const trimmed = draft.trim()

  const save = () => {
    if (trimmed === '') return
    if (trimmed !== text) onSave(trimmed)
    onClose()
  }

  return (
    <div className={styles.editor}>
      <GrowingField
        label="Edit the message"
        value={draft}
        onChange={setDraft}
        onEnter={save}
        onEscape={onClose}
        maxLength={maxTextLength}
        autoFocus
      />
      <div className={styles.row}>
        <Button look="solid" onClick={save} disabled={trimmed === ''}>
          Save
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </div>
  )
}
