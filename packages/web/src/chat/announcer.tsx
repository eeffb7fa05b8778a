import { useEffect, useRef, useState } from 'react'
import { useProfile } from '../people/use-profile.ts'
import type { Message } from './message.ts'

export interface AnnouncerProps {
  messages: readonly Message[]
  me: string | null
}

/**
 * Tells a screen reader of each new message. The log itself is silent: a virtual list adds and removes
 * rows as one scrolls, and those would all be read out as news.
 */
export function Announcer({ messages, me }: AnnouncerProps) {
  const newest = messages.findLast(({ pos }) => pos !== null)
  const heardUpTo = useRef<number | null>(null)
  const [news, setNews] = useState<Message | null>(null)
  useEffect(() => {
    if (newest === undefined || newest.pos === null) return
    const before = heardUpTo.current
    heardUpTo.current = Math.max(before ?? 0, newest.pos)
    if (before !== null && newest.pos > before && newest.author !== me) setNews(newest)
  }, [newest, me])
  return (
    <div className="unseen" role="status">
      {news !== null && <News message={news} />}
    </div>
  )
}

function News({ message }: { message: Message }) {
  const { name } = useProfile(message.author)
  return `${name}: ${message.text}`
}
