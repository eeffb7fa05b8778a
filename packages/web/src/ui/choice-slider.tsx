import { useId } from 'react'
import styles from './choice-slider.module.css'

export interface ChoiceSliderProps {
  label: string
  /** What one can choose, in rising order. */
  choices: readonly number[]
  value: number
  /** How a choice is read: “5 /s”. */
  words: (choice: number) => string
  onChange: (choice: number) => void
}

/** A slider over a few chosen values, which need not be evenly apart. */
export function ChoiceSlider({ label, choices, value, words, onChange }: ChoiceSliderProps) {
  const id = useId()
  const place = Math.max(0, choices.indexOf(value))
  return (
    <div className={styles.slider}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {/* For eyes: the slider itself says its value, and an <output> would say it twice. */}
      <span className={styles.value} aria-hidden>
        {words(value)}
      </span>
      <input
        id={id}
        className={styles.track}
        type="range"
        min={0}
        max={choices.length - 1}
        step={1}
        value={place}
        aria-valuetext={words(value)}
        onChange={(event) => onChange(choices[Number(event.target.value)] ?? value)}
      />
    </div>
  )
}
