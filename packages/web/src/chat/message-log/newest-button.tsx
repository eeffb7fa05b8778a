import { ArrowDown } from 'lucide-react'
import styles from './newest-button.module.css'

export interface NewestButtonProps {
  shown: boolean
  count: number
  onPress: () => void
}

/** Goes back to the newest message; shows how many arrived meanwhile. */
export function NewestButton({ shown, count, onPress }: NewestButtonProps) {
  if (!shown) return null
  return (
    <button type="button" className={styles.button} onClick={onPress}>
      <ArrowDown size={16} aria-hidden />
      {count === 0 ? 'Newest' : `${count} new`}
    </button>
  )
}
