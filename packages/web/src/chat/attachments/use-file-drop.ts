import { useEffect, useState } from 'react'

/** Takes files that are dropped anywhere on the page; gives whether files are being dragged over it. */
export function useFileDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const control = new AbortController()
    const { signal } = control
    const withFiles = (run: (event: DragEvent, data: DataTransfer) => void) => (event: DragEvent) => {
      const data = event.dataTransfer
      if (data === null || !data.types.includes('Files')) return
      // Otherwise the browser leaves the page, and opens the file.
      event.preventDefault()
      run(event, data)
    }
    window.addEventListener(
      'dragover',
      withFiles((_event, data) => {
        data.dropEffect = 'copy'
        setOver(true)
      }),
      { signal },
    )
    window.addEventListener('dragleave', ({ relatedTarget }) => relatedTarget === null && setOver(false), { signal })
    window.addEventListener(
      'drop',
      withFiles((_event, data) => {
        setOver(false)
        onFiles([...data.files])
      }),
      { signal },
    )
    return () => control.abort()
  }, [onFiles])
  return isOver
}
