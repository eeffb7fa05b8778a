import type { ChatChannel } from '../channels/chat-channel.ts'
import { formatChannelName } from '../channels/format-channel-name.ts'
import { ComposerArea } from '../composer/composer-area.tsx'
import { WriteRestrictionNote } from '../composer/write-restriction-note.tsx'
import { useWriteRestriction } from '../membership/use-write-restriction.ts'
import { MessageLog } from '../message-log/message-log.tsx'
import { MessageAnnouncer } from '../reading/message-announcer.tsx'
import { QuotedMessagesContext } from '../replies/use-quoted-message.ts'
import { ConversationState } from './conversation-state.tsx'
import { isUnavailable } from './is-unavailable.ts'
import type { useConversation } from './use-conversation.ts'

export interface ConversationBodyProps {
  channel: ChatChannel
  conversation: ReturnType<typeof useConversation>
  startAt: number | null
  readUpTo: number | null
  onPeople: (() => void) | null
}

/** The history, or a notice instead of it, and the field below. */
export function ConversationBody({ channel, conversation, startAt, readUpTo, onPeople }: ConversationBodyProps) {
  const { me, messages, live } = conversation
  const restriction = useWriteRestriction(conversation.members.list.find(({ user }) => user === me))
  const title = formatChannelName(channel.name)
  // Messages that the user may no longer read are removed from the screen.
  const unavailable = isUnavailable(live)
  return (
    <QuotedMessagesContext value={conversation.quotedMessages}>
      {messages.length > 0 && !unavailable ? (
        <MessageLog
          key={startAt}
          label={`Messages in ${title}`}
          messages={messages}
          readUpTo={readUpTo}
          tallies={conversation.tallies}
          commands={conversation.commands}
          editing={conversation.editing}
          onEditing={conversation.onEditing}
          startAt={startAt}
          edges={conversation.edges}
        />
      ) : (
        <ConversationState
          channel={channel.name}
          state={live.state}
          reason={live.reason}
          error={live.error}
          onPeople={onPeople}
        />
      )}
      <MessageAnnouncer messages={messages} me={me} />
      {!unavailable && restriction.state !== 'none' && <WriteRestrictionNote restriction={restriction} />}
      {!unavailable && restriction.state === 'none' && (
        <ComposerArea
          ref={conversation.composer}
          channel={channel}
          title={title}
          me={me}
          messages={messages}
          members={conversation.members.list}
          answering={conversation.answering}
          onAnswering={conversation.setAnswering}
          onEditing={conversation.onEditing}
          onSend={conversation.send}
        />
      )}
    </QuotedMessagesContext>
  )
}
