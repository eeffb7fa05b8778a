import { useEffect, useRef, useState } from 'react'
import { useProfile } from '../../profiles/use-profile.ts'
import { summaryOf } from '../files/message-file.ts'
import type { Message } from '../messages/message.ts'

export interface MessageAnnouncerProps {
  messages: readonly Message[]
  me: string | null
}

/**
 * Announces each new message to screen readers. The log itself is not a live region: a virtual list adds and removes
 * rows while scrolling, and all of them would be announced.
 */
export function MessageAnnouncer({ messages, me }: MessageAnnouncerProps) {
  const newest = messages.findLast(({ pos }) => pos !== null)
  const announcedUpTo = useRef<number | null>(null)
  const [announced, setAnnounced] = useState<Message | null>(null)
  useEffect(() => {
    if (newest === undefined || newest.pos === null) return
    const before = announcedUpTo.current
    announcedUpTo.current = Math.max(before ?? 0, newest.pos)
    if (before !== null && newest.pos > before && newest.author !== me) setAnnounced(newest)
  }, [newest, me])
  return (
    <div className="unseen" role="status">
      {announced !== null && <Announcement message={announced} />}
    </div>
  )
}

function Announcement({ message }: { message: Message }) {
  const { name } = useProfile(message.author)
  return `${name}: ${summaryOf(message)}`
}
