import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import type { Row } from './rows.ts'

export interface LogScrollInput {
  rows: readonly Row[]
  list: RefObject<VirtualizerHandle | null>
  onOlder: (() => void) | null
}

const atEndPx = 24 // a reader this close to the end reads along; a zoomed page never scrolls to the pixel
const olderAheadPx = 1200 // older messages are asked for this far before the top is reached

function newestMessage(rows: readonly Row[]) {
  const last = rows.at(-1)
  return last?.kind === 'message' ? last.message : null
}

function firstKey(rows: readonly Row[]): string | null {
  // The first row is a day line, which may stay the first when older messages come before its second.
  const first = rows.find((row) => row.kind === 'message')
  return first?.key ?? null
}

/**
 * Sticks to the end while the reader is there; keeps the place where it is not. `prepended` is true
 * in the one render that brings older rows, so that the list keeps its distance from the end.
 */
export function useLogScroll({ rows, list, onOlder }: LogScrollInput) {
  const stuck = useRef(true)
  const [atEnd, setAtEnd] = useState(true)
  const [seenKey, setSeenKey] = useState<string | null>(null)
  const lastOffset = useRef(0)
  const previousFirst = useRef<string | null>(null)
  const previousCount = useRef(0)

  const first = firstKey(rows)
  const prepended =
    previousFirst.current !== null && first !== previousFirst.current && rows.length > previousCount.current
  useLayoutEffect(() => {
    previousFirst.current = first
    previousCount.current = rows.length
  }, [first, rows.length])

  const toEnd = useCallback(() => {
    stuck.current = true
    list.current?.scrollToIndex(rows.length - 1, { align: 'end' })
  }, [list, rows.length])

  const newest = newestMessage(rows)
  const own = newest?.delivery.state === 'pending' ? newest.key : null
  const lastOwn = useRef(own)
  useLayoutEffect(() => {
    // Who sends something wants to see it, wherever they read before.
    if (own !== null && own !== lastOwn.current) stuck.current = true
    lastOwn.current = own
    if (stuck.current && rows.length > 0) list.current?.scrollToIndex(rows.length - 1, { align: 'end' })
  }, [list, rows, own])

  const newestPos = newest?.pos ?? null
  useLayoutEffect(() => {
    if (!atEnd || newestPos === null) return
    setSeenKey(newest?.key ?? null)
  }, [atEnd, newestPos, newest?.key])

  const onScroll = useCallback(
    (offset: number) => {
      const handle = list.current
      if (handle === null) return
      const left = handle.scrollSize - handle.viewportSize - offset
      // Only the reader's own way up lets go of the end; a row that grew below does not.
      if (left <= atEndPx) stuck.current = true
      else if (offset < lastOffset.current) stuck.current = false
      lastOffset.current = offset
      setAtEnd(stuck.current)
      if (offset < olderAheadPx) onOlder?.()
    },
    [list, onOlder],
  )

  const onResize = useCallback(() => {
    // Rows that grow (a font arrived, a window narrowed) must not push the end out of sight.
    if (stuck.current) list.current?.scrollToIndex(Number.MAX_SAFE_INTEGER, { align: 'end' })
  }, [list])

  return { prepended, atEnd, newCount: atEnd ? 0 : countAfter(rows, seenKey), toEnd, onScroll, onResize }
}

function countAfter(rows: readonly Row[], key: string | null): number {
  if (key === null) return 0
  let count = 0
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i]
    if (row === undefined || row.key === key) break
    if (row.kind === 'message') count++
  }
  return count
}
