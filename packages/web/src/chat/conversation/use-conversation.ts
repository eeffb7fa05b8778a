import { useCallback, useMemo, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { useMe } from '../../session/use-me.ts'
import { channelPath } from '../channels/channel-path.ts'
import type { ChatChannel } from '../channels/chat-channel.ts'
import { useMembers } from '../membership/use-members.ts'
import type { Message } from '../messages/message.ts'
import { useMessageCommands } from '../messages/use-message-commands.ts'
import { useReactions } from '../reactions/use-reactions.ts'
import { findDay } from '../reading/find-day.ts'
import { useMessages } from './use-messages.ts'

/** The messages of a channel, and everything that the reader can do there. */
export function useConversation(channel: ChatChannel, startAt: number | null, onSeen: (pos: number) => void) {
  const me = useMe()
  const [, go] = useLocation()
  const { collection, live, messages, quotedMessages, send, onOlder, onNewer } = useMessages(channel, me, startAt)
  const { tallies, toggle } = useReactions(channel, me, messages[0]?.pos ?? null)
  const members = useMembers(channel)
  const role = members.list.find(({ user }) => user === me)?.role
  const canModerate = role === 'owner' || role === 'moderator'
  const [editing, setEditing] = useState<string | null>(null)
  const [answering, setAnswering] = useState<Message | null>(null)
  const composer = useRef<HTMLTextAreaElement>(null)

  const open = useCallback((pos: number) => go(channelPath(channel.name, pos)), [go, channel])
  const onNewest = useCallback(() => go(channelPath(channel.name)), [go, channel])
  const reply = useCallback((message: Message) => {
    setAnswering(message)
    composer.current?.focus()
  }, [])
  const commands = useMessageCommands({ live, toggle, me, canModerate, reply, open })
  const edges = useMemo(() => ({ onOlder, onNewer, onNewest, onSeen }), [onOlder, onNewer, onNewest, onSeen])

  const onEditing = useCallback((key: string | null) => {
    setEditing(key)
    if (key === null) composer.current?.focus()
  }, [])
  const onDay = async (at: number) => {
    // Without a connection no day can be found: go to the newest message instead.
    const pos = await findDay(collection, at).catch(() => null)
    if (pos === null) onNewest()
    else open(pos)
  }
  return {
    me,
    members,
    live,
    messages,
    quotedMessages,
    send,
    tallies,
    commands,
    edges,
    onDay,
    editing,
    onEditing,
    answering,
    setAnswering,
    composer,
  }
}
