import { FileRow } from './file-row.tsx'
import { isShownImage } from './is-shown-image.ts'
import type { MessageFile } from './message-file.ts'
import styles from './message-files.module.css'
import { MessageImage } from './message-image.tsx'
import type { Size } from './shown-size.ts'

export interface MessageFilesProps {
  files: readonly MessageFile[]
  /** Whether the message is in the log. */
  isSent: boolean
}

/** The files of a message: images whose size is known as such, the others as rows below them. */
export function MessageFiles({ files, isSent }: MessageFilesProps) {
  const images = files.filter(isImageOfKnownSize)
  const others = files.filter((file) => !isImageOfKnownSize(file))
  return (
    <div className={styles.files}>
      {images.length > 0 && (
        <div className={styles.images}>
          {images.map((file) => (
            <MessageImage key={file.id} file={file} isAlone={images.length === 1} isSent={isSent} />
          ))}
        </div>
      )}
      {others.map((file) => (
        <FileRow key={file.id} file={file} />
      ))}
    </div>
  )
}

/** Of another image it is not known how much room it needs. */
function isImageOfKnownSize(file: MessageFile): file is MessageFile & Size {
  return isShownImage(file.type) && file.width !== undefined && file.height !== undefined
}
