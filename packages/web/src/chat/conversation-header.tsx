import { ChevronLeft, Hash } from 'lucide-react'
import { Link } from 'wouter'
import { channelTitle } from './channel-title.ts'
import styles from './conversation-header.module.css'

export function ConversationHeader({ channel }: { channel: string }) {
  return (
    <header className={styles.header}>
      <Link className={styles.back} href={`/chat${window.location.search}`} aria-label="All channels">
        <ChevronLeft size={16} aria-hidden />
      </Link>
      <Hash size={16} aria-hidden className={styles.hash} />
      <h1 className={styles.title} title={channel}>
        {channelTitle(channel)}
      </h1>
    </header>
  )
}
