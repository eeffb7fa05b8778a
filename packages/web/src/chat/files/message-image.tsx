import { ImageOff } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import type { MessageFile } from './message-file.ts'
import styles from './message-image.module.css'
import { type Size, shownSize } from './shown-size.ts'
import { useFileAddress } from './use-file-address.ts'

const ImageViewer = lazy(() => import('./image-viewer.tsx').then((module) => ({ default: module.ImageViewer })))

export interface MessageImageProps {
  file: MessageFile & Size
  /** Whether the message has no other file. */
  isAlone: boolean
  /** Whether the message is in the log. */
  isSent: boolean
}

/** An image of a message, as large from the start as it will be. Pressed, it opens in full. */
export function MessageImage({ file, isAlone, isSent }: MessageImageProps) {
  const { url, isFailed, fail, retry } = useFileAddress(file.id, isSent)
  const [isOpen, setOpen] = useState(false)
  const { width, height } = shownSize(file, isAlone)
  const alt = file.alt ?? file.name
  const style = { width, aspectRatio: `${width} / ${height}` }
  if (isFailed) {
    return (
      <button type="button" className={styles.failed} style={style} title={alt} onClick={retry}>
        <ImageOff size={16} aria-hidden />
        <span>Not loaded. Try again?</span>
      </button>
    )
  }
  return (
    <>
      <button type="button" className={styles.image} style={style} title={file.name} onClick={() => setOpen(true)}>
        {url === null ? (
          <span className="unseen">{alt}</span>
        ) : (
          <img src={url} alt={alt} width={width} height={height} loading="lazy" decoding="async" onError={fail} />
        )}
      </button>
      <Suspense>
        {isOpen && url !== null && <ImageViewer file={file} url={url} onClose={() => setOpen(false)} />}
      </Suspense>
    </>
  )
}
