import { CornerUpRight } from 'lucide-react'
import { UserName } from '../../profiles/user-name.tsx'
import styles from './reply-quote.module.css'
import { useQuotedMessage } from './use-quoted-message.ts'

export interface ReplyQuoteProps {
  /** The message's id. */
  of: string
  onOpen: (pos: number) => void
}

/** The message that a reply answers, in one line; pressed, it goes there. */
export function ReplyQuote({ of, onOpen }: ReplyQuoteProps) {
  const quoted = useQuotedMessage(of)
  if (quoted === null || quoted === 'gone') {
    return <p className={styles.quote}>{quoted === 'gone' ? 'Answers a message that was deleted' : '…'}</p>
  }
  return (
    <button type="button" className={styles.quote} onClick={() => onOpen(quoted.pos)}>
      <CornerUpRight size={16} aria-hidden />
      <UserName user={quoted.author} className={styles.author} />
      <span className={styles.text} dir="auto">
        {quoted.text}
      </span>
    </button>
  )
}
