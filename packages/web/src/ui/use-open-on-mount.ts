import { useEffect, useRef, useState } from 'react'

/**
 * For a popover that is loaded by the first press of its button: opens it once it is loaded. The trigger is focused
 * first, so that the focus returns to it when the popover closes.
 */
export function useOpenOnMount() {
  const trigger = useRef<HTMLButtonElement>(null)
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    trigger.current?.focus()
    setOpen(true)
  }, [])
  return { trigger, isOpen, setOpen }
}
