import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import type { Row } from './rows.ts'

/** What lies beyond the rows, and who wants to know where the reader is. */
export interface LogEdges {
  /** Null where there is nothing older. */
  onOlder: (() => void) | null
  /** Null where the rows reach to the newest message. */
  onNewer: (() => void) | null
  /** Leads to the newest where the rows do not reach it. */
  onNewest: () => void
  /** The newest message is on the screen. */
  onSeen: (pos: number) => void
}

export interface LogScrollInput {
  rows: readonly Row[]
  list: RefObject<VirtualizerHandle | null>
  /** The position to begin at; null for the newest. */
  startAt: number | null
  edges: LogEdges
}

const atEndPx = 24 // a reader this close to the end reads along; a zoomed page never scrolls to the pixel
const aheadPx = 1200 // more is asked for this far before an edge is reached

/**
 * Sticks to the end while the reader is there; keeps the place where it is not. `prepended` is true
 * in the one render that brings older rows, so that the list keeps its distance from the end.
 */
export function useLogScroll({ rows, list, startAt, edges }: LogScrollInput) {
  const { onOlder, onNewer, onNewest, onSeen } = edges
  const reachesNewest = onNewer === null
  const stuck = useRef(startAt === null)
  const lastOffset = useRef(0)
  const [atEnd, setAtEnd] = useState(startAt === null)
  const prepended = usePrepended(rows)
  usePlaceAtStart(rows, list, startAt)

  const toEnd = useCallback(() => {
    if (!reachesNewest) return onNewest()
    stuck.current = true
    list.current?.scrollToIndex(rows.length - 1, { align: 'end' })
  }, [list, rows.length, reachesNewest, onNewest])

  useStickToEnd(rows, list, stuck)

  const reading = atEnd && reachesNewest
  const newestPos = newestMessage(rows)?.pos ?? null
  useLayoutEffect(() => {
    if (reading && newestPos !== null) onSeen(newestPos)
  }, [reading, newestPos, onSeen])

  const onScroll = useCallback(
    (offset: number) => {
      const handle = list.current
      if (handle === null) return
      const left = handle.scrollSize - handle.viewportSize - offset
      // Only the reader's own way up lets go of the end; a row that grew below does not.
      if (left <= atEndPx && reachesNewest) stuck.current = true
      else if (offset < lastOffset.current) stuck.current = false
      lastOffset.current = offset
      setAtEnd(stuck.current)
      if (offset < aheadPx) onOlder?.()
      if (left < aheadPx) onNewer?.()
    },
    [list, onOlder, onNewer, reachesNewest],
  )

  const onResize = useCallback(() => {
    // Rows that grow (a font arrived, a window narrowed) must not push the end out of sight.
    if (stuck.current) list.current?.scrollToIndex(Number.MAX_SAFE_INTEGER, { align: 'end' })
  }, [list])

  const newCount = useNewCount(rows, atEnd, reachesNewest)
  return { prepended, atEnd: reading, newCount, toEnd, onScroll, onResize }
}

function newestMessage(rows: readonly Row[]) {
  const last = rows.at(-1)
  return last?.kind === 'message' ? last.message : null
}

/** Keeps the end in sight for as long as the reader is there. */
function useStickToEnd(rows: readonly Row[], list: LogScrollInput['list'], stuck: RefObject<boolean>): void {
  const newest = newestMessage(rows)
  const own = newest?.delivery.state === 'pending' ? newest.key : null
  const lastOwn = useRef(own)
  useLayoutEffect(() => {
    // Who sends something wants to see it, wherever they read before.
    if (own !== null && own !== lastOwn.current) stuck.current = true
    lastOwn.current = own
    if (stuck.current && rows.length > 0) list.current?.scrollToIndex(rows.length - 1, { align: 'end' })
  }, [list, stuck, rows, own])
}

/** True in the one render whose rows begin earlier than those before. */
function usePrepended(rows: readonly Row[]): boolean {
  // The first row is a day line, which may stay the first when older messages come before its second.
  const first = rows.find((row) => row.kind === 'message')?.key ?? null
  const before = useRef<{ first: string | null; count: number }>({ first: null, count: 0 })
  const prepended =
    before.current.first !== null && first !== before.current.first && rows.length > before.current.count
  useLayoutEffect(() => {
    before.current = { first, count: rows.length }
  }, [first, rows.length])
  return prepended
}

/** Shows the row at a position in the middle, once, as soon as it is there. */
function usePlaceAtStart(
  rows: readonly Row[],
  list: RefObject<VirtualizerHandle | null>,
  startAt: number | null,
): void {
  const placed = useRef<number | null>(null)
  useLayoutEffect(() => {
    if (startAt === null || placed.current === startAt) return
    const index = rows.findIndex(
      (row) => row.kind === 'message' && row.message.pos !== null && row.message.pos >= startAt,
    )
    if (index < 0) return
    placed.current = startAt
    list.current?.scrollToIndex(index, { align: 'center' })
  }, [rows, list, startAt])
}

/** How many messages came since the reader left the end. Those that scrolling brings from the past are not new. */
function useNewCount(rows: readonly Row[], atEnd: boolean, reachesNewest: boolean): number {
  const newest = newestMessage(rows)?.key ?? null
  const [left, setLeft] = useState({ key: newest, reached: reachesNewest })
  const follows = atEnd || !left.reached
  if (follows && (left.key !== newest || left.reached !== reachesNewest))
    setLeft({ key: newest, reached: reachesNewest })
  if (follows || left.key === null) return 0
  const index = rows.findLastIndex((row) => row.key === left.key)
  return rows.slice(index + 1).filter((row) => row.kind === 'message').length
}
