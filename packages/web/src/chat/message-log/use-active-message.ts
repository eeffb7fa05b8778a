import { type KeyboardEvent, type RefObject, useCallback, useMemo, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import type { Row } from './log-rows.ts'

export interface ActiveMessageInput {
  rows: readonly Row[]
  list: RefObject<VirtualizerHandle | null>
}

/** The next message row from `index` in a direction; the same index where there is none. */
function nextMessage(rows: readonly Row[], index: number, step: 1 | -1): number {
  for (let i = index + step; i >= 0 && i < rows.length; i += step) if (rows[i]?.kind === 'message') return i
  return index
}

/** The message that the keyboard acts on: arrow keys move it, Tab reaches its actions. */
export function useActiveMessage({ rows, list }: ActiveMessageInput) {
  const [key, choose] = useState<string | null>(null)
  const index = useMemo(() => {
    if (key === null) return null
    const found = rows.findLastIndex((row) => row.key === key)
    return found < 0 ? null : found
  }, [rows, key])

  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      if (event.target instanceof HTMLTextAreaElement) return
      if (event.key === 'Escape') return choose(null)
      if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
      event.preventDefault()
      const step = event.key === 'ArrowUp' ? -1 : 1
      const next = index === null ? nextMessage(rows, rows.length, -1) : nextMessage(rows, index, step)
      const row = rows[next]
      if (row === undefined) return
      choose(row.key)
      list.current?.scrollToIndex(next, { align: 'nearest' })
    },
    [rows, index, list],
  )

  return { key, index, choose, onKeyDown }
}
