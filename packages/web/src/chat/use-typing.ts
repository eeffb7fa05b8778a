import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { ChatChannel } from './chat-channel.ts'
import { createTypists } from './typists.ts'

const everyMs = 3000 // a keystroke in between tells nobody anything new
const type = 'typing'

const after = (ms: number, task: () => void) => {
  const timer = setTimeout(task, ms)
  return () => clearTimeout(timer)
}

/** Who else is writing, and how to tell them that one is writing oneself. Signals: nothing is stored. */
export function useTyping(channel: ChatChannel, me: string | null) {
  const [typists] = useState(() => createTypists({ after }))
  const toldAt = useRef(Number.NEGATIVE_INFINITY)

  useEffect(() => {
    const stop = channel.onSignal((signal) => {
      if (signal.type !== type || signal.user === null || signal.user === me) return
      typists.hear(signal.user, signal.data === true)
    })
    return () => {
      stop()
      typists.stop()
    }
  }, [channel, typists, me])

  const tell = useCallback(
    (typing: boolean) => {
      const now = performance.now()
      if (typing && now - toldAt.current < everyMs) return
      if (!typing && toldAt.current === Number.NEGATIVE_INFINITY) return
      toldAt.current = typing ? now : Number.NEGATIVE_INFINITY
      // A signal that nobody heard is no fault.
      channel.signal(type, typing).catch(() => undefined)
    },
    [channel],
  )
  return { typists: useSyncExternalStore(typists.subscribe, typists.list), tell }
}
