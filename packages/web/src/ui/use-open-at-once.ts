import { useEffect, useRef, useState } from 'react'

/**
 * For what opens over the page and is loaded by the first press of its button: it opens when it is there, from a
 * button that has the focus by then, so that the focus comes back to it.
 */
export function useOpenAtOnce() {
  const trigger = useRef<HTMLButtonElement>(null)
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    trigger.current?.focus()
    setOpen(true)
  }, [])
  return { trigger, isOpen, setOpen }
}
