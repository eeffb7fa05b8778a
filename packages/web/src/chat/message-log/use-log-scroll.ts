import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import type { Row } from './log-rows.ts'

/** Loads what lies beyond the rows, and is called with what the reader has seen. */
export interface LogEdges {
  /** Loads older messages; null if there are none. */
  onOlder: (() => void) | null
  /** Loads newer messages; null if the rows include the newest. */
  onNewer: (() => void) | null
  /** Goes to the newest message if the rows do not include it. */
  onNewest: () => void
  /** The newest message, at this position, is on the screen. */
  onSeen: (pos: number) => void
}

export interface LogScrollInput {
  rows: readonly Row[]
  list: RefObject<VirtualizerHandle | null>
  /** The position to start at; null for the newest. */
  startAt: number | null
  edges: LogEdges
}

const atEndPx = 24 // a reader this close counts as at the end; a zoomed page never scrolls to the exact pixel
const preloadPx = 1200 // more messages are loaded this far before an edge

/**
 * Sticks to the end while the reader is there, else keeps the scroll position. `prepended` is true in the one render
 * that adds older rows, so that the list keeps its distance from the end.
 */
export function useLogScroll({ rows, list, startAt, edges }: LogScrollInput) {
  const { onOlder, onNewer, onNewest, onSeen } = edges
  const reachesNewest = onNewer === null
  const stuck = useRef(startAt === null)
  const lastOffset = useRef(0)
  const [atEnd, setAtEnd] = useState(startAt === null)
  const prepended = usePrepended(rows)
  useScrollToStart(rows, list, startAt)

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
      // Only the reader scrolling up releases the end; a row that grew below does not.
      if (left <= atEndPx && reachesNewest) stuck.current = true
      else if (offset < lastOffset.current) stuck.current = false
      lastOffset.current = offset
      setAtEnd(stuck.current)
      if (offset < preloadPx) onOlder?.()
      if (left < preloadPx) onNewer?.()
    },
    [list, onOlder, onNewer, reachesNewest],
  )

  const onResize = useCallback(() => {
    // Rows that grow (a font was loaded, the window narrowed) must not push the end out of view.
    if (stuck.current) list.current?.scrollToIndex(Number.MAX_SAFE_INTEGER, { align: 'end' })
  }, [list])

  const newCount = useNewCount(rows, atEnd, reachesNewest)
  return { prepended, atEnd: reading, newCount, toEnd, onScroll, onResize }
}

function newestMessage(rows: readonly Row[]) {
  const last = rows.at(-1)
  return last?.kind === 'message' ? last.message : null
}

/** Keeps the end in view while the reader is there. */
function useStickToEnd(rows: readonly Row[], list: LogScrollInput['list'], stuck: RefObject<boolean>): void {
  const newest = newestMessage(rows)
  const own = newest?.delivery.state === 'pending' ? newest.key : null
  const lastOwn = useRef(own)
  useLayoutEffect(() => {
    // A message that the reader sends is shown, wherever they were.
    if (own !== null && own !== lastOwn.current) stuck.current = true
    lastOwn.current = own
    if (stuck.current && rows.length > 0) list.current?.scrollToIndex(rows.length - 1, { align: 'end' })
  }, [list, stuck, rows, own])
}

/** True in the one render whose rows begin earlier than the previous ones. */
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

/** Scrolls the row at a position to the middle, once, as soon as it is loaded. */
function useScrollToStart(
  rows: readonly Row[],
  list: RefObject<VirtualizerHandle | null>,
  startAt: number | null,
): void {
  const scrolledTo = useRef<number | null>(null)
  useLayoutEffect(() => {
    if (startAt === null || scrolledTo.current === startAt) return
    const index = rows.findIndex(
      (row) => row.kind === 'message' && row.message.pos !== null && row.message.pos >= startAt,
    )
    if (index < 0) return
    scrolledTo.current = startAt
    list.current?.scrollToIndex(index, { align: 'center' })
  }, [rows, list, startAt])
}

/** How many messages arrived since the reader left the end. Older ones that scrolling loads do not count. */
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
