import { useState } from 'react'
import { FileIcon } from './file-icon.tsx'
import { fileKind } from './file-kind.ts'
import styles from './file-row.module.css'
import { formatSize } from './format-size.ts'
import type { MessageFile } from './message-file.ts'
import { SaveButton } from './save-button.tsx'

/** A file that is no image: its name, sort and size, and a button that saves it. */
export function FileRow({ file }: { file: MessageFile }) {
  const [failed, setFailed] = useState(false)
  return (
    <div className={styles.row}>
      <span className={styles.icon}>
        <FileIcon type={file.type} />
      </span>
      <div className={styles.facts}>
        <span className={styles.name} dir="auto" title={file.name}>
          {file.name}
        </span>
        <span className={styles.kind} role={failed ? 'alert' : undefined}>
          {failed ? 'This file can’t be loaded now.' : `${fileKind(file)} · ${formatSize(file.size)}`}
        </span>
      </div>
      <SaveButton file={file} onFailed={setFailed} />
    </div>
  )
}
