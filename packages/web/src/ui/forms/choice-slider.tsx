import { useId } from 'react'
import styles from './choice-slider.module.css'

export interface ChoiceSliderProps {
  label: string
  /** The values to choose from, ascending. */
  choices: readonly number[]
  value: number
  /** The text of a value: “5 /s”. */
  format: (choice: number) => string
  onChange: (choice: number) => void
}

/** A slider over a list of values, which need not be evenly spaced. */
export function ChoiceSlider({ label, choices, value, format, onChange }: ChoiceSliderProps) {
  const id = useId()
  const index = Math.max(0, choices.indexOf(value))
  return (
    <div className={styles.slider}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {/* Hidden from screen readers: the slider announces its value, and an <output> would repeat it. */}
      <span className={styles.value} aria-hidden>
        {format(value)}
      </span>
      <input
        id={id}
        className={styles.track}
        type="range"
        min={0}
        max={choices.length - 1}
        step={1}
        value={index}
        aria-valuetext={format(value)}
        onChange={(event) => onChange(choices[Number(event.target.value)] ?? value)}
      />
    </div>
  )
}
