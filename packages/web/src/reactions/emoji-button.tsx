import { SmilePlus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { IconButton } from '../ui/icon-button.tsx'
import type { EmojiPickerProps } from './emoji-picker.tsx'

const EmojiPicker = lazy(() => import('./emoji-picker.tsx').then((module) => ({ default: module.EmojiPicker })))

/** The picker's button; the picker itself is loaded when it is first wanted. */
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
