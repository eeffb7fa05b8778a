import { useRef, useState } from 'react'
import { Announcer } from './announcer.tsx'
import { channelTitle } from './channel-title.ts'
import { Composer } from './composer.tsx'
import styles from './conversation.module.css'
import { ConversationHeader } from './conversation-header.tsx'
import { ConversationState } from './conversation-state.tsx'
import { MessageLog } from './message-log.tsx'
import { useConversation } from './use-conversation.ts'

/** One channel: its name, its history, and the field to write into. */
export function Conversation({ channel }: { channel: string }) {
  const { messages, verbs, send, loadOlder, state, reason, error, me } = useConversation(channel)
  const [editing, setEditing] = useState<string | null>(null)
  const composer = useRef<HTMLTextAreaElement>(null)
  const title = channelTitle(channel)

  const editLast = () => {
    const own = messages.findLast((message) => message.author === me && message.delivery.state === 'acknowledged')
    if (own !== undefined) setEditing(own.key)
  }
  const changeEditing = (key: string | null) => {
    setEditing(key)
    if (key === null) composer.current?.focus()
  }

  const shown = messages.length > 0
  return (
    <section className={styles.conversation} aria-label={title}>
      <ConversationHeader channel={channel} />
      {shown ? (
        <MessageLog
          label={`Messages in ${title}`}
          messages={messages}
          readUpTo={null}
          verbs={verbs}
          editing={editing}
          onEditing={changeEditing}
          onOlder={loadOlder}
        />
      ) : (
        <ConversationState state={state} reason={reason} error={error} />
      )}
      <Announcer messages={messages} me={me} />
      {state !== 'ended' && state !== 'failed' && (
        <Composer ref={composer} label={`Message ${title}`} onSend={send} onEditLast={editLast} />
      )}
    </section>
  )
}
