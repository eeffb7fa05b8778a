import { useCallback, useRef, useState } from 'react'

/** What stands beside a conversation. */
export type SidePanel = 'none' | 'people' | 'search'

const wide = '(width >= 1100px)'

/** The panel beside the conversation: people if the window is wide enough, else the one that was opened. */
export function useSidePanel(): [SidePanel, (sidePanel: SidePanel) => void] {
  const [sidePanel, setSidePanel] = useState<SidePanel>(() => (matchMedia(wide).matches ? 'people' : 'none'))
  const before = useRef<SidePanel>('none')
  const change = useCallback(
    (next: SidePanel) => {
      if (next === 'search') before.current = sidePanel
      // A closed search is replaced by the panel that it replaced.
      setSidePanel(sidePanel === 'search' && next === 'none' && matchMedia(wide).matches ? before.current : next)
    },
    [sidePanel],
  )
  return [sidePanel, change]
}
