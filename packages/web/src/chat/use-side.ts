import { useState } from 'react'
import type { Side } from './side.ts'

const wide = '(width >= 1100px)'

/** What stands beside the conversation: people where there is room for them, else what one asks for. */
export function useSide(): [Side, (side: Side) => void] {
  return useState<Side>(() => (matchMedia(wide).matches ? 'people' : 'none'))
}
