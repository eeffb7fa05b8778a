import { DovetailError } from 'dovetail-client'
import { useCallback, useState } from 'react'

/** Runs an action that the server may refuse, and keeps the reason. */
export function useAttempt() {
  const [problem, setProblem] = useState<string | null>(null)
  const attempt = useCallback(async (act: () => Promise<unknown>) => {
    setProblem(null)
    try {
      await act()
    } catch (error) {
      setProblem(error instanceof DovetailError ? error.detail : String(error))
    }
  }, [])
  return { problem, attempt }
}
