import { useCallback, useRef, useState } from 'react'
import type { Side } from './side.ts'

const wide = '(width >= 1100px)'

/** What stands beside the conversation: people where there is room for them, else what one asks for. */
export function useSide(): [Side, (side: Side) => void] {
  const [side, setSide] = useState<Side>(() => (matchMedia(wide).matches ? 'people' : 'none'))
  const before = useRef<Side>('none')
  const change = useCallback(
    (next: Side) => {
      if (next === 'search') before.current = side
      // A search that is closed gives way to what it stood in the place of.
      setSide(side === 'search' && next === 'none' && matchMedia(wide).matches ? before.current : next)
    },
    [side],
  )
  return [side, change]
}
