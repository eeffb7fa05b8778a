import type { SearchHit } from 'dovetail-client'
import { Link } from 'wouter'
import { UserName } from '../../profiles/user-name.tsx'
import { channelPath } from '../channels/channel-path.ts'
import { ChannelTitle } from '../channels/channel-title.tsx'
import styles from './hit-row.module.css'
import { markedParts } from './marked-parts.ts'

const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })

/** One search hit; pressed, it goes to the message. */
export function HitRow({ hit, onOpen }: { hit: SearchHit; onOpen: () => void }) {
  const { channel, record, snippet } = hit
  return (
    <li>
      <Link className={styles.hit ?? ''} onClick={onOpen} href={channelPath(channel, record.pos)}>
        <span className={styles.by}>
          <UserName user={record.author} className={styles.author} />
          <span>
            <ChannelTitle channel={channel} /> · {date.format(Date.parse(record.createdAt))}
          </span>
        </span>
        <span className={styles.text} dir="auto">
          {markedParts(snippet).map(({ from, text, marked }) => (marked ? <mark key={from}>{text}</mark> : text))}
        </span>
      </Link>
    </li>
  )
}
