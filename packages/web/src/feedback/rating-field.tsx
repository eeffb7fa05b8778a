import { Star } from 'lucide-react'
import { useId } from 'react'
import styles from './rating-field.module.css'

export interface RatingFieldProps {
  /** 1 to 5; 0 before one is chosen. */
  value: number
  problem: string | undefined
  onChange: (value: number) => void
}

const choices = [1, 2, 3, 4, 5]

export function RatingField({ value, problem, onChange }: RatingFieldProps) {
  const id = useId()
  return (
    <fieldset className={styles.field} aria-describedby={problem === undefined ? undefined : `${id}-note`}>
      <legend className={styles.legend}>Rating</legend>
      <div className={styles.stars}>
        {choices.map((choice) => (
          <label key={choice} className={styles.star} data-filled={choice <= value ? '' : undefined}>
            <input
              className="unseen"
              type="radio"
              name={id}
              checked={choice === value}
              onChange={() => onChange(choice)}
              aria-label={choice === 1 ? '1 star' : `${choice} stars`}
            />
            <Star size={20} aria-hidden />
          </label>
        ))}
      </div>
      {problem !== undefined && (
        <p id={`${id}-note`} className={styles.problem}>
          {problem}
        </p>
      )}
    </fieldset>
  )
}
