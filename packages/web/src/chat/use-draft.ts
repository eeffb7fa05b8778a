import { useCallback, useState } from 'react'

const prefix = 'dovetail.draft.'

function stored(channel: string): string {
  try {
    return localStorage.getItem(prefix + channel) ?? ''
  } catch {
    return ''
  }
}

function keep(channel: string, draft: string): void {
  try {
    if (draft === '') localStorage.removeItem(prefix + channel)
    else localStorage.setItem(prefix + channel, draft)
  } catch {
    // Full or forbidden storage costs the draft on a reload, not the typing of it.
  }
}

/** What one has begun to write in a channel; it survives a reload. */
export function useDraft(channel: string): [string, (draft: string) => void] {
  const [draft, setDraft] = useState(() => stored(channel))
  const change = useCallback(
    (next: string) => {
      setDraft(next)
      keep(channel, next)
    },
    [channel],
  )
  return [draft, change]
}
