import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/forms/field.tsx'
import styles from './operator.module.css'

export function SignInForm({ onToken }: { onToken: (token: string) => void }) {
  const [text, setText] = useState('')
  return (
    <form
      className={styles.line}
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() !== '') onToken(text.trim())
      }}
    >
      <Field label="Token">
        {(parts) => (
          <input
            {...parts}
            type="password"
            value={text}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" disabled={text.trim() === ''}>
        Show more
      </Button>
    </form>
  )
}
