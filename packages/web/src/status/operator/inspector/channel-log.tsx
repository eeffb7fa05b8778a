import type { Change } from 'dovetail-protocol'
import { useState } from 'react'
import { Button } from '../../../ui/button.tsx'
import { formatClock } from '../format-time.ts'
import styles from './inspector.module.css'
import { type RecordAddress, revisionsOf } from './log-state.ts'

/** The changes of a channel as they come; one record's revisions, where one is chosen. */
export function ChannelLog({ changes }: { changes: readonly Change[] }) {
  const [chosen, choose] = useState<RecordAddress | null>(null)
  const shown = chosen === null ? changes : revisionsOf(changes, chosen)
  return (
    <div className={styles.part}>
      <div className={styles.head}>
        <h3 className={styles.title}>{chosen === null ? 'Log' : `Revisions of ${chosen.collection}/${chosen.id}`}</h3>
        {chosen !== null && <Button onClick={() => choose(null)}>All changes</Button>}
      </div>
      <p className={styles.about}>
        {chosen === null
          ? 'The newest first, as they are committed. A record’s id shows its revisions.'
          : 'Those that were committed while this was open: the log itself keeps a record’s newest state.'}
      </p>
      {shown.length === 0 ? (
        <p className={styles.about}>No change yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <section className={styles.log} tabIndex={0} aria-label="Changes">
          <ol className={styles.changes}>
            {shown.map(({ collection, record }) => (
              <li key={`${record.rev} ${collection} ${record.id}`} className={styles.change}>
                <span className={styles.rev}>{record.rev}</span>
                <span className={styles.time}>{record.deleted === true ? '' : formatClock(record.updatedAt)}</span>
                <button type="button" className={styles.record} onClick={() => choose({ collection, id: record.id })}>
                  {collection}/{record.id}
                </button>
                <span className={styles.author}>{record.deleted === true ? '' : record.author}</span>
                <code className={styles.data}>{textOf(record)}</code>
              </li>
            ))}
          </ol>
        </section>
      )}
    </div>
  )
}

const maxLength = 500

function textOf(record: Change['record']): string {
  if (record.deleted === true) return 'deleted'
  const text = JSON.stringify(record.data) ?? ''
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
}
