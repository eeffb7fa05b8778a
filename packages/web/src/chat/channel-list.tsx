import { ChannelLink } from './channel-link.tsx'
import styles from './channel-list.module.css'

export interface ChannelListProps {
  channels: readonly string[]
  open: string | null
}

export function ChannelList({ channels, open }: ChannelListProps) {
  return (
    <nav className={styles.list} aria-label="Channels">
      <h2 className={styles.title}>Channels</h2>
      <ul className={styles.links}>
        {channels.map((channel) => (
          <li key={channel}>
            <ChannelLink channel={channel} open={channel === open} />
          </li>
        ))}
      </ul>
    </nav>
  )
}
