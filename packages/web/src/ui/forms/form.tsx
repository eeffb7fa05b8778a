import type { ReactNode } from 'react'
import { Button } from '../button.tsx'
import styles from './form.module.css'
import type { Submission } from './use-submission.ts'

export interface FormProps {
  submission: Submission
  action: string
  /** False while there is nothing to send yet. */
  ready?: boolean
  children: ReactNode
}

/**
 * ui/forms/: how is something entered, and how is a refusal shown beside its field?
 *
 * Fields, the problem that belongs to no single field, and the submit button.
 */
export function Form({ submission, action, ready = true, children }: FormProps) {
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) void submission.submit()
      }}
    >
      {children}
      <div className={styles.end}>
        <p className={styles.problem} role="alert">
          {submission.problem}
        </p>
        <Button variant="solid" type="submit" disabled={submission.underWay || !ready}>
          {action}
        </Button>
      </div>
    </form>
  )
}
