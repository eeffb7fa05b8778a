import type { ChangesReply, ChannelDescription } from 'dovetail-protocol'
import { useEffect, useState } from 'react'
import { type OperatorRequest, Refused, reasonOf } from '../operator-request.ts'
import { beforeHead, type LogState, nothingRead, taken } from './log-state.ts'

/** How long a poll waits for changes, in s. */
const waitSeconds = 25
/** After a failure. */
const pauseMs = 3000

export interface ChannelLogView extends LogState {
  readonly facts: ChannelDescription | null
  /** Why it can't be read now; null: it can. */
  readonly problem: string | null
}

/** A channel's log: its last changes, and what follows while the page shows it. */
export function useChannelLog(request: OperatorRequest, channel: string): ChannelLogView {
  const [facts, setFacts] = useState<ChannelDescription | null>(null)
  const [log, setLog] = useState(nothingRead)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    const path = `/v1/channels/${encodeURIComponent(channel)}`
    const follow = async () => {
      const found = await request<ChannelDescription>('GET', path, { signal })
      setFacts(found)
      setProblem(null)
      let after = beforeHead(found)
      // The first answer is what is there already.
      for (let wait = ''; !signal.aborted; wait = `&wait=${waitSeconds}`) {
        const { changes, cursor } = await request<Pick<ChangesReply, 'changes' | 'cursor'>>(
          'GET',
          `${path}/changes?after=${encodeURIComponent(after)}${wait}`,
          { signal },
        ).catch((error: unknown) => {
          // What was deleted since is no longer in the log: it is read from its head on.
          if (error instanceof Refused && error.code === 'reset' && after !== found.cursor)
            return { changes: [], cursor: found.cursor }
          throw error
        })
        after = cursor
        setLog((before) => taken(before, changes))
      }
    }
    const again = async () => {
      while (!signal.aborted) {
        try {
          await follow()
        } catch (error) {
          if (signal.aborted) return
          setProblem(reasonOf(error))
          if (error instanceof Refused && error.status < 500 && error.code !== 'reset') return
          setLog(nothingRead)
          await new Promise((resolve) => setTimeout(resolve, pauseMs))
        }
      }
    }
    void again()
    return () => leaving.abort()
  }, [request, channel])
  return { facts, problem, ...log }
}
