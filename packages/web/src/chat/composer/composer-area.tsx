import type { FileReference } from 'dovetail-client/files'
import type { TakenFiles } from 'dovetail-protocol'
import { type RefObject, useState } from 'react'
import { useSession } from '../../session/session-context.ts'
import { AttachmentList } from '../attachments/attachment-list.tsx'
import type { Attachments } from '../attachments/attachments.ts'
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
  onSend: (text: string, replyTo: string | null, files: readonly FileReference[]) => void
  attachments: Attachments
  /** What files the channel takes; null: none, so that none can be attached. */
  taken: TakenFiles | null | undefined
  ref: RefObject<HTMLTextAreaElement | null>
}

/**
 * chat/composer/: what is being written, by whom, and may the reader write at all?
 *
 * Below the log: who is typing, which message is answered, the files, and the field.
 */
export function ComposerArea(props: ComposerAreaProps) {
  const { channel, title, me, messages, members, answering, onAnswering, onEditing, onSend, attachments, taken, ref } =
    props
  const [isHeld, setHeld] = useState(false)
  const { traffic } = useSession()
  const { typingUsers, sendTyping } = useTyping(channel, me)
  const writing = filterUnrestricted(typingUsers, members, Date.now() + traffic.serverClockOffsetMs)
  const editLast = () => {
    const own = messages.findLast((message) => message.author === me && message.delivery.state === 'acknowledged')
    if (own !== undefined) onEditing(own.key)
  }
  const send = (text: string) => {
    onSend(text, answering?.id ?? null, attachments.take())
    onAnswering(null)
  }
  return (
    <div>
      <TypingIndicator typingUsers={writing} />
      {answering !== null && <ReplyBar to={answering} onCancel={() => onAnswering(null)} />}
      <AttachmentList attachments={attachments} isHeld={isHeld} onRemoved={() => ref.current?.focus()} />
      <Composer
        ref={ref}
        channel={channel.name}
        label={`Message ${title}`}
        attachments={attachments}
        taken={taken}
        isHeld={isHeld}
        onHeld={setHeld}
        onSend={send}
        onTyping={sendTyping}
        onEditLast={editLast}
        onEscape={() => onAnswering(null)}
      />
    </div>
  )
}
