import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { GrowingField } from '../ui/growing-field.tsx'
import styles from './message-editor.module.css'
import { maxTextLength } from './text-limit.ts'

export interface MessageEditorProps {
  text: string
  /** Rejects with a sentence for people where the change was not taken. */
  onSave: (text: string) => Promise<void>
  onClose: () => void
}

/** A message's text, in its place, being changed: Enter saves, Escape leaves it as it was. */
export function MessageEditor({ text, onSave, onClose }: MessageEditorProps) {
  const [draft, setDraft] = useState(text)
  const [problem, setProblem] = useState<string | null>(null)
  const [saving, setSaving] = useState(false)
  const trimmed = draft.trim()

  const save = async () => {
    if (trimmed === '' || saving) return
    if (trimmed === text) return onClose()
    setSaving(true)
    try {
      await onSave(trimmed)
      onClose()
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
      setSaving(false)
    }
  }

  return (
    <div className={styles['editor']}>
      <GrowingField
        label="Edit the message"
        value={draft}
        onChange={setDraft}
        onEnter={save}
        onEscape={onClose}
        maxLength={maxTextLength}
        autoFocus
      />
      <div className={styles['row']}>
        <Button look="solid" onClick={save} disabled={trimmed === '' || saving}>
          Save
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        {problem !== null && (
          <span className={styles['problem']} role="alert">
            {problem}
          </span>
        )}
      </div>
    </div>
  )
}
