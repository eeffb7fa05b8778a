import { AtSign, Hash, Lock } from 'lucide-react'
import { Link } from 'wouter'
import { classNames } from '../../ui/class-names.ts'
import { channelPath } from '../channels/channel-path.ts'
import { ChannelTitle } from '../channels/channel-title.tsx'
import styles from './channel-link.module.css'

export interface ChannelLinkProps {
  channel: string
  open: boolean
  /** Capped at 100 by the server. */
  unread: number
}

const cap = 100

export function ChannelLink({ channel, open, unread }: ChannelLinkProps) {
  const Icon = channelIcon(channel)
  return (
    <Link
      href={channelPath(channel)}
      className={classNames(styles.link, open && styles.open, unread > 0 && styles.unread)}
      aria-current={open ? 'page' : undefined}
      title={channel}
    >
      <Icon size={16} aria-hidden />
      <span className={styles.name}>
        <ChannelTitle channel={channel} />
      </span>
      {unread > 0 && (
        <span className={styles.badge}>
          {unread >= cap ? '99+' : unread}
          <span className="unseen"> unread</span>
        </span>
      )}
    </Link>
  )
}

function channelIcon(channel: string) {
  if (channel.startsWith('dm:')) return AtSign
  return channel.startsWith('team:') ? Lock : Hash
}
