import { CircleCheck, CircleX } from 'lucide-react'
import styles from './part.module.css'
import type { Check } from './use-status.ts'

/** By the names that `/readyz` gives; one that is new is shown by its own. */
const names = new Map([
  ['alive', 'Answers'],
  ['ready', 'Takes visitors'],
  ['store', 'Store'],
  ['bell', 'Bell to other nodes'],
  ['memory', 'Shared memory'],
])

export function HealthPart({ health }: { health: readonly Check[] }) {
  return (
    <section className={styles.part}>
      <h2 className={styles.title}>Health</h2>
      <ul className={styles.checks}>
        {health.map(({ name, ok, detail }) => {
          const Icon = ok ? CircleCheck : CircleX
          return (
            <li key={name} className={styles.check} data-ok={ok}>
              <Icon size={16} role="img" aria-label={ok ? 'fine' : 'not fine'} />
              {names.get(name) ?? name}
              {detail !== '' && <span className={styles.detail}>{detail}</span>}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
