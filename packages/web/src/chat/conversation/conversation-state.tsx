import type { DovetailError, LiveSnapshot } from 'dovetail-client'
import { Button } from '../../ui/button.tsx'
import { Delayed } from '../../ui/delayed.tsx'
import { Notice } from '../../ui/notice.tsx'
import { LogSkeleton } from '../message-log/log-skeleton.tsx'

export interface ConversationStateProps {
  channel: string
  state: LiveSnapshot['state']
  reason: LiveSnapshot['reason']
  error: DovetailError | null
  /** Shows the members; null while they are shown. */
  onPeople: (() => void) | null
}

const reload = (
  <Button variant="solid" onClick={() => window.location.reload()}>
    Reload the page
  </Button>
)

/** Stands instead of the messages while there are none to show. */
export function ConversationState({ channel, state, reason, error, onPeople }: ConversationStateProps) {
  switch (state) {
    case 'loading':
      return (
        <Delayed>
          <LogSkeleton />
        </Delayed>
      )
    case 'live':
    case 'catching_up':
      return (
        <Notice
          title="No messages yet"
          action={channel.startsWith('team:') && onPeople !== null && <Button onClick={onPeople}>Show members</Button>}
        >
          {emptyText(channel)}
        </Notice>
      )
    case 'offline':
      return (
        <Notice title="No connection">Messages show here as soon as the server answers. What you write is kept.</Notice>
      )
    case 'ended':
      return reason === 'deleted' ? (
        <Notice title="This channel was deleted">What was said here is gone.</Notice>
      ) : (
        <Notice title="You can’t read this channel any more">Ask one of its owners to invite you again.</Notice>
      )
    case 'failed':
      return error?.code === 'not_found' || error?.code === 'forbidden' ? (
        <Notice title="There is no such channel">Or it is private: then one of its owners can invite you.</Notice>
      ) : (
        <Notice title="The messages could not be read" action={reload}>
          {error?.detail}
        </Notice>
      )
    default:
      return state satisfies never
  }
}

/** Who can read messages here. */
function emptyText(channel: string): string {
  if (channel.startsWith('dm:')) return 'What you write here is between the two of you.'
  if (channel.startsWith('team:')) return 'Only members read what is written here.'
  return 'Say something: anybody may read it.'
}
