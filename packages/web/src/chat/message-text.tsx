import styles from './message-text.module.css'

export interface MessageTextProps {
  text: string
  edited: boolean
}

export function MessageText({ text, edited }: MessageTextProps) {
  return (
    <p className={styles.text} dir="auto">
      {text}
      {edited && <span className={styles.edited}> (edited)</span>}
    </p>
  )
}
