import { useMemo } from 'react'
import { useAppClient } from '../../session/session-context.ts'
import { attachmentsOf, useTakenFiles } from '../attachments/attachments-of.ts'
import { DropOverlay } from '../attachments/drop-overlay.tsx'
import type { ChatChannel } from '../channels/chat-channel.ts'
import { formatChannelName } from '../channels/format-channel-name.ts'
import { ComposerArea } from '../composer/composer-area.tsx'
import { WriteRestrictionNote } from '../composer/write-restriction-note.tsx'
import { ChannelFilesContext, openChannelFiles } from '../files/channel-files.ts'
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
export function ConversationBody(props: ConversationBodyProps) {
  const { channel, conversation } = props
  const { me, messages, live } = conversation
  const client = useAppClient()
  const files = useMemo(() => openChannelFiles(client, channel.name), [client, channel.name])
  const attachments = attachmentsOf(client, channel.name)
  const taken = useTakenFiles(client, channel.name)
  const restriction = useWriteRestriction(conversation.members.list.find(({ user }) => user === me))
  const title = formatChannelName(channel.name)
  // Messages that the user may no longer read are removed from the screen.
  const unavailable = isUnavailable(live)
  const mayWrite = !unavailable && restriction.state === 'none'
  return (
    <ChannelFilesContext value={files}>
      <QuotedMessagesContext value={conversation.quotedMessages}>
        <History {...props} />
        <MessageAnnouncer messages={messages} me={me} />
        {!unavailable && restriction.state !== 'none' && <WriteRestrictionNote restriction={restriction} />}
        {mayWrite && (
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
            attachments={attachments}
            taken={taken}
          />
        )}
        {mayWrite && taken !== null && <DropOverlay title={title} onFiles={attachments.add} />}
      </QuotedMessagesContext>
    </ChannelFilesContext>
  )
}

function History({ channel, conversation, startAt, readUpTo, onPeople }: ConversationBodyProps) {
  const { messages, live } = conversation
  if (messages.length === 0 || isUnavailable(live)) {
    return (
      <ConversationState
        channel={channel.name}
        state={live.state}
        reason={live.reason}
        error={live.error}
        onPeople={onPeople}
      />
    )
  }
  return (
    <MessageLog
      key={startAt}
      label={`Messages in ${formatChannelName(channel.name)}`}
      messages={messages}
      readUpTo={readUpTo}
      tallies={conversation.tallies}
      commands={conversation.commands}
      editing={conversation.editing}
      onEditing={conversation.onEditing}
      startAt={startAt}
      edges={conversation.edges}
    />
  )
}
