import type { NodeStatus } from 'dovetail-protocol'
import { formatBytes, formatDuration, formatRate, formatShare } from '../../meter/format-figures.ts'
import { type Column, DataTable } from './data-table.tsx'
import { formatAge, secondsBetween } from './format-time.ts'
import styles from './operator.module.css'

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })

const states = { serving: 'Serving', leaving: 'Shutting down' } as const

function columnsAt(at: string): readonly Column<NodeStatus>[] {
  return [
    { title: 'Node', of: ({ name }) => <code className={styles.whole}>{name}</code> },
    { title: 'State', of: ({ state }) => <span className={styles.whole}>{states[state]}</span> },
    { title: 'Readers', kind: 'figure', of: ({ readers }) => whole.format(readers) },
    { title: 'Slow', kind: 'figure', of: ({ readersBehind }) => whole.format(readersBehind) },
    { title: 'Writes/s', kind: 'figure', of: ({ writesPerSecond }) => formatRate(writesPerSecond) },
    { title: 'Frames/s', kind: 'figure', of: ({ framesPerSecond }) => formatRate(framesPerSecond) },
    { title: 'Lag', kind: 'figure', of: ({ lagMs }) => (lagMs === null ? '–' : formatDuration(lagMs)) },
    { title: 'Memory', kind: 'figure', isWide: true, of: ({ memoryBytes }) => formatBytes(memoryBytes) },
    { title: 'Busy', kind: 'figure', of: ({ busyShare }) => formatShare(busyShare) },
    {
      ...{ title: 'Up for', kind: 'figure', isWide: true },
      of: ({ startedAt }) => formatAge(secondsBetween(startedAt, at)),
    },
    { title: 'Version', isWide: true, of: ({ version }) => version },
  ]
}

/** `at`: when this was read, by the server's clock. */
export function NodesTable({ nodes, at }: { nodes: readonly NodeStatus[]; at: string }) {
  return (
    <DataTable
      title="Nodes"
      about="The node that answered, then the others that it heard of within 10 seconds."
      none="No node is known."
      columns={columnsAt(at)}
      rows={nodes}
      keyOf={({ name }) => name}
    />
  )
}
