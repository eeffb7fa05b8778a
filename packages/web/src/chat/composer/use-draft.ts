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
    // Without storage the draft is lost on a reload, but can be typed.
  }
}

/** The unsent text of a channel; it survives a reload. */
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
