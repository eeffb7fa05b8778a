import { SmilePlus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { IconButton } from '../icon-button.tsx'
import type { EmojiPickerProps } from './emoji-picker.tsx'

const EmojiPicker = lazy(() => import('./emoji-picker.tsx').then((module) => ({ default: module.EmojiPicker })))

/** The button of the emoji picker, which is loaded at the first press. */
export function EmojiButton(props: EmojiPickerProps) {
  const [wanted, setWanted] = useState(false)
  const button = <IconButton icon={SmilePlus} label={props.label} onClick={() => setWanted(true)} />
  if (!wanted) return button
  return (
    <Suspense fallback={button}>
      <EmojiPicker {...props} />
    </Suspense>
  )
}
