import type { ClipboardEvent } from 'react'
import type { Attachments } from './attachments.ts'
import { findPastedFiles } from './find-pasted-files.ts'

/** Takes the files of a paste; anything else is pasted as ever. */
export function pasteInto(attachments: Attachments): (event: ClipboardEvent) => void {
  return (event) => {
    const files = findPastedFiles({
      files: [...event.clipboardData.files],
      text: event.clipboardData.getData('text/plain'),
    })
    if (files.length === 0) return
    event.preventDefault()
    attachments.add(files)
  }
}
