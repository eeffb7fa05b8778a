import type { LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, Ref } from 'react'
import { classNames } from './class-names.ts'
import styles from './icon-button.module.css'

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'title' | 'aria-label'> {
  icon: LucideIcon
  /** Read by screen readers, and shown as the tooltip. */
  label: string
  ref?: Ref<HTMLButtonElement>
}

export function IconButton({ icon: Icon, label, className, type = 'button', ...rest }: IconButtonProps) {
  return (
    <button type={type} className={classNames(styles.button, className)} aria-label={label} title={label} {...rest}>
      <Icon size={16} aria-hidden />
    </button>
  )
}
