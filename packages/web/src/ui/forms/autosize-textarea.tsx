import { type FocusEvent, type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import styles from './autosize-textarea.module.css'

export interface AutosizeTextareaProps {
  label: string
  value: string
  onChange: (value: string) => void
  /** On Enter without Shift, and not while an input method composes. */
  onEnter: () => void
  onEscape?: () => void
  /** On arrow up in an empty field. */
  onArrowUp?: () => void
  placeholder?: string
  maxLength?: number
  autoFocus?: boolean
  ref?: Ref<HTMLTextAreaElement>
}

const growsByItself = CSS.supports('field-sizing', 'content')

/** A text field that grows with its text, from one line to eight. */
export function AutosizeTextarea(props: AutosizeTextareaProps) {
  const { label, value, onChange, onEnter, onEscape, onArrowUp, ref, ...rest } = props
  const field = useRef<HTMLTextAreaElement>(null)
  useImperativeHandle(ref, () => field.current as HTMLTextAreaElement, [])

  useEffect(() => {
    if (growsByItself || field.current === null || value === null) return
    field.current.style.height = 'auto'
    field.current.style.height = `${field.current.scrollHeight}px`
  }, [value])

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Safari ends a composition before its Enter arrives and marks that one with 229 only.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      onEnter()
    } else if (event.key === 'Escape' && onEscape !== undefined) {
      event.stopPropagation()
      onEscape()
    } else if (event.key === 'ArrowUp' && value === '' && onArrowUp !== undefined) {
      event.preventDefault()
      onArrowUp()
    }
  }

  return (
    <textarea
      ref={field}
      className={styles.field}
      aria-label={label}
      rows={1}
      dir="auto"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={onKeyDown}
      onFocus={caretToEnd}
      {...rest}
    />
  )
}

function caretToEnd(event: FocusEvent<HTMLTextAreaElement>): void {
  const { value } = event.target
  event.target.setSelectionRange(value.length, value.length)
}
