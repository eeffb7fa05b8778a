import { type KeyboardEvent, useMemo, useRef } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import type { Tallies } from '../reactions/tally.ts'
import { LogRow } from './log-row.tsx'
import type { Message } from './message.ts'
import styles from './message-log.module.css'
import type { MessageVerbs } from './message-verbs.ts'
import { NewestButton } from './newest-button.tsx'
import { type Row, rowsOf } from './rows.ts'
import { useActiveMessage } from './use-active-message.ts'
import { type LogEdges, useLogScroll } from './use-log-scroll.ts'

export interface MessageLogProps {
  /** What is read here, for screen readers: “Messages in general”. */
  label: string
  messages: readonly Message[]
  readUpTo: number | null
  tallies: Tallies
  verbs: MessageVerbs
  /** The key of the message whose text is being changed. */
  editing: string | null
  onEditing: (key: string | null) => void
  /** The position that the reader was led to; null at the newest. */
  startAt: number | null
  edges: LogEdges
}

const guessedRowPx = 44
const drawnAheadPx = 600

/** The history of a channel: a virtual list that sticks to its end until one scrolls away. */
export function MessageLog(props: MessageLogProps) {
  const { label, messages, readUpTo, startAt, edges } = props
  // Not deferred: the list takes its length while it renders, and a render that React begins and drops
  // would move the reader by the height of the older page twice.
  const rows = useMemo(() => rowsOf({ messages, readUpTo }), [messages, readUpTo])
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<VirtualizerHandle>(null)
  const scroll = useLogScroll({ rows, list, startAt, edges })
  const active = useActiveMessage({ rows, list })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'End' && event.ctrlKey) scroll.toEnd()
    else active.onKeyDown(event)
  }

  return (
    <div className={styles.log}>
      <div
        ref={scroller}
        className={styles.scroller}
        role="log"
        aria-label={label}
        // New messages are announced one by one (announcer.tsx); rows that scrolling brings are not news.
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div className={styles.push} />
        <Virtualizer
          ref={list}
          scrollRef={scroller}
          data={rows}
          shift={scroll.prepended}
          keepMounted={active.index === null ? [] : [active.index]}
          onScroll={scroll.onScroll}
          onResize={scroll.onResize}
          itemSize={guessedRowPx}
          bufferSize={drawnAheadPx}
        >
          {(row) => drawRow(row, props, active)}
        </Virtualizer>
      </div>
      <NewestButton shown={!scroll.atEnd} count={scroll.newCount} onPress={scroll.toEnd} />
    </div>
  )
}

function drawRow(row: Row, props: MessageLogProps, active: ReturnType<typeof useActiveMessage>) {
  const { tallies, verbs, editing, onEditing, startAt } = props
  const { id = null, pos = null } = row.kind === 'message' ? row.message : {}
  return (
    <LogRow
      key={row.key}
      row={row}
      tallies={id === null ? undefined : tallies.get(id)}
      verbs={verbs}
      active={row.key === active.key}
      editing={row.key === editing}
      target={pos !== null && pos === startAt}
      onActivate={active.choose}
      onEditing={onEditing}
    />
  )
}
