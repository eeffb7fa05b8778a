import type { ButtonHTMLAttributes, Ref } from 'react'
import styles from './button.module.css'
import { classes } from './classes.ts'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `solid` is the one thing to do here, `quiet` everything else, `danger` what can't be undone. */
  look?: 'solid' | 'quiet' | 'danger'
  ref?: Ref<HTMLButtonElement>
}

export function Button({ look = 'quiet', className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={classes(styles.button, styles[look], className)} {...rest} />
}
