import { Paperclip } from 'lucide-react'
import styles from './drop-overlay.module.css'
import { useFileDrop } from './use-file-drop.ts'

export interface DropOverlayProps {
  /** “general” */
  title: string
  onFiles: (files: readonly File[]) => void
}

/** Covers the conversation while files are dragged over the page, and takes them. */
export function DropOverlay({ title, onFiles }: DropOverlayProps) {
  const isOver = useFileDrop(onFiles)
  if (!isOver) return null
  return (
    <div className={styles.overlay}>
      <p className={styles.words}>
        <Paperclip size={16} aria-hidden />
        <span className={styles.text}>Drop to send to {title}</span>
      </p>
    </div>
  )
}
