import { useState } from 'react'

const key = 'dovetail.operator'

export interface OperatorToken {
  /** `null`: nobody has signed in as an operator in this tab. */
  readonly token: string | null
  set(token: string): void
  clear(): void
}

/** The token of an admin or a service, which this tab alone keeps, and only until it is closed. */
export function useOperatorToken(): OperatorToken {
  const [token, setToken] = useState(() => sessionStorage.getItem(key))
  return {
    token,
    set: (given) => {
      sessionStorage.setItem(key, given)
      setToken(given)
    },
    clear: () => {
      sessionStorage.removeItem(key)
      setToken(null)
    },
  }
}
