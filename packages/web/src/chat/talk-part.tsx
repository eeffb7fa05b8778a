import { useSilence } from '../people/use-silence.ts'
import { Announcer } from './announcer.tsx'
import { channelWords } from './channel-words.ts'
import type { ChatChannel } from './chat-channel.ts'
import { ConversationState } from './conversation-state.tsx'
import { isOver } from './is-over.ts'
import { MessageLog } from './message-log.tsx'
import { QuotesContext } from './quotes-context.ts'
import { SilencedNote } from './silenced-note.tsx'
import type { useTalk } from './use-talk.ts'
import { WritingPart } from './writing-part.tsx'

export interface TalkPartProps {
  channel: ChatChannel
  talk: ReturnType<typeof useTalk>
  startAt: number | null
  readUpTo: number | null
  onPeople: (() => void) | null
}

/** The history, or what stands in its place, and the field under it. */
export function TalkPart({ channel, talk, startAt, readUpTo, onPeople }: TalkPartProps) {
  const { me, messages, live } = talk
  const silence = useSilence(talk.members.list.find(({ user }) => user === me))
  const title = channelWords(channel.name)
  // What one may no longer read is not left on the screen.
  const over = isOver(live)
  return (
    <QuotesContext value={talk.quotes}>
      {messages.length > 0 && !over ? (
        <MessageLog
          key={startAt}
          label={`Messages in ${title}`}
          messages={messages}
          readUpTo={readUpTo}
          tallies={talk.tallies}
          verbs={talk.verbs}
          editing={talk.editing}
          onEditing={talk.onEditing}
          startAt={startAt}
          edges={talk.edges}
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
      <Announcer messages={messages} me={me} />
      {!over && silence.state !== 'none' && <SilencedNote silence={silence} />}
      {!over && silence.state === 'none' && (
        <WritingPart
          ref={talk.composer}
          channel={channel}
          title={title}
          me={me}
          messages={messages}
          members={talk.members.list}
          answering={talk.answering}
          onAnswering={talk.setAnswering}
          onEditing={talk.onEditing}
          onSend={talk.send}
        />
      )}
    </QuotesContext>
  )
}
