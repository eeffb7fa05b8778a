import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { ChatChannel } from '../channels/chat-channel.ts'
import { createTypingUsers } from './typing-users.ts'

const everyMs = 3000 // keystrokes in between need no signal
const type = 'typing'

const after = (ms: number, task: () => void) => {
  const timer = setTimeout(task, ms)
  return () => clearTimeout(timer)
}

/** Who else is typing, and a function to signal that the user is. Signals are not stored. */
export function useTyping(channel: ChatChannel, me: string | null) {
  const [typingUsers] = useState(() => createTypingUsers({ after }))
  const sentAt = useRef(Number.NEGATIVE_INFINITY)

  useEffect(() => {
    const stop = channel.onSignal((signal) => {
      if (signal.type !== type || signal.user === null || signal.user === me) return
      typingUsers.update(signal.user, signal.data === true)
    })
    return () => {
      stop()
      typingUsers.stop()
    }
  }, [channel, typingUsers, me])

  const sendTyping = useCallback(
    (typing: boolean) => {
      const now = performance.now()
      if (typing && now - sentAt.current < everyMs) return
      if (!typing && sentAt.current === Number.NEGATIVE_INFINITY) return
      sentAt.current = typing ? now : Number.NEGATIVE_INFINITY
      // A lost signal does no harm.
      channel.signal(type, typing).catch(() => undefined)
    },
    [channel],
  )
  return { typingUsers: useSyncExternalStore(typingUsers.subscribe, typingUsers.list), sendTyping }
}
