import { useCallback, useEffect, useState } from 'react'
import { useChannelFiles } from './channel-files.ts'

export interface FileAddressState {
  /** Null: not known yet. */
  readonly url: string | null
  readonly isFailed: boolean
  /** What is at the address could not be loaded. */
  readonly fail: () => void
  readonly retry: () => void
}

/**
 * Where a page loads a file from. `isOpen`: a record refers to it, so whoever may read the channel may load it. The
 * address stays the same while the file is shown: the image of one's own message does not load again once it is sent.
 */
export function useFileAddress(id: string, isOpen: boolean): FileAddressState {
  const files = useChannelFiles()
  const [url, setUrl] = useState(() => (isOpen ? files.openAddress(id) : null))
  const [attempt, setAttempt] = useState(0)
  const [isFailed, setFailed] = useState(false)
  const isKnown = url !== null
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again
  useEffect(() => {
    if (isKnown) return
    let isOver = false
    files.signedAddress(id).then(
      (found) => isOver || setUrl(found),
      () => isOver || setFailed(true),
    )
    return () => {
      isOver = true
    }
  }, [files, id, isKnown, attempt])
  const fail = useCallback(() => setFailed(true), [])
  const retry = useCallback(() => {
    setFailed(false)
    setUrl(null)
    setAttempt((count) => count + 1)
  }, [])
  return { url, isFailed, fail, retry }
}
