import type { SlowReader } from 'dovetail-protocol'
import { useMemo } from 'react'
import { formatBytes } from '../../meter/format-figures.ts'
import { type Column, DataTable } from './data-table.tsx'
import { EndSignIn } from './end-sign-in.tsx'
import { formatAge } from './format-time.ts'
import type { OperatorRequest } from './operator-request.ts'

const transports = { websocket: 'WebSocket', sse: 'Event stream', long_poll: 'Long-poll' } as const

export function SlowReaders({ readers, request }: { readers: readonly SlowReader[]; request: OperatorRequest }) {
  const columns = useMemo(
    (): readonly Column<SlowReader>[] => [
      { title: 'User', of: ({ user }) => user ?? 'nobody known' },
      { title: 'Behind for', kind: 'figure', of: ({ behindSeconds }) => formatAge(behindSeconds) },
      { title: 'Waiting', kind: 'figure', of: ({ queuedBytes }) => formatBytes(queuedBytes) },
      { title: 'Transport', isWide: true, of: ({ transport }) => transports[transport] },
      { title: 'Channels', isWide: true, of: ({ channels }) => channels.join(', ') },
      { title: 'Sign-in', of: ({ user, session }) => <EndSignIn request={request} user={user} session={session} /> },
    ],
    [request],
  )
  return (
    <DataTable
      title="Slow readers"
      about="They take less than is written; what they miss waits in the log. Now and then it is anybody."
      none="No reader of this node is behind."
      columns={columns}
      rows={readers}
      keyOf={({ user, session, transport }, index) => `${user} ${session} ${transport} ${index}`}
    />
  )
}
