import { CircleCheck, CircleX } from 'lucide-react'
import styles from './section.module.css'
import type { Check } from './use-status.ts'

/** Labels for the checks that `/readyz` names; an unknown check is shown by its name. */
const names = new Map([
  ['alive', 'Alive'],
  ['ready', 'Ready for traffic'],
  ['store', 'Store'],
  ['bell', 'Notifications between nodes'],
  ['notifications', 'Notifications between nodes'],
  ['memory', 'Shared memory'],
])

export function HealthSection({ health }: { health: readonly Check[] }) {
  return (
    <section className={styles.section}>
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
