import { Hash } from 'lucide-react'
import { Link } from 'wouter'
import { classes } from '../ui/classes.ts'
import styles from './channel-link.module.css'
import { channelTitle } from './channel-title.ts'

export interface ChannelLinkProps {
  channel: string
  open: boolean
}

export function ChannelLink({ channel, open }: ChannelLinkProps) {
  return (
    <Link
      href={channelPath(channel)}
      className={classes(styles.link, open && styles.open)}
      aria-current={open ? 'page' : undefined}
      title={channel}
    >
      <Hash size={16} aria-hidden />
      <span className={styles.name}>{channelTitle(channel)}</span>
    </Link>
  )
}

/** Where a channel is shown; what forces a transport stays in the address. */
export function channelPath(channel: string): string {
  return `/chat/${encodeURIComponent(channel)}${window.location.search}`
}
