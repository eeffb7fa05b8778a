import { type FormEvent, useState } from 'react'
import { useLive, usePresence } from './hooks.ts'

export function Chat() {
  const live = useLive('chat:general', 'messages', { limit: 50 })
  const { users } = usePresence('chat:general')
  const [text, setText] = useState('')

  function send(event: FormEvent) {
    event.preventDefault()
    live.create({ text })
    setText('')
  }

  return (
    <main>
      <h1>A live list</h1>
      <p>{users.length} here</p>
      <ul>
        {live.records.map((row) => (
          <li key={row.key} data-status={row.status}>
            {row.data.text}
          </li>
        ))}
      </ul>
      <form onSubmit={send}>
        <input value={text} onChange={(event) => setText(event.target.value)} aria-label="Message" required />
        <button type="submit">Send</button>
      </form>
    </main>
  )
}
