import { X } from 'lucide-react'
import { useState } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { IconButton } from '../../ui/icon-button.tsx'
import styles from './image-viewer.module.css'
import type { MessageFile } from './message-file.ts'
import { SaveButton } from './save-button.tsx'
import type { Size } from './shown-size.ts'

export interface ImageViewerProps {
  file: MessageFile & Size
  url: string
  onClose: () => void
}

/** An image as large as the window lets it be. Escape and a press beside it close it. */
export function ImageViewer({ file, url, onClose }: ImageViewerProps) {
  const { name, alt, width, height } = file
  const [failed, setFailed] = useState(false)
  return (
    <ModalOverlay className={styles.overlay ?? ''} isOpen isDismissable onOpenChange={(open) => open || onClose()}>
      <Modal className={styles.modal ?? ''}>
        <AriaDialog className={styles.dialog ?? ''}>
          <header className={styles.head}>
            <Heading slot="title" level={2} className={styles.title ?? ''}>
              {name}
            </Heading>
            <SaveButton file={file} onFailed={setFailed} />
            <IconButton icon={X} label="Close" onClick={onClose} />
          </header>
          <img className={styles.image} src={url} alt={alt ?? name} width={width} height={height} />
          {failed && (
            <p className={styles.words} role="alert">
              This file can’t be loaded now.
            </p>
          )}
          {alt !== undefined && <p className={styles.words}>{alt}</p>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
