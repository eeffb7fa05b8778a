import type { FileReference } from 'dovetail-client/files'
import { useLive } from 'dovetail-client/react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { MessageData } from '../../session/data-types.ts'
import type { ChatChannel } from '../channels/chat-channel.ts'
import { createMessageConverter } from '../messages/message-converter.ts'
import { createQuotedMessages } from '../replies/quoted-messages.ts'

const pageSize = 50

/** A channel's messages, live, from the newest or around a position in the history. */
export function useMessages(channel: ChatChannel, me: string | null, startAt: number | null) {
  const collection = useMemo(() => channel.collection('messages'), [channel])
  const live = useLive<MessageData>(channel.name, 'messages', {
    limit: pageSize,
    ...(startAt !== null && { around: startAt }),
  })
  const [toMessages] = useState(createMessageConverter)
  const messages = useMemo(() => toMessages(live.records, me ?? ''), [toMessages, live.records, me])

  const quotedMessages = useMemo(() => createQuotedMessages(collection), [collection])
  useEffect(() => quotedMessages.learn(messages), [quotedMessages, messages])

  const { hasOlder, hasNewer, create, loadOlder, loadNewer } = live
  const send = useCallback(
    (text: string, replyTo: string | null, files: readonly FileReference[]) => {
      create({ text, ...(replyTo !== null && { replyTo }), ...(files.length > 0 && { files }) })
    },
    [create],
  )
  // A page that can't be read now is requested again by the next scroll.
  const onOlder = useMemo(
    () => (hasOlder ? () => void loadOlder().catch(() => undefined) : null),
    [loadOlder, hasOlder],
  )
  const onNewer = useMemo(
    () => (hasNewer ? () => void loadNewer().catch(() => undefined) : null),
    [loadNewer, hasNewer],
  )
  return { collection, live, messages, quotedMessages, send, onOlder, onNewer }
}
