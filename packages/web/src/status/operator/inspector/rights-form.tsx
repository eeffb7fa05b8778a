import type { RightsReply, RightsRequest } from 'dovetail-protocol'
import { CircleCheck, CircleX } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../../ui/button.tsx'
import { type OperatorRequest, reasonOf } from '../operator-request.ts'
import styles from './inspector.module.css'
import { ChoiceField, TextField } from './text-field.tsx'

const roles = ['user', 'guest', 'service', 'admin'] as const

/** What somebody may do in the channel, and by which rule. */
export function RightsForm({ request, channel }: { request: OperatorRequest; channel: string }) {
  const [user, setUser] = useState('')
  const [role, setRole] = useState<(typeof roles)[number]>('user')
  const [found, setFound] = useState<RightsReply | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const ask = async () => {
    const body: RightsRequest = user.trim() === '' ? { channel } : { channel, user: user.trim(), role }
    try {
      setFound(await request<RightsReply>('POST', '/v1/rights', { body }))
      setProblem(null)
    } catch (error) {
      setFound(null)
      setProblem(reasonOf(error))
    }
  }
  return (
    <form
      className={styles.part}
      aria-label="Explain rights"
      onSubmit={(event) => {
        event.preventDefault()
        void ask()
      }}
    >
      <h3 className={styles.title}>Explain rights</h3>
      <p className={styles.about}>What somebody may do here, and why.</p>
      <div className={styles.pair}>
        <TextField label="User (empty: no token)" value={user} onChange={setUser} />
        <ChoiceField label="Role" choices={roles} value={role} disabled={user.trim() === ''} onChange={setRole} />
      </div>
      <div className={styles.end}>
        <p className={styles.outcome} role="status" data-done={false}>
          {problem}
        </p>
        <Button type="submit">Explain</Button>
      </div>
      {found !== null && <Rights reply={found} />}
    </form>
  )
}

function Rights({ reply: { rights, member, user } }: { reply: RightsReply }) {
  return (
    <>
      <p className={styles.about}>
        {user ?? 'A caller without a token'} is {member ?? 'no member'} here.
      </p>
      <ul className={styles.rights}>
        {rights.map(({ action, collection, allowed, because }) => {
          const Icon = allowed ? CircleCheck : CircleX
          return (
            <li key={`${action} ${collection ?? ''}`} className={styles.right} data-allowed={allowed}>
              <Icon size={16} role="img" aria-label={allowed ? 'may' : 'may not'} />
              <span>
                {action}
                {collection !== undefined && ` (${collection})`}
                <span className={styles.because}>{because}</span>
              </span>
            </li>
          )
        })}
      </ul>
    </>
  )
}
