import type { Ref } from 'react'
import { useSession } from '../../session/session-context.ts'
import type { ChatChannel } from '../channels/chat-channel.ts'
import type { Member } from '../membership/use-members.ts'
import { filterUnrestricted } from '../membership/write-restriction.ts'
import type { Message } from '../messages/message.ts'
import { ReplyBar } from '../replies/reply-bar.tsx'
import { Composer } from './composer.tsx'
import { TypingIndicator } from './typing-indicator.tsx'
import { useTyping } from './use-typing.ts'

export interface ComposerAreaProps {
  channel: ChatChannel
  title: string
  me: string | null
  messages: readonly Message[]
  members: readonly Member[]
  answering: Message | null
  onAnswering: (message: Message | null) => void
  onEditing: (key: string | null) => void
  onSend: (text: string, replyTo: string | null) => void
  ref: Ref<HTMLTextAreaElement>
}

/**
 * chat/composer/: what is being written, by whom, and may the reader write at all?
 *
 * Below the log: who is typing, which message is answered, and the field.
 */
export function ComposerArea(props: ComposerAreaProps) {
  const { channel, title, me, messages, members, answering, onAnswering, onEditing, onSend, ref } = props
  const { traffic } = useSession()
  const { typingUsers, sendTyping } = useTyping(channel, me)
  const writing = filterUnrestricted(typingUsers, members, Date.now() + traffic.serverClockOffsetMs)
  const editLast = () => {
    const own = messages.findLast((message) => message.author === me && message.delivery.state === 'acknowledged')
    if (own !== undefined) onEditing(own.key)
  }
  const send = (text: string) => {
    onSend(text, answering?.id ?? null)
    onAnswering(null)
  }
  return (
    <div>
      <TypingIndicator typingUsers={writing} />
      {answering !== null && <ReplyBar to={answering} onCancel={() => onAnswering(null)} />}
      <Composer
        ref={ref}
        channel={channel.name}
        label={`Message ${title}`}
        onSend={send}
        onTyping={sendTyping}
        onEditLast={editLast}
        onEscape={() => onAnswering(null)}
      />
    </div>
  )
}
