import type { ServerStatus } from 'dovetail-protocol'
import { useEffect, useState } from 'react'
import { type OperatorRequest, Refused, reasonOf } from './operator-request.ts'

const everyMs = 2000

export interface OperatorView {
  /** The last answer; null until the first. */
  readonly last: ServerStatus | null
  /** Why the newest request failed; null: it did not. */
  readonly problem: string | null
  /** Whether the token is no operator's, so that asking again is of no use. */
  readonly isRefused: boolean
}

const begun: OperatorView = { last: null, problem: null, isRefused: false }

/** What goes on at the server, read again every 2 s while the page is visible. */
export function useServerStatus(request: OperatorRequest): OperatorView {
  const [view, setView] = useState(begun)
  useEffect(() => {
    let shown = true
    let underWay = false
    const ask = async () => {
      if (underWay || document.visibilityState !== 'visible') return
      underWay = true
      try {
        const last = await request<ServerStatus>('GET', '/v1/status')
        if (shown) setView({ last, problem: null, isRefused: false })
      } catch (error) {
        const isRefused = error instanceof Refused && [401, 403].includes(error.status)
        if (isRefused) clearInterval(timer)
        if (shown) setView(({ last }) => ({ last, problem: reasonOf(error), isRefused }))
      } finally {
        underWay = false
      }
    }
    const timer = setInterval(() => void ask(), everyMs)
    void ask()
    return () => {
      shown = false
      clearInterval(timer)
    }
  }, [request])
  return view
}
