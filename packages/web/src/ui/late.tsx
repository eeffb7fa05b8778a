import { type ReactNode, useEffect, useState } from 'react'

const patienceMs = 300 // what comes sooner needs no skeleton; one that flashes is worse than none

/** Shows its children only when they are still wanted after 300 ms. */
export function Late({ children }: { children: ReactNode }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patienceMs)
    return () => clearTimeout(timer)
  }, [])
  return late ? children : null
}
