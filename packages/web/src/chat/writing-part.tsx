import type { Ref } from 'react'
import { unsilenced } from '../people/silence.ts'
import type { Member } from '../people/use-members.ts'
import { useSession } from '../session/session-context.ts'
import type { ChatChannel } from './chat-channel.ts'
import { Composer } from './composer.tsx'
import type { Message } from './message.ts'
import { ReplyBar } from './reply-bar.tsx'
import { TypingLine } from './typing-line.tsx'
import { useTyping } from './use-typing.ts'

export interface WritingPartProps {
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

/** Under the log: who is writing, what is being answered, and the field. */
export function WritingPart(props: WritingPartProps) {
  const { channel, title, me, messages, members, answering, onAnswering, onEditing, onSend, ref } = props
  const { traffic } = useSession()
  const { typists, tell } = useTyping(channel, me)
  const writing = unsilenced(typists, members, Date.now() + traffic.serverAheadMs)
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
      <TypingLine typists={writing} />
      {answering !== null && <ReplyBar to={answering} onCancel={() => onAnswering(null)} />}
      <Composer
        ref={ref}
        channel={channel.name}
        label={`Message ${title}`}
        onSend={send}
        onTyping={tell}
        onEditLast={editLast}
        onEscape={() => onAnswering(null)}
      />
    </div>
  )
}
