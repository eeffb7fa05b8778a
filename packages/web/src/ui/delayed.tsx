import { type ReactNode, useEffect, useState } from 'react'

const patienceMs = 300 // content that comes sooner needs no skeleton; one that flashes is worse than none

/** Shows its children only if it is still mounted after 300 ms. */
export function Delayed({ children }: { children: ReactNode }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patienceMs)
    return () => clearTimeout(timer)
  }, [])
  return late ? children : null
}
