import { Field } from '../../../ui/forms/field.tsx'

export interface TextFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
}

/** A field for a name: nothing is completed or corrected. */
export function TextField({ label, value, onChange }: TextFieldProps) {
  return (
    <Field label={label}>
      {(parts) => (
        <input
          {...parts}
          value={value}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

export interface ChoiceFieldProps<Choice extends string> {
  label: string
  choices: readonly Choice[]
  value: Choice
  disabled?: boolean
  onChange: (choice: Choice) => void
}

export function ChoiceField<Choice extends string>(props: ChoiceFieldProps<Choice>) {
  const { label, choices, value, disabled = false, onChange } = props
  const choose = (text: string) => {
    const choice = choices.find((each) => each === text)
    if (choice !== undefined) onChange(choice)
  }
  return (
    <Field label={label}>
      {(parts) => (
        <select {...parts} value={value} disabled={disabled} onChange={(event) => choose(event.target.value)}>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      )}
    </Field>
  )
}
