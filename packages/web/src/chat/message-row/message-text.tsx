import { copyPressedCode } from '../../markdown/copy-code.ts'
import { useMarkdown } from '../../markdown/use-markdown.ts'
import styles from './message-text.module.css'

export interface MessageTextProps {
  text: string
  edited: boolean
}

export function MessageText({ text, edited }: MessageTextProps) {
  const html = useMarkdown(text)
  const mark = edited && <span className={styles.edited}> (edited)</span>
  if (html === null) {
    return (
      <p className={styles.text} dir="auto">
        {text}
        {mark}
      </p>
    )
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons in it are pressed, by key too
    // biome-ignore lint/a11y/useKeyWithClickEvents: a button that is pressed by key fires a click
    <div className={styles.marked} dir="auto" onClick={copyPressedCode}>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised by render-markdown.ts: nothing in it runs or loads */}
      <div dangerouslySetInnerHTML={{ __html: html }} />
      {mark}
    </div>
  )
}
