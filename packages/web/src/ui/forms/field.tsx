import { type ReactNode, useId } from 'react'
import styles from './field.module.css'

/** Attributes that tie a control to its label, hint and problem. */
export interface FieldParts {
  id: string
  className: string | undefined
  'aria-describedby': string | undefined
  'aria-invalid': boolean | undefined
}

export interface FieldProps {
  label: string
  hint?: string | undefined
  /** Why the value was refused, in a sentence. */
  problem?: string | undefined
  children: (parts: FieldParts) => ReactNode
}

/** A labelled control with its hint or problem, which screen readers announce too. */
export function Field({ label, hint, problem, children }: FieldProps) {
  const id = useId()
  const note = problem ?? hint
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        className: styles.control,
        'aria-describedby': note === undefined ? undefined : `${id}-note`,
        'aria-invalid': problem === undefined ? undefined : true,
      })}
      {note !== undefined && (
        <p id={`${id}-note`} className={problem === undefined ? styles.hint : styles.problem}>
          {note}
        </p>
      )}
    </div>
  )
}
