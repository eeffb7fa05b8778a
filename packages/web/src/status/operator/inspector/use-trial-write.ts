import type { LiveRecord } from 'dovetail-protocol'
import { useState } from 'react'
import { type OperatorRequest, Refused, reasonOf } from '../operator-request.ts'

export interface WriteOutcome {
  readonly isDone: boolean
  /** What came of it, for people. */
  readonly text: string
}

export interface TrialWrite {
  readonly outcome: WriteOutcome | null
  readonly underWay: boolean
  /** Without an `id` the server makes one. `data`: JSON text. */
  write(to: { collection: string; id: string; data: string }): Promise<void>
}

/** Writes a record to a channel as the operator. */
export function useTrialWrite(request: OperatorRequest, channel: string): TrialWrite {
  const [outcome, setOutcome] = useState<WriteOutcome | null>(null)
  const [underWay, setUnderWay] = useState(false)
  const write: TrialWrite['write'] = async ({ collection, id, data }) => {
    const body = parsed(data)
    if (body === undefined) return setOutcome({ isDone: false, text: 'The data is no JSON.' })
    setUnderWay(true)
    const path = `/v1/channels/${encodeURIComponent(channel)}/${encodeURIComponent(collection)}`
    try {
      const record =
        id === ''
          ? await request<LiveRecord>('POST', path, { body })
          : await request<LiveRecord>('PUT', `${path}/${encodeURIComponent(id)}`, { body })
      setOutcome({ isDone: true, text: `Written: ${record.id} at revision ${record.rev}.` })
    } catch (error) {
      const code = error instanceof Refused ? `${error.status} ${error.code}: ` : ''
      setOutcome({ isDone: false, text: `${code}${reasonOf(error)}` })
    } finally {
      setUnderWay(false)
    }
  }
  return { outcome, underWay, write }
}

/** `undefined`: it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
