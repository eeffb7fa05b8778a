import type { MyChannel } from 'dovetail-client'
import { Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { FeedbackButton } from '../../feedback/feedback-button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { ChannelLink } from './channel-link.tsx'
import styles from './channel-list.module.css'

const NewChannelDialog = lazy(() =>
  import('./new-channel-dialog.tsx').then((module) => ({ default: module.NewChannelDialog })),
)

export interface ChannelListProps {
  channels: readonly string[]
  mine: readonly MyChannel[]
  open: string | null
}

/**
 * chat/channel-list/: which channels are there, and what is unread in them?
 *
 * The channels in two parts: those that anyone may read, and the reader's private ones.
 */
export function ChannelList({ channels, mine, open }: ChannelListProps) {
  const [making, setMaking] = useState(false)
  const unread = new Map(mine.map((channel) => [channel.channel, channel.unread]))
  const closed = new Set(mine.map(({ channel }) => channel).filter((channel) => /^(team|dm):/.test(channel)))
  if (open !== null && /^(team|dm):/.test(open)) closed.add(open)
  const links = (names: Iterable<string>) =>
    [...names].map((channel) => (
      <li key={channel}>
        <ChannelLink
          channel={channel}
          open={channel === open}
          unread={channel === open ? 0 : (unread.get(channel) ?? 0)}
        />
      </li>
    ))
  return (
    <nav className={styles.list} aria-label="Channels">
      <header className={styles.head}>
        <h2 className={styles.title}>Channels</h2>
        <IconButton icon={Plus} label="New channel" onClick={() => setMaking(true)} />
      </header>
      <div className={styles.scroll}>
        <ul>{links(channels)}</ul>
        {closed.size > 0 && (
          <>
            <h3 className={styles.part}>Private</h3>
            <ul>{links(closed)}</ul>
          </>
        )}
      </div>
      <FeedbackButton className={styles.feedback} />
      {making && (
        <Suspense fallback={null}>
          <NewChannelDialog onClose={() => setMaking(false)} />
        </Suspense>
      )}
    </nav>
  )
}
