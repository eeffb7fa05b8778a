import { ArrowDown } from 'lucide-react'
import styles from './newest-button.module.css'

export interface NewestButtonProps {
  shown: boolean
  count: number
  onPress: () => void
}

/** Leads back to the newest message, with the number of those that came meanwhile. */
export function NewestButton({ shown, count, onPress }: NewestButtonProps) {
  if (!shown) return null
  return (
    <button type="button" className={styles.button} onClick={onPress}>
      <ArrowDown size={16} aria-hidden />
      {count === 0 ? 'Newest' : `${count} new`}
    </button>
  )
}
