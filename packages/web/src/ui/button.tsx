import type { ButtonHTMLAttributes, Ref } from 'react'
import styles from './button.module.css'
import { classNames } from './class-names.ts'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `solid` for the main action, `danger` for one that can't be undone, `quiet` for all others. */
  variant?: 'solid' | 'quiet' | 'danger'
  ref?: Ref<HTMLButtonElement>
}

/**
 * ui/: which controls are the pages built from?
 *
 * A button of the app.
 */
export function Button({ variant = 'quiet', className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={classNames(styles.button, styles[variant], className)} {...rest} />
}
