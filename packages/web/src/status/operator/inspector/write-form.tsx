import { useState } from 'react'
import { Button } from '../../../ui/button.tsx'
import { Field } from '../../../ui/forms/field.tsx'
import type { OperatorRequest } from '../operator-request.ts'
import styles from './inspector.module.css'
import { ChoiceField, TextField } from './text-field.tsx'
import { useTrialWrite } from './use-trial-write.ts'

export interface WriteFormProps {
  request: OperatorRequest
  channel: string
  collections: readonly string[]
}

/** Writes a record as the operator, to see whether and why it is refused. */
export function WriteForm({ request, channel, collections }: WriteFormProps) {
  const [collection, setCollection] = useState(collections[0] ?? '')
  const [id, setId] = useState('')
  const [data, setData] = useState('{}')
  const { outcome, underWay, write } = useTrialWrite(request, channel)
  return (
    <form
      className={styles.part}
      aria-label="Try a write"
      onSubmit={(event) => {
        event.preventDefault()
        void write({ collection, id: id.trim(), data })
      }}
    >
      <h3 className={styles.title}>Try a write</h3>
      <p className={styles.about}>This is a real write under the name of your token: readers see it.</p>
      <div className={styles.pair}>
        <ChoiceField label="Collection" choices={collections} value={collection} onChange={setCollection} />
        <TextField label="Record id (optional)" value={id} onChange={setId} />
      </div>
      <Field label="Data, as JSON">
        {(parts) => (
          <textarea {...parts} rows={3} value={data} spellCheck={false} onChange={(e) => setData(e.target.value)} />
        )}
      </Field>
      <div className={styles.end}>
        <p className={styles.outcome} role="status" data-done={outcome?.isDone ?? true}>
          {outcome?.text}
        </p>
        <Button type="submit" disabled={underWay || collection === ''}>
          Write
        </Button>
      </div>
    </form>
  )
}
