import { type KeyboardEvent, useMemo, useRef } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import type { Message } from '../messages/message.ts'
import type { MessageCommands } from '../messages/message-commands.ts'
import type { Tallies } from '../reactions/tallies.ts'
import { LogRow } from './log-row.tsx'
import { buildLogRows, type Row } from './log-rows.ts'
import styles from './message-log.module.css'
import { NewestButton } from './newest-button.tsx'
import { useActiveMessage } from './use-active-message.ts'
import { type LogEdges, useLogScroll } from './use-log-scroll.ts'

export interface MessageLogProps {
  /** The label for screen readers: “Messages in general”. */
  label: string
  messages: readonly Message[]
  readUpTo: number | null
  tallies: Tallies
  commands: MessageCommands
  /** The key of the message whose text is being changed. */
  editing: string | null
  onEditing: (key: string | null) => void
  /** The position to start at; null for the newest. */
  startAt: number | null
  edges: LogEdges
}

const estimatedRowPx = 44
const overscanPx = 600

/**
 * chat/message-log/: how is the history laid out in rows, scrolled, and reached by keys?
 *
 * The history of a channel: a virtual list that sticks to its end until the reader scrolls away.
 */
export function MessageLog(props: MessageLogProps) {
  const { label, messages, readUpTo, startAt, edges } = props
  // Not deferred: the list reads its length during the render, so a render that React starts and discards would
  // shift the scroll position by the height of the older page twice.
  const rows = useMemo(() => buildLogRows({ messages, readUpTo }), [messages, readUpTo])
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
        // New messages are announced by MessageAnnouncer; rows that scrolling adds must not be.
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
          itemSize={estimatedRowPx}
          bufferSize={overscanPx}
        >
          {(row) => drawRow(row, props, active)}
        </Virtualizer>
      </div>
      <NewestButton shown={!scroll.atEnd} count={scroll.newCount} onPress={scroll.toEnd} />
    </div>
  )
}

function drawRow(row: Row, props: MessageLogProps, active: ReturnType<typeof useActiveMessage>) {
  const { tallies, commands, editing, onEditing, startAt } = props
  const { id = null, pos = null } = row.kind === 'message' ? row.message : {}
  return (
    <LogRow
      key={row.key}
      row={row}
      tallies={id === null ? undefined : tallies.get(id)}
      commands={commands}
      active={row.key === active.key}
      editing={row.key === editing}
      target={pos !== null && pos === startAt}
      onActivate={active.choose}
      onEditing={onEditing}
    />
  )
}
