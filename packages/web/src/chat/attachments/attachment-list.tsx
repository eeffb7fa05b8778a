import { useSyncExternalStore } from 'react'
import styles from './attachment-list.module.css'
import { AttachmentRow } from './attachment-row.tsx'
import type { Attachment, Attachments } from './attachments.ts'

export interface AttachmentListProps {
  attachments: Attachments
  /** The message is sent as soon as its files are there. */
  isHeld: boolean
  /** A row was removed: the focus goes elsewhere. */
  onRemoved: () => void
}

/** Above the field: the files that go with the message, and how far each is. */
export function AttachmentList({ attachments, isHeld, onRemoved }: AttachmentListProps) {
  const { list, note } = useSyncExternalStore(attachments.subscribe, attachments.getSnapshot)
  return (
    <>
      {list.length > 0 && (
        <ul className={styles.list} aria-label="Files of this message">
          {list.map((attachment) => (
            <AttachmentRow
              key={attachment.key}
              attachment={attachment}
              onDescribe={(alt) => attachments.describe(attachment.key, alt)}
              onRetry={() => attachments.retry(attachment.key)}
              onRemove={() => {
                attachments.remove(attachment.key)
                onRemoved()
              }}
            />
          ))}
        </ul>
      )}
      {note !== null && <p className={styles.note}>{note}</p>}
      <p className={isHeld ? styles.note : 'unseen'} role="status">
        {isHeld ? 'Sent as soon as the files are uploaded.' : progressOf(list)}
      </p>
    </>
  )
}

/** For screen readers: changes with each file that is done, not with each piece of it. */
function progressOf(list: readonly Attachment[]): string {
  if (list.length === 0) return ''
  const count = (state: Attachment['upload']['state']) => list.filter(({ upload }) => upload.state === state).length
  const failed = count('failed')
  return `${count('uploaded')} of ${list.length} uploaded${failed === 0 ? '' : `, ${failed} failed`}`
}
