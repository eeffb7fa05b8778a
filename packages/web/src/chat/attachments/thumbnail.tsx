import { useEffect, useRef, useState } from 'react'
import { FileIcon } from '../files/file-icon.tsx'
import { isShownImage } from '../files/is-shown-image.ts'
import styles from './thumbnail.module.css'

const sidePx = 40

/** A small picture of a file that is not sent yet. It is drawn, since the page's policy loads no image from memory. */
export function Thumbnail({ file }: { file: File }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [isImage, setImage] = useState(isShownImage(file.type))
  useEffect(() => {
    if (!isImage) return
    let isOver = false
    createImageBitmap(file).then(
      (bitmap) => {
        if (!isOver && canvas.current !== null) cover(canvas.current, bitmap)
        bitmap.close()
      },
      () => isOver || setImage(false),
    )
    return () => {
      isOver = true
    }
  }, [file, isImage])
  return (
    <span className={styles.frame} aria-hidden>
      {isImage ? <canvas ref={canvas} className={styles.picture} /> : <FileIcon type={file.type} />}
    </span>
  )
}

/** Fills the canvas with the middle of the picture. */
function cover(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  const side = Math.round(sidePx * window.devicePixelRatio)
  canvas.width = side
  canvas.height = side
  const part = Math.min(bitmap.width, bitmap.height)
  const [left, top] = [(bitmap.width - part) / 2, (bitmap.height - part) / 2]
  canvas.getContext('2d')?.drawImage(bitmap, left, top, part, part, 0, 0, side, side)
}
