import type { LiveChannel } from 'dovetail-protocol'
import { useMemo } from 'react'
import { formatRate } from '../../meter/format-figures.ts'
import { type Column, DataTable } from './data-table.tsx'
import { formatAge } from './format-time.ts'
import styles from './operator.module.css'

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })

export interface LiveChannelsProps {
  channels: readonly LiveChannel[]
  onInspect: (channel: string) => void
}

export function LiveChannels({ channels, onInspect }: LiveChannelsProps) {
  const columns = useMemo(
    (): readonly Column<LiveChannel>[] => [
      {
        title: 'Channel',
        of: ({ channel }) => (
          <button type="button" className={styles.link} onClick={() => onInspect(channel)}>
            {channel}
          </button>
        ),
      },
      { title: 'Changes/s', kind: 'figure', of: ({ changesPerSecond }) => formatRate(changesPerSecond) },
      { title: 'Readers', kind: 'figure', of: ({ readers }) => whole.format(readers) },
      { title: 'Behind', kind: 'figure', of: ({ behind }) => whole.format(behind) },
      {
        ...{ title: 'Longest', kind: 'figure', isWide: true },
        of: ({ behind, behindSeconds }) => (behind === 0 ? '–' : formatAge(behindSeconds)),
      },
      { title: 'Head', kind: 'figure', of: ({ head }) => whole.format(head) },
    ],
    [onInspect],
  )
  return (
    <DataTable
      title="Live channels"
      about="The busiest that are read on this node, 20 at most. A channel’s name opens it below."
      none="No channel is read on this node."
      columns={columns}
      rows={channels}
      keyOf={({ channel }) => channel}
    />
  )
}
