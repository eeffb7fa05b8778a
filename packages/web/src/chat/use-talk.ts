import { useCallback, useMemo, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { useMembers } from '../people/use-members.ts'
import { useReactions } from '../reactions/use-reactions.ts'
import { useMe } from '../session/use-me.ts'
import { channelPath } from './channel-path.ts'
import type { ChatChannel } from './chat-channel.ts'
import { findDay } from './find-day.ts'
import type { Message } from './message.ts'
import { useConversation } from './use-conversation.ts'
import { useMessageVerbs } from './use-message-verbs.ts'

/** What is said in a channel, and all that the reader can do there. */
export function useTalk(channel: ChatChannel, startAt: number | null, onSeen: (pos: number) => void) {
  const me = useMe()
  const [, go] = useLocation()
  const { collection, live, messages, quotes, send, onOlder, onNewer } = useConversation(channel, me, startAt)
  const { tallies, toggle } = useReactions(channel, me, messages[0]?.pos ?? null)
  const members = useMembers(channel)
  const role = members.list.find(({ user }) => user === me)?.role
  const moderates = role === 'owner' || role === 'moderator'
  const [editing, setEditing] = useState<string | null>(null)
  const [answering, setAnswering] = useState<Message | null>(null)
  const composer = useRef<HTMLTextAreaElement>(null)

  const open = useCallback((pos: number) => go(channelPath(channel.name, pos)), [go, channel])
  const onNewest = useCallback(() => go(channelPath(channel.name)), [go, channel])
  const reply = useCallback((message: Message) => {
    setAnswering(message)
    composer.current?.focus()
  }, [])
  const verbs = useMessageVerbs({ live, toggle, me, moderates, reply, open })
  const edges = useMemo(() => ({ onOlder, onNewer, onNewest, onSeen }), [onOlder, onNewer, onNewest, onSeen])

  const onEditing = useCallback((key: string | null) => {
    setEditing(key)
    if (key === null) composer.current?.focus()
  }, [])
  const onDay = async (at: number) => {
    // Without a connection there is nothing to find; the newest is what one has.
    const pos = await findDay(collection, at).catch(() => null)
    if (pos === null) onNewest()
    else open(pos)
  }
  return {
    me,
    members,
    live,
    messages,
    quotes,
    send,
    tallies,
    verbs,
    edges,
    onDay,
    editing,
    onEditing,
    answering,
    setAnswering,
    composer,
  }
}
