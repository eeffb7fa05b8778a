import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { AutosizeTextarea } from '../../ui/forms/autosize-textarea.tsx'
import { hasVisibleText } from '../messages/has-visible-text.ts'
import { maxTextLength } from '../messages/max-text-length.ts'
import styles from './message-editor.module.css'

export interface MessageEditorProps {
  text: string
  /** Whether a message without text says nothing. */
  isNeeded: boolean
  onSave: (text: string) => void
  onClose: () => void
}

/** Edits a message's text in its row: Enter saves, Escape cancels. */
export function MessageEditor({ text, isNeeded, onSave, onClose }: MessageEditorProps) {
  const [draft, setDraft] = useState(text)
  const trimmed = draft.trim()
  const canSave = hasVisibleText(trimmed) || (trimmed === '' && !isNeeded)

  const save = () => {
    if (!canSave) return
    if (trimmed !== text) onSave(trimmed)
    onClose()
  }

  return (
    <div className={styles.editor}>
      <AutosizeTextarea
        label="Edit the message"
        value={draft}
        onChange={setDraft}
        onEnter={save}
        onEscape={onClose}
        maxLength={maxTextLength}
        autoFocus
      />
      <div className={styles.row}>
        <Button variant="solid" onClick={save} disabled={!canSave}>
          Save
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </div>
  )
}
