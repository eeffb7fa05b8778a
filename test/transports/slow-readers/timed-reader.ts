import { once } from 'node:events'
import type { Changes } from 'dovetail-protocol'
import { WebSocket } from 'ws'
import type { Range } from '../../support/fold.ts'

/** A reader by WebSocket that notes when a revision came. */
export interface TimedReader {
  readonly ranges: readonly Range[]
  /** In ms, on the clock of `performance.now()`; NaN: it has not come yet. */
  cameAt(rev: number): number
  close(): void
}

export async function readTimed(port: number, channel: string, after: string): Promise<TimedReader> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/v1/ws`)
  const ranges: Range[] = []
  const times: { readonly to: number; readonly at: number }[] = []
  const subscribed = new Promise<void>((resolve) => {
    ws.on('message', (data) => {
      const at = performance.now()
      const frame = JSON.parse(String(data)) as { id?: number } | Changes
      if ('op' in frame) {
        ranges.push(frame)
        times.push({ to: frame.to, at })
      } else if (frame.id === 2) resolve()
    })
  })
  await once(ws, 'open')
  ws.send('{"id":1,"op":"hello"}')
  ws.send(JSON.stringify({ id: 2, op: 'subscribe', channel, after }))
  await subscribed
  return {
    ranges,
    cameAt: (rev) => times.find(({ to }) => to >= rev)?.at ?? Number.NaN,
    close: () => ws.terminate(),
  }
}
