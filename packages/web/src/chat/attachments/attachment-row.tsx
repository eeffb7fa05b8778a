import { Check, CircleAlert, RotateCw, X } from 'lucide-react'
import { IconButton } from '../../ui/icon-button.tsx'
import { formatSize } from '../files/format-size.ts'
import { isShownImage } from '../files/is-shown-image.ts'
import styles from './attachment-row.module.css'
import type { Attachment } from './attachments.ts'
import { Thumbnail } from './thumbnail.tsx'

export interface AttachmentRowProps {
  attachment: Attachment
  onDescribe: (alt: string) => void
  onRetry: () => void
  onRemove: () => void
}

const maxAltLength = 1000

export function AttachmentRow({ attachment, onDescribe, onRetry, onRemove }: AttachmentRowProps) {
  const { file, name, alt, upload } = attachment
  const isUnderWay = upload.state === 'waiting' || upload.state === 'uploading'
  return (
    <li className={styles.row} data-state={upload.state}>
      <Thumbnail file={file} />
      <div className={styles.main}>
        <div className={styles.facts}>
          <span className={styles.name} dir="auto" title={name}>
            {name}
          </span>
          <span className={styles.size}>{formatSize(file.size)}</span>
          {upload.state === 'uploaded' && <Check size={16} className={styles.done} aria-label="Uploaded" />}
        </div>
        <Below attachment={attachment} />
        {upload.state !== 'failed' && isShownImage(file.type) && (
          <input
            className={styles.alt}
            aria-label={`Description of ${name}, for people who can’t see it`}
            placeholder="Describe it for people who can’t see it"
            maxLength={maxAltLength}
            dir="auto"
            value={alt}
            onChange={(event) => onDescribe(event.target.value)}
          />
        )}
      </div>
      {upload.state === 'failed' && upload.mayRetry && (
        <IconButton icon={RotateCw} label={`Upload ${name} again`} onClick={onRetry} />
      )}
      <IconButton icon={X} label={isUnderWay ? `Cancel the upload of ${name}` : `Remove ${name}`} onClick={onRemove} />
    </li>
  )
}

/** How far the upload is, or why it failed. Its room is kept when it is done. */
function Below({ attachment: { file, name, upload } }: { attachment: Attachment }) {
  switch (upload.state) {
    case 'waiting':
      return <progress className={styles.bar} aria-label={`Upload of ${name}`} max={file.size} value={0} />
    case 'uploading':
      return <progress className={styles.bar} aria-label={`Upload of ${name}`} max={file.size} value={upload.sent} />
    case 'uploaded':
      return <span className={styles.bar} data-done="" />
    case 'failed':
      return (
        <p className={styles.reason} role="alert">
          <CircleAlert size={16} aria-hidden />
          {upload.reason}
        </p>
      )
    default:
      return upload satisfies never
  }
}
